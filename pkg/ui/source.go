package ui

import (
	"go/scanner"
	"go/token"
	"strings"
)

// GoSource writes Go source with its comments, words and strings in colours. A
// tab is four columns, so that a step fits on a projector of 80.
func (u *UI) GoSource(source string) {
	source = strings.ReplaceAll(source, "\t", "    ")
	var s scanner.Scanner
	set := token.NewFileSet()
	file := set.AddFile("", set.Base(), len(source))
	s.Init(file, []byte(source), func(token.Position, string) {}, scanner.ScanComments)

	var out strings.Builder
	end := 0
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.SEMICOLON && text != ";" {
			continue // put there by the scanner
		}
		if text == "" {
			text = tok.String()
		}
		at := file.Offset(pos)
		out.WriteString(source[end:at] + u.token(tok, text))
		end = at + len(text)
	}
	u.Line(strings.TrimRight(out.String()+source[end:], "\n"))
}

func (u *UI) token(tok token.Token, text string) string {
	switch {
	case tok == token.COMMENT:
		return u.style.good.Render(text)
	case tok == token.STRING:
		return u.style.code.Render(text)
	case tok.IsKeyword():
		return u.style.heading.Render(text)
	}
	return text
}

// ScriptSource writes the source of a script with its comments in colours: the
// lines that begin with #.
func (u *UI) ScriptSource(source string) {
	for line := range strings.Lines(strings.ReplaceAll(source, "\t", "    ")) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(strings.TrimLeft(line, " "), "#") {
			line = u.style.good.Render(line)
		}
		u.Line(line)
	}
}
