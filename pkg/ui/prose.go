package ui

import (
	"bytes"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/rivo/uniseg"
)

// Mark says how a span of prose stands out.
type Mark int

// The marks of prose.
const (
	Plain    Mark = iota
	Emphasis      // *stressed*
	Strong        // **the word that matters**
	Code          // `a command or a call`
)

// Span is a piece of prose with one mark.
type Span struct {
	Text string
	Mark Mark
}

// Prose writes a paragraph, wrapped to the width. Its first line begins with
// first, and the others with rest: "• " and "  " make a list item. Lines break
// where the Unicode line breaking algorithm (UAX #14) allows it, so Japanese
// text breaks too, and the width is counted in columns.
func (u *UI) Prose(spans []Span, first, rest string) {
	line, used := first, lipgloss.Width(first)
	for _, w := range words(spans) {
		if used+lipgloss.Width(w.bare()) > u.width && used > lipgloss.Width(rest) {
			u.Line(strings.TrimRight(line, " "))
			line, used = rest, lipgloss.Width(rest)
		}
		line += u.word(w)
		used += lipgloss.Width(w.text())
	}
	u.Line(strings.TrimRight(line, " "))
}

// word is what no line break may divide. It can have several marks, as the
// comma after a command has.
type word []Span

func (w word) text() string {
	var b strings.Builder
	for _, s := range w {
		b.WriteString(s.Text)
	}
	return b.String()
}

// bare is the word without the space after it, which may hang over the edge.
func (w word) bare() string { return strings.TrimRight(w.text(), " ") }

// words divides prose at the places where a line may break: in Japanese, which breaks
// anywhere, not in a Latin word.
func words(spans []Span) []word {
	var list []word
	rest, at, state := breakable(spans), 0, -1
	if strings.ContainsFunc(rest, wide) {
		rest = unbroken(rest)
	}
	for rest != "" {
		var segment string
		segment, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		list = append(list, cut(spans, at, at+len(segment)))
		at += len(segment)
	}
	return list
}

// breakable is the text, in which code looks like letters: /proc/self/ns is one
// word, and code breaks only at its spaces.
func breakable(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		for i := range len(s.Text) {
			if s.Mark == Code && s.Text[i] != ' ' {
				b.WriteByte('a')
			} else {
				b.WriteByte(s.Text[i])
			}
		}
	}
	return b.String()
}

// cut gives the spans between two bytes of the text.
func cut(spans []Span, from, to int) word {
	var list word
	for _, s := range spans {
		if from < len(s.Text) && to > 0 {
			list = append(list, Span{s.Text[max(from, 0):min(to, len(s.Text))], s.Mark})
		}
		from, to = from-len(s.Text), to-len(s.Text)
	}
	return list
}

// word styles a word. A space keeps no style: an underline would show.
func (u *UI) word(w word) string {
	var b strings.Builder
	for _, s := range w {
		text := strings.TrimRight(s.Text, " ")
		b.WriteString(u.marked(text, s.Mark) + s.Text[len(text):])
	}
	return b.String()
}

func (u *UI) marked(text string, m Mark) string {
	switch {
	case text == "":
		return ""
	case m == Emphasis:
		return u.style.emphasis.Render(text)
	case m == Strong:
		return u.style.heading.Render(text)
	case m == Code:
		return u.style.code.Render(text)
	}
	return text
}

// Bare is a text without colours and whatever else only moves a terminal.
func Bare(s string) string { return ansi.Strip(s) }

// Aside writes what draw draws set off at the left, and dim: what is said to one
// person only.
func (u *UI) Aside(draw func(*UI)) {
	var text bytes.Buffer
	inner := New(&text)
	inner.width = u.width - 2
	draw(inner)
	for _, line := range strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n") {
		u.Dim(strings.TrimRight("│ "+line, " "))
	}
}
