// Package ui draws everything that a person reads: styles, headings, tables and
// prompts. It is the only package that imports lipgloss, which leaves out the
// colours by itself where the output is no terminal or NO_COLOR is set.
package ui

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/lipgloss/table"
	"github.com/muesli/termenv"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// MaxWidth is the widest that prose is set: longer lines are hard to read.
const MaxWidth = 100

// UI writes to one place. The first error of a write is kept, see Err.
type UI struct {
	w     io.Writer
	end   io.Writer // w, or what is behind its pager
	width int
	err   error
	style styles
	typed int // columns of the line that is being typed
}

type styles struct{ title, heading, dim, good, bad, warn, key, code, emphasis style }

// style is one that takes no time where there are no colours.
type style struct {
	lipgloss.Style
	plain bool
}

// Render is lipgloss.Style.Render.
func (s style) Render(text string) string {
	if s.plain {
		return text
	}
	return s.Style.Render(text)
}

// New makes a UI for a file, a buffer or a pipe.
//
// The background is dark or light, and not every terminal says which. So prose has no
// colour, and what only stands out has one of the terminal's own that do so on both,
// with a contrast of 3 in most palettes and of 2 in the worst. Yellow and magenta have
// less, and so have colours 8 to 15, which many terminals take for 0 to 7 in bold.
func New(w io.Writer) *UI {
	u := &UI{w: w, end: w}
	u.Measure()
	r := lipgloss.NewRenderer(w)
	if dumb() {
		r.SetColorProfile(termenv.Ascii)
	}
	plain := r.NewStyle().Bold(true).Render("a") == "a"
	for _, s := range []struct {
		style *style
		looks lipgloss.Style
	}{
		{&u.style.title, r.NewStyle().Bold(true)},
		{&u.style.heading, r.NewStyle().Bold(true)},
		{&u.style.emphasis, r.NewStyle().Italic(true)},
		{&u.style.dim, r.NewStyle().Faint(true)},
		{&u.style.good, r.NewStyle().Foreground(lipgloss.Color("2"))},
		{&u.style.bad, r.NewStyle().Foreground(lipgloss.Color("1"))},
		{&u.style.warn, r.NewStyle().Reverse(true)},
		{&u.style.key, r.NewStyle().Foreground(lipgloss.Color("6"))},
		{&u.style.code, r.NewStyle().Foreground(lipgloss.Color("6"))},
	} {
		*s.style = style{s.looks, plain}
	}
	return u
}

// widthOf is the width of the terminal, or 80 where there is none.
func widthOf(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return min(width, MaxWidth)
		}
	}
	return 80
}

// Measure reads again how wide the terminal is: who presents makes the font larger,
// and goes on.
func (u *UI) Measure() { u.width = widthOf(u.end) }

// Width is the number of columns that a line may have.
func (u *UI) Width() int { return u.width }

// Err is the first error of a write, such as a full disk.
func (u *UI) Err() error { return u.err }

// Line writes one line as it is, but for a terminal that is too narrow for it.
func (u *UI) Line(text string) { u.write(u.broken(text) + "\n") }

func (u *UI) write(text string) {
	_, err := io.WriteString(u.w, text)
	if errors.Is(err, unix.EIO) {
		return // the terminal is gone: SIGHUP tells
	}
	if err != nil && u.err == nil {
		u.err = err
	}
}

// AtOnce makes one write(2) of all that is written meanwhile: each wakes the reader
// at the other end of a pipe.
func (u *UI) AtOnce(write func()) {
	var all strings.Builder
	w := u.w
	u.w = &all
	write()
	u.w = w
	u.write(all.String())
}

// Title begins a page: what this is, and a detail at the right.
func (u *UI) Title(text, detail string) {
	gap := u.width - lipgloss.Width(text) - lipgloss.Width(detail)
	if gap < 2 {
		u.Line(u.style.title.Render(text))
		u.DimText(detail, 0)
		return
	}
	u.Line(strings.TrimRight(u.style.title.Render(text)+strings.Repeat(" ", gap)+u.style.dim.Render(detail), " "))
}

// Step begins one step: its name, and what it does.
func (u *UI) Step(name, does string) {
	u.Line("")
	head := u.style.title.Render("▸ " + name)
	if lipgloss.Width(name)+lipgloss.Width(does)+5 <= u.width {
		u.Line(head + "   " + u.style.heading.Render(does))
		return
	}
	u.Line(head)
	u.Text(does, 2)
}

// Numbered begins one of several things: its number, and what it is.
func (u *UI) Numbered(n int, text string) {
	number := fmt.Sprintf("%d. ", n)
	for i, line := range Wrap(text, u.width-len(number)) {
		if i > 0 {
			number = strings.Repeat(" ", len(number))
		}
		u.Line(u.style.heading.Render(number + line))
	}
}

// Text writes prose, wrapped, with an indent.
func (u *UI) Text(text string, indent int) {
	for _, line := range hang(text, u.width-indent) {
		u.Line(strings.Repeat(" ", indent) + line)
	}
}

// Dim writes a line that is not the point.
func (u *UI) Dim(text string) { u.Line(u.style.dim.Render(text)) }

// DimText writes prose that is not the point, wrapped, with an indent.
func (u *UI) DimText(text string, indent int) {
	for _, line := range Wrap(text, u.width-indent) {
		u.Dim(strings.Repeat(" ", indent) + line)
	}
}

// Good writes a line that says that something holds.
func (u *UI) Good(text string) { u.mark(u.style.good.Render("✓"), text) }

// Bad writes a line that says that something does not hold.
func (u *UI) Bad(text string) { u.mark(u.style.bad.Render("✗"), text) }

// Warn writes a line that must not be overlooked.
func (u *UI) Warn(text string) { u.mark(u.style.warn.Render("!"), text) }

// mark writes wrapped text with a sign before its first line.
func (u *UI) mark(sign, text string) {
	for i, line := range hang(text, u.width-2) {
		if i > 0 {
			sign = " "
		}
		u.Line(sign + " " + line)
	}
}

// Entry is one change: a name, what it was, what it is, and what it means.
type Entry struct {
	Name, Old, New string
	Text           string // instead of Old and New
	Meaning        string
}

const nameColumn = 16

// Entries writes changes, each with its meaning below it.
func (u *UI) Entries(entries []Entry) {
	for _, e := range entries {
		u.entry(e)
	}
}

func (u *UI) entry(e Entry) {
	rest := u.width - nameColumn - 2
	value := e.Text
	if value == "" {
		value = e.Old + " → " + e.New
		if lipgloss.Width(value) > rest {
			value = e.Old + "\n→ " + e.New
		}
	}
	name := e.Name
	if lipgloss.Width(name) > nameColumn-2 {
		u.Line("  " + u.style.key.Render(name))
		name = ""
	}
	lines := Wrap(value, rest)
	for i, line := range lines {
		if i > 0 {
			name = ""
		}
		pad := strings.Repeat(" ", nameColumn-lipgloss.Width(name))
		u.Line("  " + u.style.key.Render(name) + pad + u.style.heading.Render(line))
	}
	if e.Meaning != "" {
		u.DimText(e.Meaning, nameColumn+2)
	}
}

// Table writes rows under headers, aligned, without a frame to save columns.
func (u *UI) Table(headers []string, rows [][]string) {
	t := table.New().Border(lipgloss.HiddenBorder()).
		BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderHeader(false).Headers(headers...).Rows(u.narrow(headers, rows)...).
		StyleFunc(func(row, _ int) lipgloss.Style {
			if row == table.HeaderRow {
				return u.style.key.Style
			}
			return lipgloss.NewStyle()
		})
	for _, line := range strings.Split(t.Render(), "\n") {
		u.Line(strings.TrimRight(line, " "))
	}
}

// madeFor is the width that tables are made for. In one that has it a row stays a
// line, for what reads it: a path that is longer than usual goes over the edge.
const madeFor = 80

// narrow wraps the last column where the screen is narrower than that.
func (u *UI) narrow(headers []string, rows [][]string) [][]string {
	if u.width >= madeFor {
		return rows
	}
	last := len(headers) - 1
	columns := max(10, u.width-before(last, headers, rows))
	var narrowed [][]string
	for _, row := range rows {
		row = slices.Clone(row)
		row[last] = strings.Join(Wrap(row[last], columns), "\n")
		narrowed = append(narrowed, row)
	}
	return narrowed
}

// before is the width of a table's first columns, each with the space after it.
func before(columns int, headers []string, rows [][]string) int {
	width := 0
	for column := range columns {
		widest := lipgloss.Width(headers[column])
		for _, row := range rows {
			widest = max(widest, lipgloss.Width(row[column]))
		}
		width += widest + 1
	}
	return width
}

// The inline styles, for a word within a line.

// GoodWord is for what holds.
func (u *UI) GoodWord(s string) string { return u.style.good.Render(s) }

// BadWord is for what does not hold.
func (u *UI) BadWord(s string) string { return u.style.bad.Render(s) }

// DimWord is for what is beside the point.
func (u *UI) DimWord(s string) string { return u.style.dim.Render(s) }

// Key is for a name.
func (u *UI) Key(s string) string { return u.style.key.Render(s) }

// Code is for a command or a call.
func (u *UI) Code(s string) string { return u.style.code.Render(s) }

// Strong is for the word that matters.
func (u *UI) Strong(s string) string { return u.style.heading.Render(s) }
