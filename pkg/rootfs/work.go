package rootfs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// workPrefix begins the names of the work directories in Dir().
const workPrefix = ".build-"

// work is the directory of one build, beside what it builds so that a rename
// brings it into place. Its lock is held for as long as the builder, or what it
// started, lives: flock(2) ends with the last copy of the descriptor, also after
// kill -9. Without a holder it is rubbish.
type work struct {
	path string
	root string // becomes the root filesystem
	tmp  string // TMPDIR of the scripts
	lock *os.File
}

// newWork makes a work directory and sweeps those of dead builders.
func newWork(name string) (*work, error) {
	// Between its mkdir and its lock, a new directory looks like a dead one.
	all, err := lockAll()
	if err != nil {
		return nil, err
	}
	defer all.Close()
	sweep(Dir())
	return makeWork(name)
}

func makeWork(name string) (*work, error) {
	path, err := os.MkdirTemp(Dir(), workPrefix+name+"-")
	if err != nil {
		return nil, err
	}
	w := &work{path: path, root: filepath.Join(path, "root"), tmp: filepath.Join(path, "tmp")}
	w.lock, err = lockDir(path, unix.LOCK_EX)
	// apt-get downloads as a user of its own, which must get through, and not lock it.
	err = errors.Join(err, os.Chmod(path, 0o711), mkdir(w.root, 0o755), mkdir(w.tmp, 0o777|os.ModeSticky))
	if err != nil {
		w.remove()
		return nil, err
	}
	return w, nil
}

// mkdir makes a directory of this mode, whatever the umask.
func mkdir(dir string, mode os.FileMode) error {
	if err := os.Mkdir(dir, mode); err != nil {
		return err
	}
	return os.Chmod(dir, mode)
}

// mkdirAll makes a directory, and those above it, for everybody to enter. What is
// there already stays as it is.
func mkdirAll(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := mkdirAll(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := mkdir(dir, 0o755); !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil // another process was faster
}

// place renames the finished root filesystem to dir. What was there goes with
// the work directory.
func (w *work) place(dir string) error {
	if err := inUse(dir); err != nil {
		return err
	}
	err := unix.Renameat2(unix.AT_FDCWD, w.root, unix.AT_FDCWD, dir, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.ENOENT) {
		err = unix.Renameat2(unix.AT_FDCWD, w.root, unix.AT_FDCWD, dir, unix.RENAME_NOREPLACE)
		if errors.Is(err, unix.EEXIST) { // another build was faster by a moment
			return w.place(dir)
		}
	}
	if err != nil {
		return fmt.Errorf("rename %s to %s: %w", w.root, dir, err)
	}
	return nil
}

// remove deletes the work directory. What it cannot delete, the next sweep will.
func (w *work) remove() {
	_ = os.RemoveAll(w.path)
	if w.lock != nil {
		w.lock.Close()
	}
}

// sweep deletes the work directories in dir that nobody holds a lock on. It is
// rubbish: an error leaves it to the next sweep.
func sweep(dir string) {
	for _, path := range beginning(dir, workPrefix) {
		deleteUnheld(path)
	}
}

// beginning are the files in dir whose names begin with prefix. It is no pattern: the
// path of dir may have brackets and stars.
func beginning(dir, prefix string) (paths []string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths
}

// deleteUnheld deletes the directory unless somebody holds its lock, or a mount
// under it would lead the deletion to another file system.
func deleteUnheld(path string) {
	lock, err := lockDir(path, unix.LOCK_EX|unix.LOCK_NB)
	if err != nil {
		return
	}
	defer lock.Close()
	if inUse(path) == nil {
		_ = os.RemoveAll(path)
	}
}

// lockAll is for one process at a time, which makes directories in Dir() or deletes
// them.
func lockAll() (*os.File, error) {
	dir := toolsDir()
	if err := mkdirAll(dir); err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, err
	}
	return lockDir(dir, unix.LOCK_EX)
}

// lockDir locks the directory with flock(2), until the file is closed.
func lockDir(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(int(f.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("flock %s: %w", path, err)
	}
	return f, nil
}
