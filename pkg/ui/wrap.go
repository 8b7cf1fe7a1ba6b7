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

// Fits tells whether a text fits into that many columns. No letter takes more of
// them than it has bytes, which are counted in no time.
func Fits(text string, columns int) bool {
	return len(text) <= columns || lipgloss.Width(text) <= columns
}

// Cut shortens a text to that many columns, where it is longer.
func Cut(text string, columns int) string { return ansi.Truncate(text, columns, "...") }

// Wrap divides a text into lines of at most that many columns: at spaces, and
// in Japanese, which has none, where no line then begins with 、 or ends with 「.
func Wrap(text string, columns int) []string {
	columns = max(columns, 2) // what one letter may take
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, wrapParagraph(paragraph, columns)...)
	}
	return lines
}

// hang wraps each line of a text, and what goes on of it has the line's indent.
func hang(text string, columns int) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.TrimLeft(line, " ")
		indent := strings.Repeat(" ", len(line)-len(words))
		for _, part := range Wrap(words, columns-len(indent)) {
			lines = append(lines, strings.TrimRight(indent+part, " "))
		}
	}
	return lines
}

func wrapParagraph(text string, columns int) []string {
	var lines []string
	line := ""
	end := func(at string) { // the rest of the line is the next one
		lines = append(lines, strings.TrimRight(at, " "))
		line = strings.TrimPrefix(line, at)
	}
	for _, piece := range pieces(text) {
		if line != "" && !Fits(line+strings.TrimRight(piece, " "), columns) {
			end(line)
		}
		line += piece
		for !Fits(strings.TrimRight(line, " "), columns) { // longer than a line by itself
			end(head(line, columns))
		}
	}
	end(line)
	return lines
}

// head is as much of a text as fits, one letter at least, and not a byte else: what
// is left of it must become shorter, whatever somebody else has put into it.
func head(text string, columns int) string {
	end, rest, state := 0, text, -1
	for rest != "" {
		var letter string
		letter, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if end > 0 && !Fits(text[:end+len(letter)], columns) {
			break
		}
		end += len(letter)
	}
	return text[:end]
}

// pieces divides a line where it may break, each with the spaces after it.
func pieces(text string) []string {
	if !strings.ContainsFunc(text, wide) {
		return strings.SplitAfter(text, " ")
	}
	var list []string
	rest, shape, state := text, unbroken(text), -1
	for shape != "" {
		var piece string
		piece, shape, _, state = uniseg.FirstLineSegmentInString(shape, state)
		list, rest = append(list, rest[:len(piece)]), rest[len(piece):]
	}
	return list
}

// wide tells whether a letter is Japanese: its text breaks between letters.
func wide(r rune) bool {
	return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han)
}

// unbroken is the text with letters in the place of the signs within a path or a
// flag: Unicode would break a line there. It has as many bytes, also where they are
// no UTF-8.
func unbroken(text string) string { return joined.Replace(text) }

var joined = strings.NewReplacer("/", "a", "-", "a", "|", "a")
