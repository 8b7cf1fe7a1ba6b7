package container

import (
	"cmp"
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Runnable fails where a run would: at its mounts, or as Usable. Run looks for itself;
// this is for who has more to do than to run one container.
func Runnable() error {
	return cmp.Or(OwnProc(), Refusal(thread.Do(ownMounts)))
}

// Usable fails where nothing can be shown that is true, and no layer hold, whatever
// the machine lets a run do.
func Usable() error {
	if err := OwnProc(); err != nil {
		return err
	}
	return thread.Do(func() error {
		switch err := unix.Unshare(unix.CLONE_FS); {
		case errors.Is(err, unix.EPERM):
			return nil // a filter, as of a container around us: who cannot unshare mounts is told
		case err != nil:
			return &steps.Error{Op: "unshare", Path: "CLONE_FS", Err: err}
		}
		return topRoot()
	})
}

// OwnProc fails where there is no /proc, from which the child is executed and all is
// read, and where it is that of another pid namespace, as after an unshare --pid
// without a mount of its own: what is read there of a pid is somebody else's.
func OwnProc() error {
	self, err := os.Readlink("/proc/self")
	switch {
	case errors.Is(err, os.ErrNotExist):
		return &steps.Unsupported{What: "there is no /proc here", Instead: "mount -t proc proc /proc", Err: err}
	case err != nil || self == strconv.Itoa(os.Getpid()):
		return err
	}
	return &steps.Unsupported{
		What:    "/proc is that of another pid namespace: it has process " + strconv.Itoa(os.Getpid()) + " as " + self,
		Instead: "mount the one of this pid namespace: mount -t proc proc /proc",
	}
}

// topRoot fails where / is not the root of the mount namespace, as in a chroot: who
// leaves a container would come out above it. The thread must have a root of its own
// (CLONE_FS of unshare(2)), and has it back afterwards.
func topRoot() error {
	root, err := unix.Open("/", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return &steps.Error{Op: "open", Path: "/", Err: err}
	}
	defer unix.Close(root)
	cwd, err := unix.Open(".", unix.O_PATH|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.EACCES) {
		return nil // where root is nobody, as on NFS: who leaves it for a look cannot come back
	}
	if err != nil {
		return &steps.Error{Op: "open", Path: ".", Err: err}
	}
	defer unix.Close(cwd)
	// Who may not call chroot cannot leave by it either.
	above := unix.Fchdir(root) == nil && unix.Chroot("proc") == nil && isAbove(root)
	if err := back(root, cwd); err != nil {
		return &steps.Error{Op: "chroot", Path: "back to /", Err: err}
	}
	if !above {
		return nil
	}
	return &steps.Unsupported{
		What:    "this is the inside of a chroot: there is a directory above /, which no layer would keep out of reach",
		Instead: "run workshop outside of the chroot, or in a VM",
	}
}

// back gives the thread its root and its working directory again.
func back(root, cwd int) error {
	err := unix.Fchdir(root)
	if err == nil {
		err = unix.Chroot(".")
	}
	if errors.Is(err, unix.EPERM) { // it has not left then
		err = nil
	}
	return errors.Join(err, unix.Fchdir(cwd))
}

// isAbove tells whether something is above a directory: ".." is stopped by our root
// alone, which has moved down.
func isAbove(dir int) bool {
	const mask = unix.STATX_INO | unix.STATX_MNT_ID // a bind mount has the inode of what it shows
	var here, up unix.Statx_t
	err := errors.Join(
		unix.Chdir(".."), unix.Statx(unix.AT_FDCWD, ".", 0, mask, &up),
		unix.Statx(dir, "", unix.AT_EMPTY_PATH, mask, &here))
	return err == nil && (here.Ino != up.Ino || here.Mnt_id != up.Mnt_id)
}
