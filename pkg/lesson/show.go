package lesson

import (
	"fmt"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Show writes the whole lesson for reading, without running anything.
func Show(screen *ui.UI, l *Lesson) error {
	showTitle(screen, l)
	for _, s := range l.Sections {
		screen.Section(s.Heading)
		for _, b := range s.Blocks {
			if b.Transcript != nil {
				showTranscript(screen, b.Transcript)
				continue
			}
			showBlock(screen, &b)
		}
	}
	return screen.Err()
}

func showTitle(screen *ui.UI, l *Lesson) {
	screen.Title(fmt.Sprintf("Lesson %d · %s", l.Number, l.Title), fmt.Sprintf("%d minutes", l.Minutes))
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

// showBlock writes prose, or a figure.
func showBlock(screen *ui.UI, b *Block) {
	if !b.Tight {
		screen.Line("")
	}
	for _, line := range b.Figure {
		screen.Line(strings.TrimRight("  "+line, " "))
	}
	switch {
	case b.Figure != nil:
	case b.Heading:
		screen.Heading(plain(b.Text))
	default:
		first, rest := indents(b)
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
