package container

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// aside is a thread that does what a filter may forbid the first one. That one
// only waits, in futex(2), and by bare system calls: Go's scheduler must not get
// it, which would make what calls it likes, a new thread among them.
type aside struct {
	asked, answered uint32 // 1 once it is so
	do              func() error
	err             error
}

func startAside() *aside {
	runtime.GOMAXPROCS(2) // the first thread keeps its own while it waits
	a := &aside{}
	go func() {
		runtime.LockOSThread()
		for {
			await(&a.asked)
			a.err = a.do()
			announce(&a.answered)
		}
	}()
	// Should the scheduler take over after a long wait all the same, it goes on
	// with a thread that is there already: the one that runs this.
	spare := make(chan struct{})
	go func() { close(spare) }()
	<-spare
	return a
}

// call lets the thread do something, and waits until it is done.
func (a *aside) call(do func() error) error {
	a.do = do
	announce(&a.asked)
	await(&a.answered)
	return a.err
}

// execve lets the thread do something, and then executes the command in the place of
// this program. It returns where one of them fails.
func (a *aside) execve(do func() error, c *command) error {
	a.do = do
	if errno := a.waitAndExecute(c); errno != 0 {
		return c.failed(errno)
	}
	return a.err
}

// waitAndExecute makes bare system calls alone. No call in it looks at the stack, where
// Go's scheduler asks a thread that has waited long to come to it, under the filter.
//
//go:nosplit
func (a *aside) waitAndExecute(c *command) syscall.Errno {
	announce(&a.asked)
	await(&a.answered)
	if a.err != nil {
		return 0
	}
	return c.execve()
}

// The operations of futex(2), between threads of one process: linux/futex.h.
const (
	futexWait = 0 | 128
	futexWake = 1 | 128
)

// await waits until the word is 1, and takes it back to 0.
//
//go:nosplit
func await(word *uint32) {
	for !atomic.CompareAndSwapUint32(word, 1, 0) {
		futex(word, futexWait, 0)
	}
}

//go:nosplit
func announce(word *uint32) {
	atomic.StoreUint32(word, 1)
	futex(word, futexWake, 1)
}

//go:nosplit
func futex(word *uint32, op, value uintptr) {
	_, _, _ = syscall.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), op, value, 0, 0, 0)
}
