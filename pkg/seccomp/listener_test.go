package seccomp

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestServeCloses: whoever would wait for an answer after the end of Serve gets ENOSYS
// only where the listener is closed. A pipe is no listener, but ends as one does.
func TestServeCloses(t *testing.T) {
	for name, test := range map[string]struct {
		sent string
		want error
	}{
		"nobody is left": {"", nil},
		"an error":       {"x", unix.ENOTTY},
	} {
		t.Run(name, func(t *testing.T) {
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			if _, err := writer.WriteString(test.sent); err != nil {
				t.Fatal(err)
			}
			writer.Close()
			if err := (&Listener{reader}).Serve(nil, func(Call) {}); !errors.Is(err, test.want) {
				t.Errorf("Serve: %v, want %v", err, test.want)
			}
			if err := reader.Close(); !errors.Is(err, os.ErrClosed) {
				t.Error("the listener is still open")
			}
		})
	}
}
