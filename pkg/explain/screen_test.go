package explain

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/creack/pty"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// status is a snapshot of these fields of /proc/PID/status.
func status(namesAndValues ...string) *observe.Snapshot {
	s := &observe.Snapshot{}
	for i := 0; i < len(namesAndValues); i += 2 {
		s.Status = append(s.Status, observe.Field{Name: namesAndValues[i], Value: namesAndValues[i+1]})
	}
	return s
}

// TestParentIsTheProcess: a thread clones, and what is shown before the arrow is
// the number that the child has as its parent's.
func TestParentIsTheProcess(t *testing.T) {
	m := &container.Moment{
		Name:   "clone",
		Before: status("Tgid", "10", "Pid", "12", "PPid", "1", "NStgid", "10", "NSpid", "12"),
		After:  status("Tgid", "20", "Pid", "20", "PPid", "10", "NStgid", "20\t1", "NSpid", "20\t1"),
	}
	want := map[string]string{"Pid": "10 → 20", "PPid": "1 → 10", "NSpid": "10 → 20 1"}
	for _, c := range changes(m) {
		if got := c.Summary(); got != want[c.Field] {
			t.Errorf("%s: %s, want %q", c.Field, got, want[c.Field])
		}
		delete(want, c.Field)
	}
	if len(want) > 0 {
		t.Errorf("not shown: %v", want)
	}
}

// TestStoppedByWhom explains the states that are shown.
func TestStoppedByWhom(t *testing.T) {
	for before, want := range map[string]bool{"t (tracing stop)": true, "T (stopped)": false} {
		m := &container.Moment{Name: "wait", Before: status("State", before), After: status("State", "Z (zombie)")}
		list := changes(m)
		if len(list) != 1 {
			t.Fatalf("%s: %v", before, list)
		}
		if got := list[0].Meaning == "t: stopped by workshop, to look; Z: ended, not waited for"; got != want {
			t.Errorf("%s: %s", before, list[0].Meaning)
		}
	}
}

// TestNobodyWaits: a Teller shows a moment while the child goes on, but
// before the command can write, and in order.
func TestNobodyWaits(t *testing.T) {
	var out bytes.Buffer
	s := &Teller{Screen: Screen{UI: ui.New(&out)}}
	moment := func(name string) *container.Moment {
		return &container.Moment{Name: name, Before: status("of "+name, "a"), After: status("of "+name, "b")}
	}
	idle := moment("idle")
	idle.Step = steps.ForkExec
	for _, m := range []*container.Moment{moment("clone"), idle, moment("execve"), moment("wait")} {
		if err := errors.Join(s.Before(t.Context(), m), s.After(t.Context(), m)); err != nil {
			t.Fatal(err)
		}
		if m.Name == "clone" && out.Len() > 0 {
			t.Errorf("the child waits for %q", out.String())
		}
	}
	at := -1
	for _, want := range []string{"▸ clone", "of clone", "▸ execve", "of execve", "▸ wait", "of wait"} {
		before := at
		if at = strings.Index(out.String(), want); at <= before || strings.Count(out.String(), want) != 1 {
			t.Errorf("%q is not shown once, and in its place:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "idle") {
		t.Errorf("a step that does nothing is shown:\n%s", out.String())
	}
}

// TestPages shows a moment of more lines than the terminal has: in pages, the last
// of them before the command may write there too.
func TestPages(t *testing.T) {
	t.Setenv("TERM", "xterm")
	for _, typed := range []string{"x\n\n\n\n\n\n", "x\nq", "q"} { // an x is for nothing
		keyboard, terminal, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		if err := pty.Setsize(terminal, &pty.Winsize{Rows: 12, Cols: 80}); err != nil {
			t.Fatal(err)
		}
		var shown bytes.Buffer
		read := make(chan struct{})
		go func() { defer close(read); _, _ = io.Copy(&shown, keyboard) }()
		if _, err := io.WriteString(keyboard, typed); err != nil {
			t.Fatal(err)
		}
		s := &Screen{UI: ui.New(terminal), Keys: terminal}
		m := &container.Moment{Name: "execve", Before: status(), After: status()}
		for i := range 20 {
			m.Before.Status = append(m.Before.Status, observe.Field{Name: fmt.Sprintf("X%d", i), Value: "a"})
			m.After.Status = append(m.After.Status, observe.Field{Name: fmt.Sprintf("X%d", i), Value: "b"})
		}
		err = s.Before(t.Context(), m)
		if err == nil {
			err = s.After(t.Context(), m)
		}
		terminal.Close()
		<-read
		keyboard.Close()
		left := strings.HasSuffix(typed, "q")
		if left != errors.Is(err, ErrLeft) || !left && err != nil {
			t.Errorf("%q: %v", typed, err)
		}
		if all := strings.Contains(shown.String(), "X19"); all == left {
			t.Errorf("%q: the end is shown: %v\n%s", typed, all, &shown)
		}
		if !strings.Contains(shown.String(), "Enter: do it") {
			t.Errorf("%q: nobody says that it waits:\n%s", typed, &shown)
		}
		if typed != "q" && !strings.Contains(shown.String(), "Enter: more") {
			t.Errorf("%q: nothing is kept:\n%s", typed, &shown)
		}
	}
}

// TestResized: what is shown after a terminal was made narrower fits it.
func TestResized(t *testing.T) {
	keyboard, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer keyboard.Close()
	resize := func(columns uint16) {
		if err := pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: columns}); err != nil {
			t.Fatal(err)
		}
	}
	resize(80)
	s := &Screen{UI: ui.New(terminal)}
	m := &container.Moment{Name: "execve", Before: status("X", strings.Repeat("a", 30)), After: status("X", strings.Repeat("b", 30))}
	for _, at := range []uint16{80, 40} {
		resize(at)
		if err := errors.Join(s.Before(t.Context(), m), s.After(t.Context(), m)); err != nil {
			t.Fatal(err)
		}
	}
	terminal.Close()
	shown, _ := io.ReadAll(keyboard)
	_, after, _ := strings.Cut(string(shown), "bbb")
	_, narrow, _ := strings.Cut(after, "execve")
	for line := range strings.Lines(narrow) {
		if got := ui.Width(strings.TrimRight(line, "\r\n")); got > 40 {
			t.Errorf("%d columns: %q", got, line)
		}
	}
}
