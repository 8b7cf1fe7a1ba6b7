package ui

import (
	"regexp"
	"testing"
)

// TestColors: no style has a colour that is the background of some, nor a colour in
// bold, which many terminals show as one.
func TestColors(t *testing.T) {
	t.Setenv("TERM", "xterm-256color")
	_, terminal := openTerminal(t)
	s := New(terminal).style
	safe := regexp.MustCompile(`^\x1b\[([1237]|3[126])m$`)
	for name, style := range map[string]style{
		"title": s.title, "heading": s.heading, "dim": s.dim, "good": s.good, "bad": s.bad,
		"warn": s.warn, "key": s.key, "code": s.code, "emphasis": s.emphasis,
	} {
		got := style.Render("a")
		if len(got) < 6 || !safe.MatchString(got[:len(got)-len("a\x1b[0m")]) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
