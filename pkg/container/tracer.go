package container

import (
	"errors"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// tracer is told by ptrace(2) of each call that a trace rule hands over. It is a
// thread of its own: the child stops in such calls while the supervisor's thread
// still listens to it.
type tracer struct {
	child    int
	told     func(seccomp.Call)
	seized   chan error
	executed chan struct{} // closed when the command stands at its first instruction
	goOn     func()        // lets it go on from there
	going    <-chan struct{}
	over     chan struct{} // closed when the tracer has ended
	begun    bool          // from its execve on, what the child does is the command's
}

// startTracer traces the child, and all that it will fork.
func startTracer(child int, told func(seccomp.Call)) (*tracer, error) {
	going := make(chan struct{})
	t := &tracer{
		child: child, told: told, seized: make(chan error, 1), executed: make(chan struct{}),
		goOn: sync.OnceFunc(func() { close(going) }), going: going, over: make(chan struct{}),
	}
	go t.run()
	return t, <-t.seized
}

func (t *tracer) run() {
	runtime.LockOSThread() // never unlocked: its tracees die with the thread
	defer close(t.over)
	const options = unix.PTRACE_O_EXITKILL | unix.PTRACE_O_TRACESECCOMP | unix.PTRACE_O_TRACEEXEC |
		unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACECLONE
	err := ptrace(unix.PTRACE_SEIZE, t.child, options)
	t.seized <- err
	if err != nil {
		return
	}
	for {
		pid, ok := t.next()
		if !ok {
			return
		}
		t.stopped(pid)
	}
}

// waitExec waits for the execve to be over, or for the end of the child.
func (t *tracer) waitExec() {
	select {
	case <-t.executed:
	case <-t.over:
	}
}

// detach lets the command go on. It stays traced.
func (t *tracer) detach() error {
	t.goOn()
	return nil
}

// childInfo is the part of siginfo_t that waitid(2) fills in.
type childInfo struct {
	signo, errno, code, _ int32
	pid                   int32
	_                     [108]byte
}

const (
	cldExited = 1 // CLD_EXITED, CLD_KILLED and CLD_DUMPED, of sigaction(2)
	cldDumped = 3
)

// next waits for a stop. It leaves the child's own end to the supervisor, and is
// false then.
func (t *tracer) next() (pid int, ok bool) {
	for {
		var info childInfo
		err := unix.Waitid(unix.P_ALL, 0, (*unix.Siginfo)(unsafe.Pointer(&info)),
			unix.WEXITED|unix.WSTOPPED|unix.WNOWAIT|unix.WALL|unix.WNOTHREAD, nil)
		ended := info.code >= cldExited && info.code <= cldDumped
		switch pid = int(info.pid); {
		case errors.Is(err, unix.EINTR):
		case err != nil, ended && pid == t.child:
			return 0, false
		case ended:
			_, _ = unix.Wait4(pid, nil, unix.WALL|unix.WNOTHREAD, nil) // its parent waits too, and hears of it
		default:
			return pid, true
		}
	}
}

// stopped looks at why a process has stopped, and lets it go on.
func (t *tracer) stopped(pid int) {
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, unix.WALL|unix.WNOTHREAD, nil); err != nil {
		return
	}
	event, signal := int(status>>16), int(status.StopSignal())
	switch event {
	case 0: // a signal is about to arrive
	case unix.PTRACE_EVENT_STOP:
		if signal != int(unix.SIGTRAP) { // stopped by Ctrl-Z and the like: it stays so
			_ = ptrace(unix.PTRACE_LISTEN, pid, 0)
			return
		}
		signal = 0
	case unix.PTRACE_EVENT_SECCOMP:
		t.tell(pid)
		signal = 0
	case unix.PTRACE_EVENT_EXEC:
		t.exec()
		signal = 0
	default:
		signal = 0
	}
	_ = ptrace(unix.PTRACE_CONT, pid, uintptr(signal)) // ESRCH: killed meanwhile
}

// exec holds the command at its first instruction while it is looked at.
func (t *tracer) exec() {
	t.begun = true
	select {
	case <-t.executed: // a later execve, of the command itself
	default:
		close(t.executed)
		<-t.going
	}
}

// callInfo is struct ptrace_syscall_info, for PTRACE_SYSCALL_INFO_SECCOMP.
type callInfo struct {
	op     uint8
	_      [3]uint8
	arch   uint32
	ip, sp uint64
	number uint64
	args   [6]uint64
	data   uint32
}

// tell leaves out what the child itself does before the execve.
func (t *tracer) tell(pid int) {
	var info callInfo
	// Not by ptrace: while a call may move our stack, the address would be the old one.
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(pid),
		unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return
	}
	call := seccomp.NewCall(pid, int(info.number), info.args)
	if t.begun = t.begun || call.Name == "execve"; t.begun && t.told != nil {
		t.told(call)
	}
}

// ptrace is for the requests whose data is a number.
func ptrace(request, pid int, data uintptr) error {
	if _, _, errno := unix.Syscall6(unix.SYS_PTRACE, uintptr(request), uintptr(pid), 0, data, 0, 0); errno != 0 {
		return &steps.Error{Op: "ptrace", Err: errno}
	}
	return nil
}
