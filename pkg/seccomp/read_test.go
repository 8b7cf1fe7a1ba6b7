package seccomp

import (
	"errors"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/thread"
)

// TestKeepsSignal: a signal that comes while we take hold of a process reaches it.
func TestKeepsSignal(t *testing.T) {
	testenv.Root(t)
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := cmd.Process.Pid
	time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	err := thread.Do(func() error {
		if err := seize(pid); err != nil {
			return err
		}
		_ = cmd.Process.Signal(syscall.SIGUSR1)
		for range 500 { // until it stops for the signal
			if statusField(pid, "State") == "t (tracing stop)" {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		signal, err := interrupt(pid)
		detach(pid, signal)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGUSR1 {
		t.Errorf("it ended by %v", status.Signal())
	}
}

// TestReadLetsGo: whether it is stopped or not, a process has no tracer afterwards and
// is in the state in which it was.
func TestReadLetsGo(t *testing.T) {
	testenv.Root(t)
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	pid := cmd.Process.Pid
	for signal, state := range map[syscall.Signal]string{syscall.SIGSTOP: "T (stopped)", syscall.SIGCONT: "S (sleeping)"} {
		is := func() bool { return statusField(pid, "State") == state && statusField(pid, "TracerPid") == "0" }
		_ = cmd.Process.Signal(signal)
		testenv.Eventually(t, 5*time.Second, state, is)
		if filters, err := Read(pid); len(filters) > 0 || err != nil {
			t.Errorf("%s: %v, %v", state, filters, err)
		}
		testenv.Eventually(t, 5*time.Second, state+" afterwards", is)
	}
}

// TestReadNobody: a process that has ended cannot be stopped, and is not one that we
// may not see.
func TestReadNobody(t *testing.T) {
	testenv.Root(t)
	cmd := exec.Command("true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	zombie := cmd.Process.Pid
	testenv.Eventually(t, 5*time.Second, "a zombie", func() bool { return statusField(zombie, "State") == "Z (zombie)" })
	for name, pid := range map[string]int{"a zombie": zombie, "nobody": 1 << 22} {
		if _, err := Read(pid); !errors.Is(err, unix.ESRCH) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadKernelThread: it has no filter, and that can be said without stopping it.
func TestReadKernelThread(t *testing.T) {
	testenv.Root(t)
	const kthreadd = 2
	if statusField(kthreadd, "Name") != "kthreadd" {
		t.Skip("kernel threads are not in this pid namespace")
	}
	if filters, err := Read(kthreadd); len(filters) > 0 || err != nil {
		t.Errorf("%v, %v", filters, err)
	}
}
