package cgroup

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestCount: a group that cannot be read has not no processes.
func TestCount(t *testing.T) {
	dir := t.TempDir()
	below := filepath.Join(dir, "below")
	if err := os.MkdirAll(filepath.Join(below, "cgroup.procs"), 0o755); err != nil { // no file
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte("7\n8\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if n, err := Count(dir); n != 2 || !errors.Is(err, unix.EISDIR) {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := Count(filepath.Join(dir, "gone")); n != 0 || err != nil {
		t.Errorf("a group that is gone: %d, %v", n, err)
	}
}

// TestKillsMembersAlone: no pid is killed that cgroup.kill has cared for, or that is
// another's by now.
func TestKillsMembersAlone(t *testing.T) {
	dir, cmd := t.TempDir(), exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	pid := cmd.Process.Pid
	fill := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	fill("cgroup.procs", "")
	testenv.ClosesDescriptors(t, func() { killMembers(dir, []int{pid}) })
	fill("cgroup.procs", fmt.Sprintln(pid))
	fill("cgroup.kill", "")
	if left, err := killOnce(dir); left != 1 || err != nil {
		t.Errorf("left %d, %v", left, err)
	}
	select {
	case err := <-ended:
		t.Fatalf("it was killed: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if err := os.Remove(filepath.Join(dir, "cgroup.kill")); err != nil {
		t.Fatal(err)
	}
	if left, err := killOnce(dir); left != 1 || err != nil {
		t.Errorf("left %d, %v", left, err)
	}
	<-ended
}

// TestWithin: a name that only begins as the group's is another group.
func TestWithin(t *testing.T) {
	for dir, want := range map[string]bool{"/g/a": true, "/g/a/b": true, "/g/ab": false, "/g": false} {
		if got := Within(dir, "/g/a"); got != want {
			t.Errorf("%s within /g/a: %v", dir, got)
		}
	}
}
