package ui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Columns is how many columns of a terminal the text takes.
func Columns(text string) int { return lipgloss.Width(text) }

// Center puts text into the middle of that many columns, rather to the right.
func Center(text string, columns int) string {
	left := max(0, columns-lipgloss.Width(text)+1) / 2
	return Pad(strings.Repeat(" ", left)+text, columns)
}

// WarnWord is for what must not be overlooked.
func (u *UI) WarnWord(s string) string { return u.style.warn.Render(s) }
