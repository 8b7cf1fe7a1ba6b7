package cgroup

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestMakeInhabited: below a group with processes none can be made, as in a container
// with a cgroup namespace, and nothing of the try is left.
func TestMakeInhabited(t *testing.T) {
	testenv.CgroupV2(t)
	testenv.Root(t)
	tree, err := Find("pids")
	if err != nil {
		t.Fatal(err)
	}
	if err := delegate(tree.Mount, "pids"); err != nil {
		t.Fatal(err)
	}
	group := filepath.Join(tree.Mount, "test-inhabited")
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Fatal(err)
	}
	defer Destroy(group)
	dir, err := os.Open(group)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	cmd := exec.Command("sleep", "60")
	cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(dir.Fd())}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	if _, err := (Tree{2, group, "/"}).Make("x", "pids"); !errors.Is(err, unix.EOPNOTSUPP) {
		t.Errorf("got %v, want EOPNOTSUPP", err)
	}
	if passed, err := Read(filepath.Join(group, subtreeControl)); passed != "" || err != nil {
		t.Errorf("%s: %q, %v", subtreeControl, passed, err)
	}
}
