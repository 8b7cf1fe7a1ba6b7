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

// TestWhyDeafKeepsTheDeadline: the end of a check waits for our pipes no longer than
// their deadline, which counts for no descriptor that waits in read(2).
func TestWhyDeafKeepsTheDeadline(t *testing.T) {
	r, cmd := &run{}, &exec.Cmd{}
	if err := r.connect(cmd); err != nil {
		t.Fatal(err)
	}
	for _, f := range []any{r.stdin, cmd.Stdin, cmd.Stdout, cmd.Stderr} {
		defer f.(*os.File).Close()
	}
	program := exec.Command("cat")
	program.Stdin = cmd.Stdin
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = errors.Join(program.Process.Kill(), program.Wait()) }()
	if n := r.whyDeaf(process{pid: program.Process.Pid}); n.Why != HidesOutput {
		t.Errorf("%+v", n)
	}
	for _, f := range append(r.files, r.stdin) {
		conn, err := f.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var flags int
		err = errors.Join(err, conn.Control(func(fd uintptr) { flags, err = unix.FcntlInt(fd, unix.F_GETFL, 0) }))
		if err != nil || flags&unix.O_NONBLOCK == 0 {
			t.Errorf("%s: flags %#x, %v", f.Name(), flags, err)
		}
	}
}
