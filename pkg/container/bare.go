package container

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// startProcess clones and executes this program again.
func startProcess(attr *syscall.SysProcAttr, files []uintptr) (*process, error) {
	if joinsPids() {
		if attr.UseCgroupFD { // of which only clone3(2) knows: the caller writes the pid
			return nil, unix.EINVAL
		}
		return startBare(attr, files)
	}
	pid, err := syscall.ForkExec("/proc/self/exe", []string{childName}, &syscall.ProcAttr{
		Files: files, Env: childEnv[:], Sys: attr,
	})
	// ForkExec's child shares our memory until its execve. Before Linux 6.3 such
	// a child cannot be born in another time namespace; see clone(2), EINVAL.
	if errors.Is(err, unix.EINVAL) && !attr.UseCgroupFD {
		return startBare(attr, files)
	}
	if err != nil {
		return nil, err
	}
	return &process{pid: pid}, nil
}

// joinsPids tells whether our children will be in another pid namespace that is
// there already. There ForkExec's child looks for its parent's pid, finds 0, and
// takes itself for an orphan.
func joinsPids() bool {
	own, err := os.Readlink("/proc/thread-self/ns/pid")
	childrens, err2 := os.Readlink("/proc/thread-self/ns/pid_for_children")
	return err == nil && err2 == nil && own != childrens
}

// startBare is ForkExec by a plain fork: a child with a copy of our memory, and
// without the Go runtime.
func startBare(attr *syscall.SysProcAttr, files []uintptr) (*process, error) {
	exe, err := os.Open("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	defer exe.Close()
	e, err := newEntry(exe, attr, files)
	if err != nil {
		return nil, err
	}
	defer e.close()
	e.flags = attr.Cloneflags
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	e.report = w.Fd()
	pid, errno := e.fork(e.rawClone)
	w.Close()
	if errno != 0 {
		return nil, errno
	}
	if _, err := readReports(r); err != nil {
		_, _ = unix.Wait4(pid, nil, 0, nil)
		return nil, err
	}
	return &process{pid: pid}, nil
}

// rawClone is the fork: bare system calls only, as in rawFork.
//
//go:nosplit
//go:norace
func (e *entry) rawClone() (uintptr, syscall.Errno) {
	pid, _, errno := syscall.RawSyscall6(unix.SYS_CLONE, e.flags|uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if pid == 0 && errno == 0 {
		e.executeSelf()
	}
	return pid, errno
}

// newEntry has descriptors of the files that are above those that they become.
func newEntry(exe *os.File, attr *syscall.SysProcAttr, files []uintptr) (*entry, error) {
	lowerOpenFiles() // which ForkExec does in its child
	argv, err := syscall.BytePtrFromString(childName)
	if err != nil {
		return nil, err
	}
	e := &entry{exe: exe.Fd(), session: attr.Setsid, terminal: attr.Setctty, dot: &[]byte(".\x00")[0], empty: &[]byte("\x00")[0]}
	e.argv[0] = argv
	for i, variable := range childEnv {
		if e.envv[i], err = syscall.BytePtrFromString(variable); err != nil {
			return nil, err
		}
	}
	if len(files) > len(e.files) {
		return nil, fmt.Errorf("%d files for the child: it has room for %d", len(files), len(e.files))
	}
	for _, fd := range files {
		high, err := unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, len(e.files))
		if err != nil {
			e.close()
			return nil, &steps.Error{Op: "dup", Err: err}
		}
		e.files[e.count] = uintptr(high)
		e.count++
	}
	return e, nil
}

func (e *entry) close() {
	for _, fd := range e.files[:e.count] {
		unix.Close(int(fd))
	}
}
