package doctor

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
)

// chrootWith runs lesson 2 on a machine where all is good, with a root filesystem in
// which a shell script is true.
func chrootWith(t *testing.T, script string) *Lesson {
	t.Helper()
	testenv.Root(t)
	dir := t.TempDir()
	t.Setenv("WORKSHOP_ROOTFS", dir)
	root := filepath.Join(dir, "busybox")
	program := filepath.Join(root, "bin", "true")
	err := errors.Join(
		os.Rename(testenv.Rootfs(t), root),
		os.Remove(program), // a link to all of busybox
		os.WriteFile(program, []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	if err != nil {
		t.Fatal(err)
	}
	r := Judge(good())
	r.Lessons = r.Lessons[1:2]
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &r.Lessons[0]
}

// TestRan: a container has run where true has ended well.
func TestRan(t *testing.T) {
	for script, want := range map[string]string{"exit 0": "", "exit 1": "true ended with 1", "exit 7": "true ended with 7"} {
		t.Run(script, func(t *testing.T) {
			l := chrootWith(t, script)
			if l.Ran != (want == "") || (l.State == Ready) != l.Ran || !strings.Contains(strings.Join(l.Facts, "\n"), want) {
				t.Errorf("%+v, want %q", l, want)
			}
		})
	}
}

// TestRunsTooLong: a container that does not end is one that cannot run, and no one
// that somebody has interrupted.
func TestRunsTooLong(t *testing.T) {
	defer func(d time.Duration) { runLimit = d }(runLimit)
	runLimit = 300 * time.Millisecond
	l := chrootWith(t, "exec sleep 15")
	if l.Ran || l.State != Cannot || !strings.Contains(strings.Join(l.Facts, "\n"), "has not ended after") {
		t.Errorf("%+v", l)
	}
}

// TestLeavesNoFile: in a /run/workshop of the test's own.
func TestLeavesNoFile(t *testing.T) {
	testenv.Root(t)
	if err := os.MkdirAll(journal.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	err := thread.Do(func() error {
		if err := (&Machine{Tried: map[string]string{tryRunDir: "not tried"}}).newMounts(); err != nil {
			return err // and none of the mounts is the host's
		}
		if err := unix.Mount("tmpfs", journal.Dir, "tmpfs", 0, ""); err != nil {
			return err
		}
		err := writeRunDir()
		left, unread := os.ReadDir(journal.Dir)
		if len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		return errors.Join(err, unread)
	})
	if err != nil {
		t.Error(err)
	}
}

// TestLeavesNoChild: what was traced is waited for.
func TestLeavesNoChild(t *testing.T) {
	children := func() (int, error) { return unix.Wait4(-1, nil, unix.WNOHANG|unix.WALL, nil) }
	if pid, err := children(); !errors.Is(err, unix.ECHILD) {
		t.Fatalf("another test left %d, %v", pid, err)
	}
	if err := thread.Do(traceChild); err != nil {
		t.Fatal(err)
	}
	if pid, err := children(); !errors.Is(err, unix.ECHILD) {
		t.Errorf("there is a child, %d, %v", pid, err)
	}
}

// TestOneToBlame: the overlay needs mounts of its own and /run/workshop, and is not
// blamed where these are missing.
func TestOneToBlame(t *testing.T) {
	for cause, blamed := range map[string]bool{tryMounts: false, tryRunDir: false, tryChroot: true} {
		m := good()
		m.Tried[cause], m.Tried[tryOverlay] = "broken here", "the overlay too"
		r := Judge(m)
		got := slices.ContainsFunc(r.Findings, func(f Finding) bool { return strings.Contains(f.Fact, "the overlay too") })
		if got != blamed {
			t.Errorf("%s fails: the overlay is blamed: %v, want %v", cause, got, blamed)
		}
	}
}

// TestDelegated: our own group is ours to change where the kernel lets us write.
func TestDelegated(t *testing.T) {
	testenv.Root(t)
	root := cgroupOf()
	testenv.Needs(t, "a tree with pids", root.Version > 0, root)
	if root.Delegated == root.ReadOnly {
		t.Errorf("root: %+v", root)
	}
	var other Cgroup
	err := thread.Do(func() error {
		// Of this thread alone, which ends with it.
		_, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, nobody, nobody, nobody)
		other = cgroupOf()
		if errno != 0 {
			return errno
		}
		return nil
	})
	if err != nil || other.Version == 0 || other.Delegated {
		t.Errorf("nobody: %+v, %v", other, err)
	}
}
