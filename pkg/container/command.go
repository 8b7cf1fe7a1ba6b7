package container

import (
	"errors"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// command is what execve(2) takes, made before it: afterwards a filter may forbid what
// Go does for it, to get memory for example.
type command struct {
	name       string // the path, for an error
	path       *byte
	argv, envv []*byte // the last of each is nil
}

func newCommand(path string, args, env []string) (*command, error) {
	c := &command{name: path}
	var errs [3]error
	c.path, errs[0] = syscall.BytePtrFromString(path)
	c.argv, errs[1] = syscall.SlicePtrFromStrings(args)
	c.envv, errs[2] = syscall.SlicePtrFromStrings(env)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, c.failed(unix.EINVAL) // a NUL byte
	}
	return c, nil
}

// execve is the call. It returns only where it fails.
//
//go:nosplit
func (c *command) execve() syscall.Errno {
	_, _, errno := syscall.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(c.path)),
		uintptr(unsafe.Pointer(&c.argv[0])), uintptr(unsafe.Pointer(&c.envv[0])))
	return errno
}

func (c *command) failed(errno syscall.Errno) error {
	return &steps.Error{Op: "execve", Path: c.name, Err: errno}
}
