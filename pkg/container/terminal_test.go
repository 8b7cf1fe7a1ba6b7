package container

import (
	"testing"

	"github.com/creack/pty"
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
