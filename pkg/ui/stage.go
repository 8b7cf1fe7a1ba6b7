package ui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
)

// Clear begins a new page where this is a terminal.
func (u *UI) Clear() {
	if IsTerminal(u.w) {
		u.write(ansi.EraseEntireScreen + ansi.CursorHomePosition)
	}
}

// Section writes the heading of a part of a page, with a rule to the right edge.
func (u *UI) Section(text string) {
	u.Line("")
	rule := max(u.width-lipgloss.Width(text)-4, 0)
	u.Line(u.style.dim.Render("── ") + u.style.title.Render(text) + " " + u.style.dim.Render(strings.Repeat("─", rule)))
}

// Heading writes the heading of a part of a section.
func (u *UI) Heading(text string) { u.Line(u.style.heading.Render(text)) }

// Typed writes a command as it is typed after a prompt.
func (u *UI) Typed(command string) {
	for i, line := range strings.Split(command, "\n") {
		sign := "$ "
		if i > 0 {
			sign = "> "
		}
		u.Line(u.style.good.Render(sign) + u.style.heading.Render(line))
	}
}

// Typing writes the next piece of a command that is being typed.
func (u *UI) Typing(piece string, first bool) {
	if first {
		u.write(u.style.good.Render("$ "))
		u.typed = 2
	}
	if piece == "\n" {
		u.write("\n" + u.style.good.Render("> "))
		u.typed = 2
		return
	}
	if u.typed += Width(piece); u.typed > u.width {
		u.write("\n" + onward)
		u.typed = Width(onward) + Width(piece)
	}
	u.write(u.style.heading.Render(piece))
}

// Missing writes a line of a comparison that was expected and is not there.
func (u *UI) Missing(text string) { u.Line("    " + u.style.good.Render("- "+text)) }

// Unexpected writes a line of a comparison that is there and was not expected.
func (u *UI) Unexpected(text string) { u.Line("    " + u.style.bad.Render("+ "+text)) }
