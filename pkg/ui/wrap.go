package ui

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/rivo/uniseg"
)

// Width is how many columns a text takes on a terminal.
func Width(text string) int { return lipgloss.Width(text) }

// Pad fills a text with spaces to that many columns, as %-10s does with letters:
// a Japanese one takes two columns.
func Pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-lipgloss.Width(text)))
}

// Fits tells whether a text fits into that many columns.
func Fits(text string, columns int) bool { return lipgloss.Width(text) <= columns }

// Cut shortens a text to that many columns, where it is longer.
func Cut(text string, columns int) string { return ansi.Truncate(text, columns, "...") }

// wrap divides a text into lines of at most that many columns: at spaces, and
// in Japanese, which has none, where no line then begins with 、 or ends with 「.
func wrap(text string, columns int) []string {
	if !strings.ContainsFunc(text, wide) {
		return strings.Split(ansi.Wrap(text, columns, ""), "\n")
	}
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, wrapJapanese(paragraph, columns)...)
	}
	return lines
}

// wide tells whether a letter is Japanese: its text breaks between letters.
func wide(r rune) bool {
	return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han)
}

func wrapJapanese(text string, columns int) []string {
	var lines []string
	line := ""
	rest, shape, state := text, unbroken(text), -1
	for shape != "" {
		var segment string
		segment, shape, _, state = uniseg.FirstLineSegmentInString(shape, state)
		word := rest[:len(segment)]
		rest = rest[len(segment):]
		if line != "" && lipgloss.Width(line+strings.TrimRight(word, " ")) > columns {
			lines, line = append(lines, line), ""
		}
		line += word
		for lipgloss.Width(strings.TrimRight(line, " ")) > columns { // longer than a line by itself
			cut := ansi.Truncate(line, columns, "")
			lines, line = append(lines, cut), strings.TrimPrefix(line, cut)
		}
	}
	return append(lines, line)
}

// unbroken is the text with letters in the place of the signs within a path or a
// flag: Unicode would break a line there.
func unbroken(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("/-|", r) {
			return 'a'
		}
		return r
	}, text)
}
