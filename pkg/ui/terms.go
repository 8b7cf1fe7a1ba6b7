package ui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

const termColumn = 18

// Term writes a name and beside it what it is. Each line of the text is wrapped
// by itself and keeps its indent, as a formula needs it.
func (u *UI) Term(name, text string) {
	for _, line := range hang(text, u.width-termColumn-2) {
		pad := strings.Repeat(" ", max(1, termColumn-lipgloss.Width(name)))
		u.Line("  " + u.style.key.Render(name) + pad + line)
		name = ""
	}
}
