package container

import (
	"os"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// TestTerminalGivesKeysBack: once the command's terminal has ended, nobody reads the
// person's any more, also where it ends at once.
func TestTerminalGivesKeysBack(t *testing.T) {
	keyboard, screen, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer keyboard.Close()
	defer screen.Close()
	for range 200 {
		terminal, err := openTerminal(screen, screen)
		if err != nil {
			t.Fatal(err)
		}
		if err := terminal.begin(); err != nil {
			t.Fatal(err)
		}
		terminal.end()
		select {
		case <-terminal.entered:
		default:
			t.Fatal("somebody still reads the keys")
		}
		terminal.close()
	}
}

// TestPumpEnds: who talks on and on when the command has ended is not listened to for
// ever, and what had been said by then is shown.
func TestPumpEnds(t *testing.T) {
	talk, err := os.Open("/dev/zero")
	if err != nil {
		t.Fatal(err)
	}
	defer talk.Close()
	wake, waker, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer wake.Close()
	p, ended, shown := &terminal{wake: wake}, make(chan struct{}), 0
	go p.pump(talk, func(b []byte) error { shown += len(b); return nil }, ended)
	waker.Close()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("it is listened to still")
	}
	if shown < mostLeft {
		t.Errorf("%d bytes are shown, of %d that a terminal could have kept", shown, mostLeft)
	}
}

// TestTerminalSettings: a key that erases or interrupts does so in the container too, and
// takes a character of several bytes for one.
func TestTerminalSettings(t *testing.T) {
	keyboard, screen, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer keyboard.Close()
	defer screen.Close()
	settings, err := unix.IoctlGetTermios(int(screen.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	settings.Iflag ^= unix.IUTF8
	settings.Cc[unix.VERASE], settings.Cc[unix.VINTR] = 'H'&0x1f, 'X'&0x1f
	if err := unix.IoctlSetTermios(int(screen.Fd()), unix.TCSETS, settings); err != nil {
		t.Fatal(err)
	}
	terminal, err := openTerminal(screen, screen)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.close()
	got, err := unix.IoctlGetTermios(int(terminal.slave.Fd()), unix.TCGETS)
	if err != nil || *got != *settings {
		t.Errorf("%+v, %v\nwant %+v", got, err, settings)
	}
}
