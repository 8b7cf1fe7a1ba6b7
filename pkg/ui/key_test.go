package ui

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// openTerminal gives the two ends of one, wherever the tests themselves run.
func openTerminal(t *testing.T) (keyboard, terminal *os.File) {
	t.Helper()
	t.Setenv("TERM", "xterm")
	keyboard, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keyboard.Close(); terminal.Close() })
	return keyboard, terminal
}

func TestKey(t *testing.T) {
	keyboard, terminal := openTerminal(t)
	for _, c := range []struct {
		typed string
		want  byte
	}{
		{"x", 'x'},
		{"\r", '\n'}, // the terminal's own translation
		{"\x1b[C", '\n'},
		{"\x1b[6~", '\n'},
		{"\x1b[D", 'b'},
		{"\x1b[5~", 'b'},
		{"\x1bOA", 'b'},
	} {
		if _, err := keyboard.WriteString(c.typed); err != nil {
			t.Fatal(err)
		}
		if got, err := Key(t.Context(), terminal, func() {}); err != nil || got != c.want {
			t.Errorf("%q: %q, %v; want %q", c.typed, got, err, c.want)
		}
	}
	// Keys that were pressed at once are read one by one, and one that means nothing
	// is passed over with all of its bytes.
	if _, err := keyboard.WriteString("\x1b[6~\x1b[6~\x1b[15~\x1bOAy"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []byte("\n\nby") {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if got, err := Key(ctx, terminal, func() {}); err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
}

// TestKeyEnds: Ctrl-D, or what the terminal has in its place, leaves.
func TestKeyEnds(t *testing.T) {
	keyboard, terminal := openTerminal(t)
	defer Hush(terminal)() // nothing but a key: no line that it would end
	for _, eof := range []byte{0x04, 0x05} {
		settings, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		settings.Cc[unix.VEOF] = eof
		if err := unix.IoctlSetTermios(int(terminal.Fd()), unix.TCSETS, settings); err != nil {
			t.Fatal(err)
		}
		if _, err := keyboard.Write([]byte{eof}); err != nil {
			t.Fatal(err)
		}
		if got, err := Key(t.Context(), terminal, func() {}); err != nil || got != 'q' {
			t.Errorf("%#x: %q, %v; want q", eof, got, err)
		}
	}
}

// TestKeyAfterStop: a shell has set the terminal as it likes it, while the program
// was stopped: keys are read without Enter and without an echo all the same, and the
// line that says which is there again.
func TestKeyAfterStop(t *testing.T) {
	keyboard, terminal := openTerminal(t)
	fd := int(terminal.Fd())
	shells, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	var meanwhile sync.WaitGroup
	meanwhile.Go(func() {
		for _, next := range []func(){
			func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, shells) },
			func() { _, _ = keyboard.WriteString("q") },
		} {
			now, err := shells, error(nil)
			for ; ctx.Err() == nil && (err != nil || now.Lflag == shells.Lflag); time.Sleep(time.Millisecond) {
				now, err = unix.IoctlGetTermios(fd, unix.TCGETS)
			}
			next()
		}
	})
	var said bytes.Buffer
	if got, err := New(&said).Ask(ctx, terminal, "q: leave", "q"); err != nil || got != 'q' {
		t.Errorf("%q, %v", got, err)
	}
	cancel()
	meanwhile.Wait()
	if shown := strings.Count(said.String(), "q: leave"); shown != 2 {
		t.Errorf("the keys were shown %d times: %q", shown, &said)
	}
}

// TestKeyAfterContinue: the keys are shown again also where nobody has set the terminal
// meanwhile: sudo gives its command one that no shell knows.
func TestKeyAfterContinue(t *testing.T) {
	keyboard, terminal := openTerminal(t)
	shown := make(chan bool, 9)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	go func() {
		for before := time.After(0); ; before = time.After(50 * time.Millisecond) {
			select {
			case <-before: // it may not listen yet
				_ = unix.Kill(os.Getpid(), unix.SIGCONT)
				continue
			case <-shown:
			case <-ctx.Done():
			}
			_, _ = keyboard.WriteString("x")
			return
		}
	}()
	if got, err := Key(ctx, terminal, func() { shown <- true }); err != nil || got != 'x' {
		t.Errorf("%q, %v", got, err)
	}
	if ctx.Err() != nil {
		t.Error("after fg nothing says which keys there are")
	}
}

// TestHushAfterStop: also after Ctrl-Z and fg nothing that is typed is shown.
func TestHushAfterStop(t *testing.T) {
	_, terminal := openTerminal(t)
	fd := int(terminal.Fd())
	shells, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	echoes := func() bool {
		now, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		return now.Lflag&unix.ECHO != 0
	}
	end := Hush(terminal)
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, shells); err != nil {
		t.Fatal(err)
	}
	if err := unix.Kill(os.Getpid(), unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); echoes() && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if echoes() {
		t.Error("what is typed after fg is shown")
	}
	if end(); !echoes() {
		t.Error("what is typed at the end is not shown")
	}
}

// TestKeysFit: the line with the keys takes one row, also after a resize, for that is
// what is taken away.
func TestKeysFit(t *testing.T) {
	keyboard, terminal := openTerminal(t)
	defer Hush(terminal)()
	u, shown := New(terminal), make([]byte, 4096)
	for _, c := range []struct {
		columns uint16
		want    string
	}{{21, "n: notes    q: leave"}, {20, "n: notes  q: leave"}, {18, "n: notes  q: l..."}} {
		if err := pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: c.columns}); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(100*time.Millisecond, func() {
			_ = pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: 30})
			_, _ = keyboard.WriteString("q")
		})
		if _, err := u.Ask(t.Context(), terminal, "n: notes    q: leave", "q"); err != nil || u.Width() != 30 {
			t.Fatalf("%v, and what comes next has %d columns, not 30", err, u.Width())
		}
		terminal.WriteString("\n")
		var all string
		for !strings.HasSuffix(all, "\n") {
			n, _ := keyboard.Read(shown)
			all += string(shown[:n])
		}
		if line, _, _ := strings.Cut(all, "\r"); Bare(line) != c.want {
			t.Errorf("%d columns: %q, want %q", c.columns, line, c.want)
		}
	}
}

// TestGaugeResized draws no frame that a terminal which is narrower now would break.
func TestGaugeResized(t *testing.T) {
	keyboard, terminal := openTerminal(t)
	g := New(terminal).NewGauge()
	for _, columns := range []uint16{80, 40} {
		if err := pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: columns}); err != nil {
			t.Fatal(err)
		}
		g.Show(strings.Repeat("x", 100))
		shown := make([]byte, 4096)
		n, _ := keyboard.Read(shown)
		if got := strings.Count(string(shown[:n]), "x"); got != int(columns)-1-len("...") || !bytes.Contains(shown[:n], []byte("x...")) {
			t.Errorf("%d columns on a terminal of %d: %q", got, columns, shown[:n])
		}
	}
}

// TestKeyUnreadable: an error that stays is told, and not tried again for ever.
func TestKeyUnreadable(t *testing.T) {
	keyboard, terminal := openTerminal(t)
	deaf, err := os.OpenFile(terminal.Name(), os.O_WRONLY|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	if _, err := keyboard.WriteString("x\r"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if key, err := Key(ctx, deaf, func() {}); !errors.Is(err, unix.EBADF) {
		t.Errorf("%q, %v", key, err)
	}
}
