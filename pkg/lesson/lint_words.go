package lesson

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// mention is a command of workshop that a text names.
type mention struct {
	line  int
	words []string // after workshop
}

// words looks at the commands and the links that the text names.
func (l *linter) words(read *Lesson) {
	mentions := mentionsIn(1, read.Summary)
	for _, s := range read.Sections {
		mentions = append(append(mentions, namedIn(s.Blocks)...), commandsOf(s.Blocks)...)
	}
	for _, h := range read.Hints {
		mentions = append(append(mentions, namedIn(h.Blocks)...), commandsOf(h.Blocks)...)
	}
	for _, q := range read.Quiz {
		mentions = append(mentions, mentionsIn(q.Line, q.Text)...)
		for _, a := range q.Answers {
			mentions = append(mentions, mentionsIn(q.Line, a.Text)...)
		}
		mentions = append(append(mentions, namedIn(q.Explanation)...), commandsOf(q.Explanation)...)
	}
	for _, m := range mentions {
		if err := l.known(m.words); err != nil {
			l.add(read.File, m.line, "workshop %s: %v", strings.Join(m.words, " "), err)
		}
	}
	for _, link := range read.links {
		l.link(read, link)
	}
}

// link looks where a link leads, if that is to one of the lessons.
func (l *linter) link(read *Lesson, link link) {
	file, _, _ := strings.Cut(link.to, "#")
	target := path.Join(read.Folder, file)
	if file == "" || strings.Contains(link.to, "://") || strings.HasPrefix(target, "../") {
		return
	}
	if _, err := fs.Stat(l.fsys, target); err != nil {
		l.add(read.File, link.line, "the link to %s leads nowhere", link.to)
	}
}

// namedIn finds the commands in the code of prose.
func namedIn(blocks []Block) []mention {
	var list []mention
	for _, b := range blocks {
		list = append(list, mentionsIn(b.Line, b.Text)...)
	}
	return list
}

func mentionsIn(line int, text []ui.Span) []mention {
	var list []mention
	for i := 0; i < len(text); i++ {
		code := ""
		for ; i < len(text) && text[i].Mark == ui.Code; i++ {
			code += text[i].Text // in several pieces where a line ends within
		}
		list = append(list, mentionsOf(line, code)...)
	}
	return list
}

// commandsOf finds the commands that the reader is to type.
func commandsOf(blocks []Block) []mention {
	var list []mention
	for _, b := range blocks {
		if b.Code != "sh" {
			continue
		}
		text := ""
		for i, line := range b.Figure {
			line, _, _ = strings.Cut(line, "# ")
			before, goesOn := strings.CutSuffix(line, `\`)
			text += before
			if !goesOn {
				list = append(list, mentionsOf(b.Line+1+i, text)...)
				text = ""
			}
		}
	}
	return list
}

// divider is what stands between two commands of a shell, or ends one.
var divider = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`&&|\|\||[|;<>&()]`)
})

// mentionsOf finds workshop in a line of a shell.
func mentionsOf(line int, text string) []mention {
	var list []mention
	for _, command := range divider().Split(text, -1) {
		words := strings.Fields(command)
		if len(words) > 0 && words[0] == "sudo" {
			words = words[1:]
		}
		if len(words) < 2 || words[0] != "workshop" {
			continue
		}
		words = words[1:]
		if i := slices.Index(words, anything); i >= 0 {
			words = words[:i]
		}
		if len(words) > 0 {
			list = append(list, mention{line, words})
		}
	}
	return list
}
