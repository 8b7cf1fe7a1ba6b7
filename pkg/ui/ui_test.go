package ui

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestColors: no style has a colour that is the background of some, nor a colour in
// bold, which many terminals show as one.
func TestColors(t *testing.T) {
	t.Setenv("CI", "") // termenv gives none there
	t.Setenv("NO_COLOR", "")
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

// TestDumb: a terminal that calls itself so gets lines of text.
func TestDumb(t *testing.T) {
	keyboard, terminal := openTerminal(t)
	t.Setenv("TERM", "dumb")
	t.Setenv("COLORTERM", "truecolor")
	u, pager := New(terminal).Paged()
	if pager != nil {
		t.Error("there are pages, whose sign cannot be taken away")
	}
	u.Clear()
	u.Title("title", "detail")
	u.Table([]string{"A"}, [][]string{{"b"}})
	g := u.NewGauge()
	g.Show("one")
	g.Show("two")
	g.End()
	time.AfterFunc(100*time.Millisecond, func() { _, _ = keyboard.WriteString("q") })
	if _, err := u.Ask(t.Context(), terminal, "q: leave", "q"); err != nil {
		t.Fatal(err)
	}
	u.Line("end")
	var all string
	shown := make([]byte, 4096)
	for !strings.HasSuffix(all, "end\r\n") {
		n, _ := keyboard.Read(shown)
		all += string(shown[:n])
	}
	if strings.Contains(all, "\x1b") || !strings.Contains(all, "one\r\ntwo\r\nq: leave\r\nend") {
		t.Errorf("%q", all)
	}
}
