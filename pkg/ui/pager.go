package ui

import (
	"bytes"
	"io"
	"math"
	"os"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// Pager is a writer that lets no more through than a screen holds, and keeps the
// rest until [Pager.Next]: what comes too fast to be read would be gone at the
// top. It waits for nobody; who writes asks whether it is [Pager.Full]. A nil one
// keeps nothing and may be asked all the same, but for Write.
type Pager struct {
	w      io.Writer
	size   func() (columns, rows int)
	room   int    // lines that still fit
	line   []byte // what has been written of the last line
	held   []byte
	marked bool // the reader sees that there is more
}

// newPager is for a terminal. One that does not tell its size gets everything.
func newPager(terminal *os.File) *Pager {
	p := &Pager{w: terminal, size: func() (columns, rows int) {
		columns, rows, err := term.GetSize(int(terminal.Fd()))
		if err != nil {
			return 0, 0
		}
		return columns, rows
	}}
	p.room = p.page()
	return p
}

// page is how many lines a page has: the line with the keys comes below, and one
// of the page before stays above.
func (p *Pager) page() int {
	columns, rows := p.size()
	if columns < 1 || rows < 4 {
		return math.MaxInt
	}
	return rows - 2
}

// Paged gives a UI like u with a pager before its terminal, and the pager, which
// is nil where u does not write to a terminal.
func (u *UI) Paged() (*UI, *Pager) {
	if !IsTerminal(u.w) {
		return u, nil
	}
	paged, pager := *u, newPager(u.w.(*os.File))
	paged.w = pager
	return &paged, pager
}

// Write writes what there is room for.
func (p *Pager) Write(b []byte) (int, error) {
	p.held = append(p.held, b...)
	return len(b), p.pass()
}

// Full tells whether something is kept.
func (p *Pager) Full() bool { return p != nil && len(p.held) > 0 }

// Next begins a new page.
func (p *Pager) Next() error {
	if p == nil {
		return nil
	}
	p.room = p.page()
	return p.pass()
}

// Flush writes all that is kept.
func (p *Pager) Flush() error {
	if p == nil {
		return nil
	}
	p.Freely()
	return p.pass()
}

// Freely lets everything through until [Pager.Next], for a program that has the
// keys itself.
func (p *Pager) Freely() {
	if p != nil {
		p.room = math.MaxInt
	}
}

// Drop forgets what is kept.
func (p *Pager) Drop() {
	if p != nil {
		p.held = nil
	}
}

// Unmark takes away the sign that there is more.
func (p *Pager) Unmark() error {
	if p == nil || !p.marked {
		return nil
	}
	p.marked = false
	_, err := io.WriteString(p.w, "\r"+ansi.EraseEntireLine)
	return err
}

func (p *Pager) pass() error {
	for p.room > 0 && p.Full() {
		if err := p.Unmark(); err != nil {
			return err
		}
		part := p.held
		if i := bytes.IndexByte(part, '\n'); i >= 0 {
			part = part[:i+1]
		}
		if _, err := p.w.Write(part); err != nil {
			return err
		}
		p.held = p.held[len(part):]
		p.written(part)
	}
	if !p.Full() || p.marked {
		return nil
	}
	p.marked = true
	_, err := io.WriteString(p.w, "...")
	return err
}

// written counts the lines of the screen: a long one takes several.
func (p *Pager) written(part []byte) {
	if p.room == math.MaxInt {
		return
	}
	p.line = append(p.line, part...)
	if part[len(part)-1] != '\n' {
		return
	}
	columns, _ := p.size()
	p.room -= rows(p.line, max(1, columns))
	p.line = nil
}

// rows is how many a line takes. Each \r begins again in the row that was reached.
func rows(line []byte, columns int) int {
	n := 1
	for piece := range bytes.SplitSeq(bytes.TrimRight(line, "\r\n"), []byte("\r")) {
		n += max(0, Width(string(piece))-1) / columns
	}
	return n
}
