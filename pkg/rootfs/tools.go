package rootfs

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sys/unix"
)

const (
	// workshopPath is where workshop is in a root filesystem.
	workshopPath = "usr/local/bin/workshop"
	// marker is the file that only root filesystems of ours have.
	marker = "etc/workshop-rootfs"
	// toolsKept is how many unused copies of workshop stay, the newest, for
	// the builds that somebody runs in turn.
	toolsKept = 4
)

// held keeps the locks of the directories that Tools returned, so that no other
// process deletes them while this one lives.
var held = struct {
	sync.Mutex
	locks map[string]*os.File
}{locks: map[string]*os.File{}}

// Tools gives a directory with nothing in it but the running program as
// usr/local/bin/workshop. Laid over a root filesystem as the upper lower layer
// of an overlay, it brings workshop into it without a write. Each build of the
// program, told by its size and modification time, has a directory of its own.
// The directory stays at least as long as this process. It needs root, and after
// the first time for a build costs a few system calls.
func Tools() (string, error) {
	dir, err := tools()
	if errors.Is(err, os.ErrPermission) {
		return "", fmt.Errorf("copy of workshop for containers: %w; run it with %s", err, Sudo())
	} else if err != nil {
		return "", fmt.Errorf("copy of workshop for containers: %w", err)
	}
	return dir, nil
}

func tools() (string, error) {
	held.Lock()
	defer held.Unlock()
	me, err := openSelf()
	if err != nil {
		return "", err
	}
	defer me.Close()
	dir := filepath.Join(toolsDir(), me.id())
	for range 10 { // another process may delete what we just made
		if held.locks[dir] != nil && me.isIn(dir) {
			return dir, nil
		}
		if lock := holdTools(dir, me); lock != nil {
			held.locks[dir] = lock
			return dir, nil
		}
		if err := makeTools(dir, me); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%s is deleted as often as it is made", dir)
}

// toolsDir holds the directories of all builds. It is root's alone: who can open a
// directory can lock it, and hold up whoever waits for the lock.
func toolsDir() string { return filepath.Join(Dir(), ".tools") }

// holdTools gives the shared lock of the directory where it is whole, else nil.
func holdTools(dir string, me *self) *os.File {
	lock, err := lockDir(dir, unix.LOCK_SH)
	if err != nil {
		return nil
	}
	// While we waited for the lock, its holder may have deleted it.
	if !me.isIn(dir) {
		lock.Close()
		return nil
	}
	return lock
}

// makeTools makes the directory and renames it into place, and deletes those
// that nobody uses.
func makeTools(dir string, me *self) error {
	all, err := lockAll()
	if err != nil {
		return err
	}
	defer all.Close()
	if me.isIn(dir) {
		return nil // another process was faster
	}
	parent := toolsDir()
	sweepTools(parent)
	tmp, err := os.MkdirTemp(parent, ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	return fillTools(tmp, dir, me)
}

func fillTools(tmp, dir string, me *self) error {
	next := filepath.Join(tmp, "next")
	if err := mkdir(next, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(next)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := me.install(root); err != nil {
		return err
	}
	// Damaged by hand, it would still be in the way.
	if err := os.Rename(dir, filepath.Join(tmp, "old")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.Rename(next, dir)
}

// sweepTools deletes what a killed process left half made, and the oldest of the
// directories that no process holds. The caller holds the lock of parent.
func sweepTools(parent string) {
	for _, half := range beginning(parent, ".new-") {
		_ = os.RemoveAll(half)
	}
	entries, _ := os.ReadDir(parent)
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return modified(b) - modified(a) })
	for i, e := range entries {
		if i >= toolsKept {
			deleteUnheld(filepath.Join(parent, e.Name()))
		}
	}
}

func modified(e os.DirEntry) int {
	info, err := e.Info()
	if err != nil {
		return 0
	}
	return int(info.ModTime().UnixNano())
}

// RefreshWorkshop puts the running program into a root filesystem that Build
// made, as /usr/local/bin/workshop, where it is not there or of another build.
// It writes into no other directory, and through no symbolic link that leads
// out of this one: a container may have been at work in it.
func RefreshWorkshop(rootfsDir string) error {
	root, err := os.OpenRoot(rootfsDir)
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := root.Lstat(marker); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("put workshop into %s: workshop did not build it, and leaves it alone", rootfsDir)
	} else if err != nil {
		return fmt.Errorf("put workshop into %s: did workshop build it? %w", rootfsDir, err)
	}
	me, err := openSelf()
	if err != nil {
		return err
	}
	defer me.Close()
	if err := me.install(root); err != nil {
		return fmt.Errorf("put workshop into %s: %w", rootfsDir, err)
	}
	return nil
}

// self is the running program.
type self struct {
	*os.File
	info os.FileInfo
}

// openSelf opens the program through /proc, which works also when its file was
// deleted or replaced.
func openSelf() (*self, error) {
	f, err := os.Open("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &self{f, info}, nil
}

// id tells builds apart.
func (s *self) id() string {
	return fmt.Sprintf("%x-%x", s.info.Size(), s.info.ModTime().UnixNano())
}

// whole tells whether the file can be a copy of this build.
func (s *self) whole(info os.FileInfo, err error) bool {
	return err == nil && info.Mode() == 0o755 && info.Size() == s.info.Size()
}

// isIn tells whether the copy is in the directory that has its id as name, and
// everybody gets there: an overlay shows the modes of its topmost layer.
func (s *self) isIn(dir string) bool {
	at := filepath.Join(dir, workshopPath)
	if !s.whole(os.Lstat(at)) {
		return false
	}
	for at != dir {
		at = filepath.Dir(at)
		if info, err := os.Lstat(at); err != nil || info.Mode().Perm() != 0o755 {
			return false
		}
	}
	return true
}

// install copies the program into root unless it is there already. Whoever runs
// the former copy keeps it.
func (s *self) install(root *os.Root) error {
	info, err := root.Lstat(workshopPath)
	if s.whole(info, err) && info.ModTime().Equal(s.info.ModTime()) {
		return nil
	}
	if err := makeParents(root, workshopPath); err != nil {
		return err
	}
	tmp := fmt.Sprintf("%s/.workshop-%d", path.Dir(workshopPath), os.Getpid())
	err = s.copyTo(root, tmp)
	if err == nil {
		err = root.Chtimes(tmp, s.info.ModTime(), s.info.ModTime())
	}
	if err != nil {
		_ = root.Remove(tmp)
		return err
	}
	return root.Rename(tmp, workshopPath)
}

// makeParents makes the directories above name that are missing, for everybody to
// enter, whatever the umask.
func makeParents(root *os.Root, name string) error {
	for i, c := range name {
		if c != '/' {
			continue
		}
		err := root.Mkdir(name[:i], 0o755)
		if err == nil {
			err = root.Chmod(name[:i], 0o755)
		}
		if err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

func (s *self) copyTo(root *os.Root, name string) error {
	_ = root.Remove(name)
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, io.NewSectionReader(s.File, 0, s.info.Size()))
	return errors.Join(err, f.Chmod(0o755), f.Close())
}
