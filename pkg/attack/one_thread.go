package attack

import (
	"errors"
	"runtime"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// sigsys is the exit code of a probe that a filter killed, as a shell has it.
const sigsys = 128 + int(unix.SIGSYS)

// endWithThread ends this process where the calling thread is killed, which is not the
// first and does not end until the function that it gives is called: by
// SECCOMP_RET_KILL_THREAD a filter ends one thread, for whom the others would wait.
func endWithThread() (stop func()) {
	const wait = 5_000_000 // nanoseconds
	var over atomic.Bool
	pid, tid := unix.Getpid(), unix.Gettid()
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0))) // who is killed does not give its own back
	go func() {
		for !errors.Is(unix.Tgkill(pid, tid, 0), unix.ESRCH) && !over.Load() {
			_ = unix.Nanosleep(&unix.Timespec{Nsec: wait}, nil) // shorter harms nobody
		}
		if !over.Load() {
			unix.Exit(sigsys) // process 1 of a pid namespace could not kill itself
		}
	}()
	return func() { over.Store(true) }
}
