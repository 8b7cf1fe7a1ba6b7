package errname

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOf finds the errno below whatever was wrapped around it.
func TestOf(t *testing.T) {
	for err, want := range map[error]string{
		nil:                                     "",
		errors.New("no errno"):                  "",
		unix.EPERM:                              "EPERM",
		os.NewSyscallError("fork", unix.EAGAIN): "EAGAIN",
		fmt.Errorf("read: %w", &os.PathError{Op: "open", Path: "/x", Err: unix.ENOENT}): "ENOENT",
	} {
		if got := Of(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}
