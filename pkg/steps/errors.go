package steps

import (
	"errors"
	"fmt"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// Error is a system call that failed: the operation, its object and the errno.
type Error struct {
	Op   string
	Path string
	Err  error
}

// Error formats as "chroot /srv/x: no such file or directory".
func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%s: %v", e.Op, e.Err)
	}
	return fmt.Sprintf("%s %s: %v", e.Op, e.Path, e.Err)
}

// Unwrap gives the errno, for errors.Is.
func (e *Error) Unwrap() error { return e.Err }

// ErrUnsupported is what every Unsupported is, for errors.Is.
var ErrUnsupported = errors.New("this machine cannot run the step")

// Unsupported says what this machine lacks, and what would help.
type Unsupported struct {
	What    string // a measured fact: "the kernel has no AppArmor: ..."
	Instead string // what would run it
	Err     error  // by which that was measured, for errors.Is; may be nil, and is no part of the text
}

// Error formats as "WHAT; INSTEAD".
func (e *Unsupported) Error() string {
	if e.Instead == "" {
		return e.What
	}
	return lang.Then(e.What, e.Instead)
}

// Unwrap gives ErrUnsupported and what it was measured by.
func (e *Unsupported) Unwrap() []error {
	if e.Err == nil {
		return []error{ErrUnsupported}
	}
	return []error{ErrUnsupported, e.Err}
}
