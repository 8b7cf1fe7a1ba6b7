package container

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// entry is what a process needs to enter a container. A user or time namespace
// can be entered by a process with one thread only (setns(2)), and no Go program
// has one: so enter makes a bare fork, which has, and which reads nothing but
// this until it executes another program.
type entry struct {
	pidfd, flags uintptr    // whose namespaces, and which of them: CLONE_NEW*
	root, exe    uintptr    // descriptors of the root directory and of this program
	files        [5]uintptr // what becomes 0 to 4, all of them above 4
	count        uintptr    // how many of them there are
	session      bool       // it gets one of its own
	terminal     bool       // and 0 is the terminal of that
	argv         [2]*byte
	envv         [len(childEnv) + 1]*byte
	dot, empty   *byte
	report       uintptr
	message      [2]uint32 // what the fork reports: where it is, and a pid or an errno
	mask         unix.Sigset_t
}

// Where the fork was when it reported.
const (
	atSetns = iota + 1
	atRoot
	atUser
	atClone
	atTerminal
	atExec
	atBorn // no error: the number is the pid
)

var atNames = map[uint32]string{
	atSetns: "setns", atRoot: "chroot", atUser: "setresuid", atClone: "clone",
	atTerminal: "ioctl(TIOCSCTTY)", atExec: "execveat",
}

// enter executes this program again inside of the container, as a child of this
// thread. The new process is not in the container's cgroup yet.
func (e *entry) enter() (pid int, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	e.report = w.Fd()
	fork, errno := e.fork(e.rawFork)
	w.Close()
	if errno != 0 {
		return 0, &steps.Error{Op: "clone", Err: errno}
	}
	pid, err = readReports(r)
	status, _ := (&process{pid: fork}).wait4()
	if err == nil && pid == 0 {
		err = fmt.Errorf("enter the container: %s", ending(status))
	}
	if err != nil && pid != 0 {
		_, _ = unix.Wait4(pid, nil, 0, nil) // it ends by itself
	}
	return pid, err
}

// readReports hears both processes until the execve closes the pipe.
func readReports(r io.Reader) (pid int, err error) {
	for {
		var m [2]uint32
		switch readErr := binary.Read(r, binary.NativeEndian, &m); {
		case errors.Is(readErr, io.EOF):
			return pid, err
		case readErr != nil:
			return pid, readErr
		case m[0] == atBorn:
			pid = int(m[1])
		default:
			err = notEntered(m[0], unix.Errno(m[1]))
		}
	}
}

// notEntered says what failed.
func notEntered(where uint32, errno unix.Errno) error {
	err := &steps.Error{Op: atNames[where], Path: "into the container", Err: errno}
	if where == atSetns && errno == unix.EINVAL {
		return &steps.Unsupported{
			What:    err.Error() + ": by a pidfd it enters since Linux 5.8",
			Instead: "a newer kernel; or " + elsewhere(), Err: err,
		}
	}
	return err
}

// fork holds the signals back: the handler of one would run Go code in the copy.
func (e *entry) fork(raw func() (uintptr, syscall.Errno)) (int, syscall.Errno) {
	var all unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^all.Val[i]
	}
	syscall.ForkLock.Lock() // no other fork may inherit what is open just now
	defer syscall.ForkLock.Unlock()
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &all, &e.mask)
	pid, errno := raw()
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &e.mask, nil)
	runtime.KeepAlive(e)
	return int(pid), errno
}

// rawFork is the fork, and all that it does. It has one thread, and no Go
// runtime that works: from here on bare system calls only, and no stack to grow.
//
//go:nosplit
//go:norace
func (e *entry) rawFork() (uintptr, syscall.Errno) {
	pid, _, errno := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if pid != 0 || errno != 0 {
		return pid, errno
	}
	if e.flags != 0 {
		if _, _, errno = syscall.RawSyscall(unix.SYS_SETNS, e.pidfd, e.flags, 0); errno != 0 {
			e.exit(atSetns, errno)
		}
	}
	// Entering a mount namespace puts us at its root, which a chroot may differ from.
	if _, _, errno = syscall.RawSyscall(unix.SYS_FCHDIR, e.root, 0, 0); errno != 0 {
		e.exit(atRoot, errno)
	}
	if _, _, errno = syscall.RawSyscall(unix.SYS_CHROOT, uintptr(unsafe.Pointer(e.dot)), 0, 0); errno != 0 {
		e.exit(atRoot, errno)
	}
	if e.flags&unix.CLONE_NEWUSER != 0 {
		e.becomeRoot()
	}
	// Only a child is inside of an entered PID namespace; with CLONE_PARENT it
	// is a child of the supervisor and not of this process.
	pid, _, errno = syscall.RawSyscall6(unix.SYS_CLONE, unix.CLONE_PARENT|uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if errno != 0 {
		e.exit(atClone, errno)
	}
	if pid == 0 {
		e.executeSelf()
	}
	e.exit(atBorn, syscall.Errno(pid))
	return 0, 0
}

// becomeRoot takes the IDs that are root inside of the user namespace: the ones
// from outside may have no name there, and the execve would drop every capability.
//
//go:nosplit
//go:norace
func (e *entry) becomeRoot() {
	syscall.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0) // denied where one user made the map alone
	if _, _, errno := syscall.RawSyscall(unix.SYS_SETRESGID, 0, 0, 0); errno != 0 {
		e.exit(atUser, errno)
	}
	if _, _, errno := syscall.RawSyscall(unix.SYS_SETRESUID, 0, 0, 0); errno != 0 {
		e.exit(atUser, errno)
	}
}

// executeSelf puts the descriptors in their places and executes this program.
//
//go:nosplit
//go:norace
func (e *entry) executeSelf() {
	syscall.RawSyscall(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0)
	for i := uintptr(0); i < e.count; i++ {
		syscall.RawSyscall(unix.SYS_DUP3, e.files[i], i, 0)
	}
	if e.session {
		syscall.RawSyscall(unix.SYS_SETSID, 0, 0, 0)
	}
	if e.terminal {
		if _, _, errno := syscall.RawSyscall(unix.SYS_IOCTL, 0, unix.TIOCSCTTY, 0); errno != 0 {
			e.exit(atTerminal, errno)
		}
	}
	syscall.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK,
		uintptr(unsafe.Pointer(&e.mask)), 0, 8, 0, 0) // 64 signals are 8 bytes
	_, _, errno := syscall.RawSyscall6(unix.SYS_EXECVEAT, e.exe, uintptr(unsafe.Pointer(e.empty)),
		uintptr(unsafe.Pointer(&e.argv)), uintptr(unsafe.Pointer(&e.envv)), unix.AT_EMPTY_PATH, 0)
	e.exit(atExec, errno)
}

// exit reports, and ends the fork.
//
//go:nosplit
//go:norace
func (e *entry) exit(where uint32, number syscall.Errno) {
	e.message[0], e.message[1] = where, uint32(number)
	syscall.RawSyscall(unix.SYS_WRITE, e.report, uintptr(unsafe.Pointer(&e.message)), unsafe.Sizeof(e.message))
	for {
		syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
}
