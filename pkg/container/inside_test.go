package container

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TestWorkingDirectoryOutside is CVE-2024-21626: the root has changed, and the working
// directory is still one of the host's, or was changed to one by an open descriptor.
func TestWorkingDirectoryOutside(t *testing.T) {
	testenv.Root(t)
	host, root := t.TempDir(), t.TempDir()
	for _, dir := range []string{host, root} {
		if err := os.WriteFile(filepath.Join(dir, "command"), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	open, err := os.Open(host)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	for name, test := range map[string]struct {
		enter func() error
		want  error
	}{
		"left outside":    {func() error { return nil }, unix.ENOENT},
		"by a descriptor": {func() error { return unix.Fchdir(int(open.Fd())) }, unix.ENOENT},
		"inside":          {func() error { return unix.Chdir("/") }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			err := thread.Do(func() error {
				if err := unix.Unshare(unix.CLONE_FS); err != nil { // a root and a directory of our own
					return err
				}
				if err := errors.Join(unix.Chdir(host), unix.Chroot(root), test.enter()); err != nil {
					return err
				}
				return new(child).prepare(&instructions{Command: verbatim{"./command"}})
			})
			if !errors.Is(err, test.want) || err != nil && !strings.Contains(err.Error(), "outside of the root") {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// TestNotEntered: only a kernel that takes no pidfd is one that lacks something.
func TestNotEntered(t *testing.T) {
	if err := notEntered(atSetns, unix.EINVAL); !errors.Is(err, steps.ErrUnsupported) || !strings.Contains(err.Error(), "Linux 5.8") {
		t.Error(err)
	}
	if err := notEntered(atSetns, unix.EPERM); errors.Is(err, steps.ErrUnsupported) {
		t.Error(err)
	}
}

// TestSealed is CVE-2019-5736: what enters a container cannot be written to, not
// even by who opens it again.
func TestSealed(t *testing.T) {
	f, err := sealedSelf()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const want = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if got, err := unix.FcntlInt(f.Fd(), unix.F_GET_SEALS, 0); err != nil || got&want != want {
		t.Errorf("its seals are %#x, want %#x (%v)", got, want, err)
	}
	again, err := os.OpenFile(fmt.Sprintf("/proc/self/fd/%d", f.Fd()), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := again.WriteAt([]byte("x"), 0); !errors.Is(err, unix.EPERM) {
		t.Errorf("a write to it gave %v, want EPERM", err)
	}
}

// TestEnteringChild looks at the child as what runs in the container can: it is the
// sealed copy, and has no door to the host but where the apparmor step needs one.
func TestEnteringChild(t *testing.T) {
	testenv.Root(t)
	for _, step := range []*steps.Step{steps.Capabilities, steps.AppArmor} {
		t.Run(step.Name, func(t *testing.T) {
			s := entering(t, step)
			if !strings.HasPrefix(s.Exe.Path, "/memfd:") {
				t.Errorf("it executes %s, which is the host's", s.Exe)
			}
			door := slices.ContainsFunc(s.FDs, func(fd observe.FD) bool { return fd.Target == "/proc" })
			if door != (step == steps.AppArmor) {
				t.Errorf("the host's /proc is open: %v; it has %v", door, s.FDs)
			}
		})
	}
}

// entering lets a child enter a container of that step, which is the host's own root,
// and looks at it while it waits for its instructions.
func entering(t *testing.T, step *steps.Step) *observe.Snapshot {
	t.Helper()
	tg := &target{pidfd: -1, spec: steps.Spec{Steps: []string{step.Name}}}
	defer tg.close()
	var err error
	for path, f := range map[string]**os.File{"/": &tg.root, "/proc": &tg.proc} {
		if *f, err = os.OpenFile(path, unix.O_PATH|unix.O_DIRECTORY, 0); err != nil {
			t.Fatal(err)
		}
	}
	if tg.exe, err = sealedSelf(); err != nil {
		t.Fatal(err)
	}
	ours, childs, err := socketPair()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	defer childs.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	runtime.LockOSThread() // the death signal is this thread's end
	defer runtime.UnlockOSThread()
	child, err := tg.spawn(&syscall.SysProcAttr{}, []uintptr{null.Fd(), null.Fd(), null.Fd(), childs.Fd()})
	if err != nil {
		t.Fatal(err)
	}
	defer child.reap()
	defer child.kill()
	s, err := observe.Take(child.pid)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
