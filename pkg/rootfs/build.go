package rootfs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	rootfsscripts "github.com/how-to-be-a-container/workshop/rootfs-scripts"
)

// ErrNotRoot is what Build and Remove return to an ordinary user.
var ErrNotRoot = errors.New("needs root")

// setElsewhere is what to do where the directory of Dir will not do.
const setElsewhere = "set " + dirEnv + " to a directory elsewhere, and run sudo -E"

// Build makes the root filesystem of that kind, anew where it is built already,
// and returns its directory. What the build says goes to log, where log is not
// nil. When it fails, or ctx ends, or the process is killed, the directory is
// as it was before; only after a kill does a work directory stay beside it,
// until the next Build or Remove. A full disk is unix.ENOSPC.
func Build(ctx context.Context, kind string, log io.Writer) (string, error) {
	k, err := kindOf(kind)
	if err != nil {
		return "", err
	}
	if log == nil {
		log = io.Discard
	}
	dir, err := build(ctx, k, log)
	if err != nil {
		return "", fmt.Errorf("build root filesystem %s: %w", k.Name, err)
	}
	return dir, nil
}

func build(ctx context.Context, k Kind, log io.Writer) (string, error) {
	if os.Geteuid() != 0 {
		return "", fmt.Errorf("%w, for mknod and chown; run it with %s", ErrNotRoot, Sudo())
	}
	dir := filepath.Join(Dir(), k.Name)
	if err := inUse(dir); err != nil {
		return "", err
	}
	work, err := newWork(k.Name)
	if err != nil {
		return "", err
	}
	defer work.remove()
	if err := cmp.Or(enoughSpace(work.root, k.bytes), Executable(work.root)); err != nil {
		return "", err
	}
	if err := fill(ctx, work, k, log); err != nil {
		return "", err
	}
	return dir, work.place(dir)
}

// fill runs the two scripts and puts workshop in.
func fill(ctx context.Context, work *work, k Kind, log io.Writer) error {
	for _, text := range []string{k.script, rootfsscripts.Layout} {
		s := script{text: text, args: []string{work.root, k.Name}, tmp: work.tmp, lock: work.lock}
		if err := s.run(ctx, log); err != nil {
			return err
		}
	}
	return RefreshWorkshop(work.root)
}

// enoughSpace is an error where the file system of dir has fewer bytes free.
func enoughSpace(dir string, bytes uint64) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return fmt.Errorf("statfs %s: %w", dir, err)
	}
	free := st.Bavail * uint64(st.Bsize)
	if free < bytes {
		return fmt.Errorf("%w in %s: %d MB are free, about %d MB are needed; make room, or %s",
			unix.ENOSPC, Dir(), free>>20, bytes>>20, setElsewhere)
	}
	return nil
}

// Executable fails where a mount option keeps each program in dir from being executed.
// Our own containers lay an overlay over it, which has no such option.
func Executable(dir string) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return fmt.Errorf("statfs %s: %w", dir, err)
	}
	if st.Flags&unix.ST_NOEXEC == 0 {
		return nil
	}
	return fmt.Errorf("%s is mounted with noexec: no program in it can be executed; remount that with the option exec, or %s", dir, setElsewhere)
}

// Remove deletes the root filesystem of that kind. It refuses while a process
// or a mount uses it, in whichever mount namespace, and follows no symbolic
// link out of it.
func Remove(kind string) error {
	k, err := kindOf(kind)
	if err != nil {
		return err
	}
	if err := remove(filepath.Join(Dir(), k.Name)); err != nil {
		return fmt.Errorf("remove root filesystem %s: %w", k.Name, err)
	}
	return nil
}

func remove(dir string) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w, for its files are root's; run it with %s", ErrNotRoot, Sudo())
	}
	if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is none in %s: it is %w", filepath.Dir(dir), ErrNotBuilt)
	}
	if err := inUse(dir); err != nil {
		return err
	}
	work, err := newWork(filepath.Base(dir))
	if err != nil {
		return err
	}
	defer work.remove()
	// Gone at once under its name; the deletion may take as long as it takes.
	return os.Rename(dir, filepath.Join(work.path, "old"))
}

// spaceError turns a script's last words into ENOSPC where they say so.
func spaceError(words string, err error) error {
	if strings.Contains(words, unix.ENOSPC.Error()) || strings.Contains(words, "No space left on device") {
		return fmt.Errorf("%w in %s; make room, or %s", unix.ENOSPC, Dir(), setElsewhere)
	}
	return err
}
