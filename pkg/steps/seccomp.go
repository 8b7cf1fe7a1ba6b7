package steps

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Seccomp gives the process filters that the kernel asks about each of its
// system calls: seccomp(2).
var Seccomp = &Step{
	Name:    "seccomp",
	Lesson:  7,
	Does:    "a filter that every system call has to pass",
	Check:   compileFilters,
	InChild: filterCalls,
	Verify:  filtersAreThere,
}

func filterCalls(s *Spec) error {
	// The supervisor has compiled them: here they are ready instructions, four
	// numbers each. One on top of another: the kernel asks all of them, the
	// strictest answer counts, and none can ever be taken off.
	for _, f := range s.Seccomp.Filters {
		prog := unix.SockFprog{Len: uint16(len(f.Code)), Filter: &f.Code[0]}
		err := install(&prog, f.Flags)
		// Without CAP_SYS_ADMIN this is for those alone who can gain no
		// privileges: a filter could make a set-user-ID program believe that
		// it has given them up (the sendmail bug of 2000).
		if errors.Is(err, unix.EACCES) {
			err = unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
			if err != nil {
				return &Error{"prctl PR_SET_NO_NEW_PRIVS", "", err}
			}
			err = install(&prog, f.Flags)
		}
		if err != nil {
			return &Error{"seccomp SECCOMP_SET_MODE_FILTER", "", err}
		}
	}
	return nil
}

// install is the call itself. It binds this thread alone, which will execve:
// from there on it is the whole process, and every child inherits the filter.
// Raw: else Go gives this thread's turn away meanwhile, and it asks for one
// afterwards, by calls that the filter may forbid.
func install(prog *unix.SockFprog, flags uint) error {
	const set = unix.SECCOMP_SET_MODE_FILTER
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, set,
		uintptr(flags), uintptr(unsafe.Pointer(prog)))
	if errno != 0 {
		return errno
	}
	return nil
}
