// Package errname names what the kernel has said; see errno(3).
package errname

import (
	"errors"
	"strings"
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

// Named is the same error, whose text ends with the name of its errno, as in "operation
// not permitted (EPERM)"; err itself where there is none, or where it says it already.
func Named(err error) error {
	name := Of(err)
	if name == "" || strings.Contains(err.Error(), "("+name+")") {
		return err
	}
	return &named{err, name}
}

type named struct {
	error
	name string
}

func (n *named) Error() string { return n.error.Error() + " (" + n.name + ")" }

func (n *named) Unwrap() error { return n.error }
