package steps

import "golang.org/x/sys/unix"

// Chroot changes what / means to the process: chroot(2).
var Chroot = &Step{
	Name:    "chroot",
	Lesson:  2,
	Does:    "chroot and chdir into a root filesystem",
	InChild: chroot,
	Verify:  rootIsNew,
	Entered: true,
}

func chroot(s *Spec) error {
	// From here on a path that starts with / starts at s.Root.
	if err := unix.Chroot(s.Root); err != nil {
		return &Error{"chroot", s.Root, err}
	}
	// chroot(2) leaves the working directory where it was: outside.
	if err := unix.Chdir("/"); err != nil {
		return &Error{"chdir", "/", err}
	}
	return nil
}
