package check

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

// nextFD is the lowest descriptor that is free.
func nextFD(t *testing.T) uint64 {
	t.Helper()
	f, err := os.Open("/")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return uint64(f.Fd())
}

// TestBringFails: whatever keeps our program outside leaves no descriptor. A symbolic
// link is no place: it may lead out of a root that is only a chroot(2).
func TestBringFails(t *testing.T) {
	root := testenv.Rootfs(t)
	for _, dir := range places {
		if err := os.RemoveAll(filepath.Join(root, dir)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("bin", filepath.Join(root, places[0])); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(filepath.Join(root, "bin"), unix.MNT_DETACH) }) // where it was one
	testenv.Root(t)
	shell := exec.Command("/bin/sleep", "60")
	shell.Dir, shell.SysProcAttr = "/", &syscall.SysProcAttr{Chroot: root}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = shell.Process.Kill(); _ = shell.Wait() }()

	var open unix.Rlimit
	if err := unix.Prlimit(0, unix.RLIMIT_NOFILE, nil, &open); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		more uint64 // descriptors that can be opened
		want error
	}{
		"no descriptor":  {0, unix.EMFILE},
		"one descriptor": {1, unix.EMFILE},
		"no place":       {open.Cur / 2, unix.ENOENT},
	} {
		t.Run(name, func(t *testing.T) {
			free := nextFD(t)
			few := unix.Rlimit{Cur: min(free+test.more, open.Max), Max: open.Max}
			if err := unix.Prlimit(0, unix.RLIMIT_NOFILE, &few, nil); err != nil {
				t.Fatal(err)
			}
			_, err := bring(shell.Process.Pid)
			if err := unix.Prlimit(0, unix.RLIMIT_NOFILE, &open, nil); err != nil {
				t.Fatal(err)
			}
			if !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
			if now := nextFD(t); now != free {
				t.Errorf("the next descriptor was %d, and is %d", free, now)
			}
		})
	}
}
