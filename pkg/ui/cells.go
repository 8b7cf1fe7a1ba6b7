package ui

import "strings"

// Center puts text into the middle of that many columns, rather to the right.
func Center(text string, columns int) string {
	left := max(0, columns-Width(text)+1) / 2
	return Pad(strings.Repeat(" ", left)+text, columns)
}

// WarnWord is for what must not be overlooked.
func (u *UI) WarnWord(s string) string { return u.style.warn.Render(s) }
