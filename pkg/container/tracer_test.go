package container

import (
	"errors"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
)

// TestTellOnAnyStack: the kernel writes what it says of a call to our stack, which may
// move with every call of a function, wherever it ends just then.
func TestTellOnAnyStack(t *testing.T) {
	testenv.Root(t)
	yes := exec.Command("yes") // makes one call, once it has begun
	out, err := yes.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := yes.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = yes.Process.Kill(); _ = yes.Wait() }()
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	for depth := range 300 {
		told, failed := make(chan string, 1), make(chan error, 1)
		go func() {
			runtime.LockOSThread() // a tracer is a thread
			defer runtime.UnlockOSThread()
			defer close(told)
			defer func() { _ = ptrace(unix.PTRACE_DETACH, yes.Process.Pid, 0) }()
			failed <- stopInCall(yes.Process.Pid)
			tr := &tracer{begun: true, told: func(c seccomp.Call) { told <- c.Name }}
			deep(depth, func() { tr.tell(yes.Process.Pid) })
		}()
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
		if name := <-told; name != "write" {
			t.Fatalf("at depth %d: %q", depth, name)
		}
		<-told // it has let go
	}
}

// stopInCall traces a process, and stops it where its next call begins.
func stopInCall(pid int) error {
	err := errors.Join(ptrace(unix.PTRACE_SEIZE, pid, unix.PTRACE_O_TRACESYSGOOD), ptrace(unix.PTRACE_INTERRUPT, pid, 0))
	if err == nil {
		_, err = unix.Wait4(pid, nil, unix.WALL, nil)
	}
	if err == nil {
		err = ptrace(unix.PTRACE_SYSCALL, pid, 0)
	}
	if err == nil {
		_, err = unix.Wait4(pid, nil, unix.WALL, nil)
	}
	return err
}

// deep calls do with that many frames more on the stack.
//
//go:noinline
func deep(frames int, do func()) {
	if frames == 0 {
		do()
		return
	}
	deep(frames-1, do)
	runtime.KeepAlive(do)
}
