package ui

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestRead: on a terminal the chosen program gets the text, with its colours; where
// there is none, or nobody to turn pages, the text itself is written.
func TestRead(t *testing.T) {
	t.Setenv("CI", "") // termenv gives no colours there
	t.Setenv("NO_COLOR", "")
	t.Setenv("LESS", "")
	t.Setenv("LESSCHARSET", "")
	for _, test := range []struct{ term, pager, want string }{
		{"xterm", "tr a-z A-Z; echo $LESS $LESSCHARSET", "\x1b[1MTITLE\x1b[0M\r\nFRX utf-8\r\n"},
		{"xterm", "no-such-program 2>/dev/null", "\x1b[1mtitle\x1b[0m\r\n"},
		{"dumb", "tr a-z A-Z", "title\r\n"},
		{"", "tr a-z A-Z", "title\r\n"},
	} {
		keyboard, terminal := openTerminal(t)
		t.Setenv("TERM", test.term)
		t.Setenv("PAGER", test.pager)
		u := New(terminal)
		if err := u.Read(terminal, func() error { u.Line(u.Strong("title")); return u.Err() }); err != nil {
			t.Error(err)
		}
		var got string
		for shown := make([]byte, 4096); len(got) < len(test.want); {
			n, err := keyboard.Read(shown)
			if err != nil {
				t.Fatal(err)
			}
			got += string(shown[:n])
		}
		if !strings.HasPrefix(got, test.want) {
			t.Errorf("%s, %s: %q", test.term, test.pager, got)
		}
	}
}

// TestReadInLess: less takes its options, and leaves by itself after a short text.
func TestReadInLess(t *testing.T) {
	version, err := exec.Command("less", "--version").Output() // BusyBox's has none
	testenv.Needs(t, "less in PATH", err == nil, strings.TrimSpace(string(version)), err)
	t.Setenv("TERM", "xterm")
	t.Setenv("PAGER", "")
	keyboard, terminal := openTerminal(t)
	u := New(terminal)
	program := u.reader(terminal)
	program.Stdin, program.Stdout = strings.NewReader("short\n"), terminal
	if err := program.Run(); err != nil {
		t.Fatal(err)
	}
	shown := make([]byte, 4096)
	n, _ := keyboard.Read(shown)
	if got := string(shown[:n]); !strings.Contains(got, "short") {
		t.Errorf("%q", got)
	}
}
