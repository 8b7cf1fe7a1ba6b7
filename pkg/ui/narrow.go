package ui

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// onward begins what goes on of a line that a narrow terminal has no room for.
const onward = "↪ "

// broken breaks the lines that are wider than a terminal with less columns than they
// are made for. Its own way to break them would show nowhere.
func (u *UI) broken(text string) string {
	if u.width >= madeFor || Fits(text, u.width) {
		return text
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if !Fits(line, u.width) {
			const stays = "\u2011" // a hyphen at which no line breaks: a flag is one word
			columns := max(u.width-Width(onward), 2)
			line = ansi.Wrap(strings.ReplaceAll(line, "-", stays), columns, "")
			line = ansi.Hardwrap(line, columns, true) // Wrap leaves some words too long
			line = strings.NewReplacer(stays, "-", "\n", "\n"+onward).Replace(line)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// Narrow gives a writer to w, behind which is the terminal of u, for what is written
// for 80 columns: where there are less, it breaks the lines as u does its own, and cuts
// those that begin with \r, which are drawn again and again.
func (u *UI) Narrow(w io.Writer) io.Writer { return &narrow{w: w, end: u.end} }

type narrow struct {
	w, end io.Writer
	held   []byte // the beginning of a letter or a sequence
	out    []byte
	column int
	again  bool // the line began with \r
	cut    bool
}

func (n *narrow) Write(b []byte) (int, error) {
	n.held, n.out = append(n.held, b...), nil
	columns := widthOf(n.end)
	for len(n.held) > 0 && utf8.FullRune(n.held) {
		part, width, size, state := ansi.DecodeSequence(n.held, ansi.NormalState, nil)
		if state != ansi.NormalState && size == len(n.held) && size < 64 {
			break // it is not all there yet
		}
		n.put(part, width, columns)
		n.held = n.held[size:]
	}
	_, err := n.w.Write(n.out)
	return len(b), err
}

// put writes a letter, or what moves the terminal.
func (n *narrow) put(part []byte, width, columns int) {
	switch part[0] {
	case '\n', '\r':
		n.column, n.cut, n.again = 0, false, part[0] == '\r'
	case '\t':
		width = 8 - n.column%8
	}
	mark, last := onward, columns
	if n.again {
		mark, last = "...", columns-4 // the last column is for the cursor
	}
	switch {
	case width == 0 || columns >= madeFor || n.column+width <= last && !n.cut:
	case n.cut:
		return
	case n.again:
		n.cut, part = true, []byte(mark)
	default:
		n.out, n.column = append(n.out, "\n"+mark...), Width(mark)
		if part[0] == '\t' {
			return
		}
	}
	n.out = append(n.out, part...)
	n.column += width
}
