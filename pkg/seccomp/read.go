package seccomp

import (
	"errors"
	"fmt"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// ErrNoGetFilter means that the kernel was built without
// CONFIG_CHECKPOINT_RESTORE, and shows filters to nobody.
var ErrNoGetFilter = errors.New("this kernel does not show filters: it was built without CONFIG_CHECKPOINT_RESTORE")

// Read gives the filters of a process, the oldest first, as the kernel has them:
// PTRACE_SECCOMP_GET_FILTER of ptrace(2). It stops the process for a moment. It
// takes CAP_SYS_ADMIN, and no filter of our own. A process without a filter gives
// nil and no error, one that has ended unix.ESRCH, and a kernel that shows none of
// the filters that there are ErrNoGetFilter.
func Read(pid int) (filters []Filter, err error) {
	switch s, err := observe.TakeStatus(pid); {
	case err != nil:
		return nil, err
	case s.Ended(): // a zombie cannot be stopped
		return nil, fmt.Errorf("process %d has ended: %w", pid, unix.ESRCH)
	case s.Get("Seccomp") == "0": // nor can a kernel thread, and it has none
		return nil, nil
	}
	// A tracee belongs to a thread, and is let go, whatever went wrong, when that ends.
	err = thread.Do(func() error {
		filters, err = read(pid)
		return err
	})
	return filters, err
}

func read(pid int) ([]Filter, error) {
	if err := seize(pid); err != nil {
		return nil, err
	}
	signal, err := interrupt(pid)
	if err != nil {
		return nil, err
	}
	defer detach(pid, signal)
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

// seize makes this thread the tracer of a process, which goes on.
func seize(pid int) error {
	if _, err := ptrace(unix.PTRACE_SEIZE, pid, 0, nil); err != nil {
		return fmt.Errorf("ptrace(PTRACE_SEIZE) %d: %w%s", pid, err, toTrace(pid, err))
	}
	return nil
}

// interrupt stops a process without a signal that it could see. Where one comes just
// then, the process stops on its way to that: give the signal to detach.
func interrupt(pid int) (unix.Signal, error) {
	if _, err := ptrace(unix.PTRACE_INTERRUPT, pid, 0, nil); err != nil {
		return 0, fmt.Errorf("ptrace(PTRACE_INTERRUPT) %d: %w", pid, err)
	}
	var status unix.WaitStatus
	for {
		_, err := unix.Wait4(pid, &status, unix.WALL, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, fmt.Errorf("wait for process %d to stop: %w", pid, err)
		case !status.Stopped():
			return 0, fmt.Errorf("process %d has ended: %w", pid, unix.ESRCH)
		case int(status)>>16 == unix.PTRACE_EVENT_STOP: // ours, or that of its group
			return 0, nil
		}
		return status.StopSignal(), nil
	}
}

// detach lets a stopped process go on, to the signal that it has stopped for.
func detach(pid int, signal unix.Signal) {
	_, _, _ = unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_DETACH, uintptr(pid), 0, uintptr(signal), 0, 0) // it may have been killed
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
