package steps

import "golang.org/x/sys/unix"

// PivotRoot swaps the root mount and lets go of the old one: pivot_root(2).
var PivotRoot = &Step{
	Name:     "pivot-root",
	Lesson:   3,
	Does:     "a mount namespace whose only root is the new one",
	Replaces: "chroot",
	AtClone: func(_ *Spec, _ *Run, attr *unix.SysProcAttr) error {
		attr.Cloneflags |= unix.CLONE_NEWNS // a copy of the mounts, to rebuild
		return nil
	},
	InChild: pivotRoot,
	Verify:  oldRootIsGone,
	Entered: true,
}

func pivotRoot(s *Spec) error {
	// First: from a shared mount the swap would reach the host (EINVAL).
	err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	if err != nil {
		return &Error{"mount --make-rprivate", "/", err}
	}
	// The new root must be a mount point: bound to itself, any directory is.
	err = unix.Mount(s.Root, s.Root, "", unix.MS_BIND|unix.MS_REC, "")
	if err != nil {
		return &Error{"mount --rbind", s.Root, err}
	}
	// "." stays the new root, however the paths change.
	if err := unix.Chdir(s.Root); err != nil {
		return &Error{"chdir", s.Root, err}
	}
	// The old root lands on top of the new one: no directory is needed for it.
	if err := unix.PivotRoot(".", "."); err != nil {
		return &Error{"pivot_root", s.Root, err}
	}
	// It lies there until it is taken off: the host is one ".." away.
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return &Error{"umount2", "the old root", err}
	}
	// The man page asks for it. Here it changes nothing: "." is / already.
	if err := unix.Chdir("/"); err != nil {
		return &Error{"chdir", "/", err}
	}
	return nil
}
