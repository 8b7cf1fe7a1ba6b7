package seccomp

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// ErrNoGetFilter means that the kernel was built without
// CONFIG_CHECKPOINT_RESTORE, and shows filters to nobody.
var ErrNoGetFilter = errors.New("this kernel does not show filters: it was built without CONFIG_CHECKPOINT_RESTORE")

// Read gives the filters of a process, the oldest first, as the kernel has them:
// PTRACE_SECCOMP_GET_FILTER of ptrace(2). It stops the process for a moment. It
// takes CAP_SYS_ADMIN, and no filter of our own.
func Read(pid int) (filters []Filter, err error) {
	done := make(chan struct{})
	go func() { // a tracee belongs to a thread: one that ends when this is over
		defer close(done)
		runtime.LockOSThread()
		filters, err = read(pid)
	}()
	<-done
	return filters, err
}

func read(pid int) ([]Filter, error) {
	if err := stop(pid); err != nil {
		return nil, err
	}
	defer func() { _ = unix.PtraceDetach(pid) }() // it also ends with the thread
	var filters []Filter
	for n := 0; ; n++ {
		code, err := getFilter(pid, n)
		switch {
		case errors.Is(err, unix.ENOENT):
			return filters, nil
		case errors.Is(err, unix.EINVAL) && statusField(pid, "Seccomp") != filterMode:
			return nil, nil
		case errors.Is(err, unix.EINVAL):
			return nil, ErrNoGetFilter
		case errors.Is(err, unix.EACCES):
			return nil, fmt.Errorf("ptrace(PTRACE_SECCOMP_GET_FILTER) %d: it takes CAP_SYS_ADMIN, and that this process has no filter itself: %w", pid, err)
		case err != nil:
			return nil, fmt.Errorf("ptrace(PTRACE_SECCOMP_GET_FILTER) %d: %w", pid, err)
		}
		filters = append(filters, Filter{Code: code})
	}
}

// stop stops a process without a signal that it could see.
func stop(pid int) error {
	if _, err := ptrace(unix.PTRACE_SEIZE, pid, 0, nil); err != nil {
		return fmt.Errorf("ptrace(PTRACE_SEIZE) %d: %w%s", pid, err, toTrace(pid, err))
	}
	if _, err := ptrace(unix.PTRACE_INTERRUPT, pid, 0, nil); err != nil {
		return fmt.Errorf("ptrace(PTRACE_INTERRUPT) %d: %w", pid, err)
	}
	for {
		_, err := unix.Wait4(pid, nil, unix.WALL, nil)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// toTrace says what keeps us from tracing a process: a tracer, of which there can be
// but one, or a capability.
func toTrace(pid int, err error) string {
	tracer := statusField(pid, "TracerPid")
	switch {
	case !errors.Is(err, unix.EPERM):
		return ""
	case tracer == "" || tracer == "0":
		return "; it takes CAP_SYS_PTRACE over that process: for one of a container, see workshop ps"
	}
	return fmt.Sprintf(": process %s traces it, a trace rule or a debugger, and there can be only one", tracer)
}

const filterMode = "2" // SECCOMP_MODE_FILTER

// Status tells whether a process is filtered, and by how many filters: -1 before
// Linux 5.9, which does not say. It reads /proc/PID/status and nothing else. The
// error of a process that has ended is unix.ESRCH.
func Status(pid int) (filtered bool, filters int, err error) {
	s, err := observe.TakeStatus(pid)
	if err != nil {
		return false, -1, err
	}
	filtered, count := s.Get("Seccomp") == filterMode, s.Get("Seccomp_filters")
	if count == "" {
		return filtered, -1, nil
	}
	if filters, err = strconv.Atoi(count); err != nil {
		return filtered, -1, fmt.Errorf("parse Seccomp_filters of process %d: %w", pid, err)
	}
	return filtered, filters, nil
}

// statusField reads one field of /proc/PID/status.
func statusField(pid int, name string) string {
	s, err := observe.TakeStatus(pid)
	if err != nil {
		return ""
	}
	return s.Get(name)
}

func getFilter(pid, n int) (Program, error) {
	count, err := ptrace(unix.PTRACE_SECCOMP_GET_FILTER, pid, n, nil)
	if err != nil || count == 0 {
		return nil, err
	}
	code := make(Program, count)
	_, err = ptrace(unix.PTRACE_SECCOMP_GET_FILTER, pid, n, unsafe.Pointer(&code[0]))
	return code, err
}

func ptrace(request, pid, address int, data unsafe.Pointer) (int, error) {
	n, _, errno := unix.Syscall6(unix.SYS_PTRACE, uintptr(request), uintptr(pid), uintptr(address), uintptr(data), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
