package lesson

import (
	"fmt"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Show writes the whole lesson for reading, without running anything: not the
// hints, not the answers of the quiz, and the speaker's notes only if asked for.
func Show(screen *ui.UI, l *Lesson, notes bool) error {
	showTitle(screen, l)
	for i := range l.Sections {
		s := &l.Sections[i]
		screen.Section(s.Heading)
		showBlocks(screen, s.Blocks, notes)
		switch s.Kind {
		case Hints:
			screen.Line("")
			screen.Text(lang.F("Try it first. Then, one by one: workshop hint %d", l.Number), 0)
		case Quiz:
			for i := range l.Quiz {
				screen.Line("")
				l.Quiz[i].Show(screen, i+1)
			}
			screen.Line("")
			screen.Text(lang.F("The answers, and why: workshop quiz %d", l.Number), 0)
		}
	}
	return screen.Err()
}

func showTitle(screen *ui.UI, l *Lesson) {
	screen.Title(lang.F("Lesson %d · %s", l.Number, l.Title), lang.F("%d minutes", l.Minutes))
	screen.Line("")
	screen.Prose(l.Summary, "", "")
}

// showTranscript writes commands and what must be seen.
func showTranscript(screen *ui.UI, t *Transcript) {
	screen.Line("")
	for _, c := range t.Commands {
		screen.Typed(c.Text)
		for _, line := range c.Want {
			screen.Dim(line)
		}
	}
}

// showBlocks writes what is not run. Notes that follow each other are set off
// together.
func showBlocks(screen *ui.UI, blocks []Block, notes bool) {
	for i := 0; i < len(blocks); i++ {
		b := &blocks[i]
		switch {
		case b.Transcript != nil:
			showTranscript(screen, b.Transcript)
		case !b.Note:
			showBlock(screen, b)
		case notes:
			first := i
			for i+1 < len(blocks) && blocks[i+1].Note {
				i++
			}
			showNotes(screen, blocks[first:i+1])
		}
	}
}

func showNotes(screen *ui.UI, notes []Block) {
	screen.Line("")
	screen.Aside(func(screen *ui.UI) {
		for i := range notes {
			b := notes[i]
			b.Tight = b.Tight || i == 0
			showBlock(screen, &b)
		}
	})
}

// showBlock writes prose, or a figure.
func showBlock(screen *ui.UI, b *Block) {
	if !b.Tight {
		screen.Line("")
	}
	first, rest := indents(b)
	for _, line := range b.Figure {
		screen.Line(strings.TrimRight(rest+"  "+line, " "))
	}
	switch {
	case b.Figure != nil:
	case b.Heading:
		screen.Heading(plain(b.Text))
	default:
		screen.Prose(b.Text, first, rest)
	}
}

// indents are what the lines of a block begin with.
func indents(b *Block) (first, rest string) {
	if b.Quote {
		return "  ", "  "
	}
	if b.Depth == 0 {
		return "", ""
	}
	outer := strings.Repeat("  ", b.Depth)
	first = outer + "  "
	if b.Bullet != "" {
		first = outer + b.Bullet + " "
	}
	return first, strings.Repeat(" ", len(outer)+max(len([]rune(b.Bullet)), 1)+1)
}

// Show writes the hint.
func (h *Hint) Show(screen *ui.UI) {
	for i := range h.Blocks {
		b := h.Blocks[i]
		b.Tight = b.Tight || i == 0
		showBlock(screen, &b)
	}
}

// Show writes the question with its number, and its answers with theirs.
func (q *Question) Show(screen *ui.UI, number int) {
	lead := fmt.Sprintf("%d. ", number)
	screen.Prose(stressed(q.Text), lead, strings.Repeat(" ", len(lead)))
	screen.Line("")
	for i, a := range q.Answers {
		screen.Prose(a.Text, fmt.Sprintf("   %d) ", i+1), "      ")
	}
}

// Judge says whether an answer is right, which one is, and why. The first answer
// is 1; 0 is none.
func (q *Question) Judge(screen *ui.UI, answer int) bool {
	right := q.Right()
	switch answer {
	case right:
		screen.Good(lang.T("Right."))
	case 0:
		q.showRight(screen, "✓")
	default:
		screen.Bad(lang.F("%d is not right. This is:", answer))
		q.showRight(screen, " ")
	}
	showBlocks(screen, q.Explanation, false)
	return answer == right
}

func (q *Question) showRight(screen *ui.UI, sign string) {
	n := q.Right()
	screen.Prose(q.Answers[n-1].Text, fmt.Sprintf("%s  %d) ", sign, n), "      ")
}

// stressed is a text that stands out as a whole.
func stressed(text []ui.Span) []ui.Span {
	var list []ui.Span
	for _, s := range text {
		if s.Mark == ui.Plain {
			s.Mark = ui.Strong
		}
		list = append(list, s)
	}
	return list
}
