package ui

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// IsTerminal tells whether a person may look at what is drawn on w. One that calls
// itself dumb shows the sequences for that as they are.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && !dumb() && term.IsTerminal(int(f.Fd()))
}

func dumb() bool { return os.Getenv("TERM") == "dumb" }

// Gauge shows one line again and again: on a terminal always in the same place,
// else each time as a line of its own.
type Gauge struct {
	ui    *UI
	lines int // on the screen
}

// NewGauge makes a gauge on the screen.
func (u *UI) NewGauge() *Gauge { return &Gauge{ui: u} }

// InPlace tells whether it draws over what it drew before.
func (g *Gauge) InPlace() bool { return IsTerminal(g.ui.w) }

// Show draws the lines. Outside of a terminal only the first is written.
func (g *Gauge) Show(lines ...string) {
	if !g.InPlace() {
		g.ui.Line(lines[0])
		return
	}
	g.ui.Measure()
	var b strings.Builder
	if g.lines > 1 {
		b.WriteString(strings.Repeat("\x1b[A", g.lines-1)) // cursor up
	}
	for i, line := range lines {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString("\r" + Cut(line, g.ui.width-1) + "\x1b[K") // the rest of the line is cleared
	}
	g.lines = len(lines)
	g.ui.write(b.String())
}

// End leaves the last state on the screen.
func (g *Gauge) End() {
	if g.lines > 0 {
		g.ui.write("\n")
	}
	g.lines = 0
}

// Bar is a bar of that many columns, filled to part of whole.
func Bar(part, whole, columns int) string {
	if whole <= 0 {
		return strings.Repeat("░", columns)
	}
	filled := max(0, min(columns, part*columns/whole))
	return strings.Repeat("█", filled) + strings.Repeat("░", columns-filled)
}

// Sparkline draws the last values, one column each; full is the highest block.
func Sparkline(values []float64, full float64, columns int) string {
	const blocks = "▁▂▃▄▅▆▇█"
	levels := []rune(blocks)
	if len(values) > columns {
		values = values[len(values)-columns:]
	}
	var b strings.Builder
	for _, v := range values {
		level := int(v / full * float64(len(levels)))
		b.WriteRune(levels[max(0, min(level, len(levels)-1))])
	}
	return b.String()
}
