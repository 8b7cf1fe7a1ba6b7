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

// TestNamed names the errno once, and keeps the error.
func TestNamed(t *testing.T) {
	if err := Named(nil); err != nil {
		t.Errorf("nil became %v", err)
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{errors.New("no errno"), "no errno"},
		{unix.EPERM, "operation not permitted (EPERM)"},
		{unix.Errno(4000), "errno 4000"},
		{os.NewSyscallError("fork", unix.EAGAIN), "fork: resource temporarily unavailable (EAGAIN)"},
		{Named(unix.EPERM), "operation not permitted (EPERM)"},
		{fmt.Errorf("read: %w: try again", Named(unix.EINTR)), "read: interrupted system call (EINTR): try again"},
	} {
		if got := Named(test.err); got.Error() != test.want || !errors.Is(got, test.err) || Of(got) != Of(test.err) {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}
