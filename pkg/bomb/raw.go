package bomb

import (
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What follows forks this process with a bare clone(2). The copy has one thread
// and no Go runtime that works, so it makes bare system calls only and calls
// nothing that could grow the stack.

// Held makes do, a bare clone(2), with all signals held back: a handler would run Go
// code in a copy.
func Held(do func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var all, before unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^all.Val[i]
	}
	syscall.ForkLock.Lock() // no other fork may inherit what is open just now
	defer syscall.ForkLock.Unlock()
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &all, &before)
	do()
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil)
}

//go:nosplit
func fork() (pid uintptr, errno syscall.Errno) {
	pid, _, errno = syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	return pid, errno
}

// forkExit makes a child that exits at once.
//
//go:nosplit
//go:norace
func forkExit() (uintptr, syscall.Errno) {
	pid, errno := fork()
	if pid == 0 && errno == 0 {
		exit()
	}
	return pid, errno
}

// forkPause makes a child that does nothing until it is killed, or its parent ends.
//
//go:nosplit
//go:norace
func forkPause() (uintptr, syscall.Errno) {
	pid, errno := fork()
	if pid == 0 && errno == 0 {
		syscall.RawSyscall(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0)
		for {
			syscall.RawSyscall6(unix.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
		}
	}
	return pid, errno
}

//go:nosplit
func exit() {
	for {
		syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
}

// Forks makes n children that all live at the same time, and then ends them. It
// says how many there were, and what stopped it.
func Forks(n int) (made int, err error) {
	var pids []int
	for len(pids) < n {
		var pid uintptr
		var errno syscall.Errno
		Held(func() { pid, errno = forkPause() })
		if errno != 0 {
			err = os.NewSyscallError("fork", errno)
			break
		}
		pids = append(pids, int(pid))
	}
	for _, pid := range pids {
		_ = unix.Kill(pid, unix.SIGKILL)
		_, _ = unix.Wait4(pid, nil, 0, nil)
	}
	return len(pids), err
}

// forkLatency is how long this process needs to fork a child, and to hear that
// it has ended.
func forkLatency() (time.Duration, error) {
	var took time.Duration
	var errno syscall.Errno
	Held(func() {
		start := time.Now()
		var pid uintptr
		if pid, errno = forkExit(); errno == 0 {
			_, _ = unix.Wait4(int(pid), nil, 0, nil)
		}
		took = time.Since(start)
	})
	if errno != 0 {
		return 0, os.NewSyscallError("fork", errno)
	}
	return took, nil
}

// shared is memory that all processes of the native bomb have in common.
type shared struct {
	forks, refused atomic.Int64
	deadline       int64 // of CLOCK_MONOTONIC, in seconds
}

// explode forks, and so does each child, for ever: until the deadline, and never
// more than maxForks times. A refused fork is tried again after 10 ms; bash waits
// a second.
//
//go:nosplit
//go:norace
func explode(s *shared) {
	var now unix.Timespec
	pause := unix.Timespec{Nsec: 10_000_000}
	for {
		syscall.RawSyscall(unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC, uintptr(unsafe.Pointer(&now)), 0)
		if now.Sec >= s.deadline {
			exit()
		}
		if s.forks.Load() >= maxForks {
			syscall.RawSyscall6(unix.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
			continue
		}
		if _, errno := fork(); errno != 0 {
			s.refused.Add(1)
			syscall.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&pause)), 0, 0)
		} else {
			s.forks.Add(1) // by parent and child: each pair of them counts two
		}
	}
}
