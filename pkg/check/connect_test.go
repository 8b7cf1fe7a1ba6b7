package check

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// TestConnectFails: with --watch there is another judgement after it.
func TestConnectFails(t *testing.T) {
	lowest := func() int {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		defer r.Close()
		return int(r.Fd())
	}
	lowest() // the first of a process opens what the runtime needs
	before := lowest()
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	one := unix.Rlimit{Cur: uint64(before) + 3, Max: old.Max} // room for one pipe of three
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &one); err != nil {
		t.Fatal(err)
	}
	err := (&run{}).connect(&exec.Cmd{})
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	if after := lowest(); !errors.Is(err, unix.EMFILE) || after != before {
		t.Errorf("%v; the lowest descriptor was %d, and is %d", err, before, after)
	}
}
