package container

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// OwnProc fails where /proc is that of another pid namespace, as after an unshare
// --pid without a mount of its own: what is read there of a pid is somebody else's.
func OwnProc() error {
	self, err := os.Readlink("/proc/self")
	if err != nil || self == strconv.Itoa(os.Getpid()) {
		return nil // without a /proc, what needs it says so
	}
	return &steps.Unsupported{
		What:    "/proc is that of another pid namespace: it has process " + strconv.Itoa(os.Getpid()) + " as " + self,
		Instead: "mount the one of this pid namespace: mount -t proc proc /proc",
	}
}

// TopRoot fails where / is not the root of the mount namespace, as in a chroot: who
// leaves a container would come out above it. The thread must have a root of its own
// (CLONE_FS of unshare(2)), and has it back afterwards.
func TopRoot() error {
	root, err := unix.Open("/", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return &steps.Error{Op: "open", Path: "/", Err: err}
	}
	defer unix.Close(root)
	cwd, err := unix.Open(".", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return &steps.Error{Op: "open", Path: ".", Err: err}
	}
	defer unix.Close(cwd)
	if unix.Fchdir(root) != nil || unix.Chroot("proc") != nil {
		return nil // who may not call it cannot leave by it either
	}
	above := isAbove(root)
	if err := errors.Join(unix.Fchdir(root), unix.Chroot("."), unix.Fchdir(cwd)); err != nil {
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
