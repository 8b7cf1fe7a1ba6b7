// Package errname names what the kernel has said; see errno(3).
package errname

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// Of is the name of the errno in an error, such as "EPERM", or "" where there is none.
func Of(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return ""
	}
	return unix.ErrnoName(errno)
}
