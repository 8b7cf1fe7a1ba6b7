package attack

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/bomb"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// int80 makes a call as 32-bit programs do, and gives the result or -errno. It takes
// no 32-bit program: the instruction works from 64-bit code too.
func int80(number, a, b, c uint64) int64

// foreignCalls are all calls of another ABI that make a directory: a filter may have
// the number of one of them on its list by chance.
var foreignCalls = []*foreignCall{
	{"int 0x80, eax=39: mkdir", true, 39, false}, // arch/x86/entry/syscalls/syscall_32.tbl
	{"int 0x80, eax=296: mkdirat", true, 296, true},
	{"x32, eax=0x40000053: mkdir", false, x32 | unix.SYS_MKDIR, false},
	{"x32, eax=0x40000102: mkdirat", false, x32 | unix.SYS_MKDIRAT, true},
}

type foreignCall struct {
	shown  string
	int80  bool
	number uintptr
	at     bool // the directory that the name is in comes first
}

// x32 is the bit in the number of a call by amd64's second ABI: __X32_SYSCALL_BIT.
const x32 = 0x40000000

// errKilled is how a copy ended that a filter killed.
var errKilled = errors.New("SIGSYS")

// foreignABI succeeds where one of them does. Where a filter kills for one, the probe
// ends as its copy did, when all have been tried.
func foreignABI(t *T) error {
	name := fmt.Sprintf(".foreign-%d", os.Getpid())
	memory, err := unix.Mmap(-1, 0, unix.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_32BIT) // 32 bits must be enough for its address
	if err != nil {
		return &os.SyscallError{Syscall: "mmap", Err: err}
	}
	copy(memory, name)
	defer unix.Rmdir(name)
	var stopped []error
	for _, c := range foreignCalls {
		err := c.try(t, name, uintptr(unsafe.Pointer(&memory[0])))
		if err == nil {
			return nil
		}
		stopped = append(stopped, err)
	}
	if slices.Contains(stopped, errKilled) {
		unix.Exit(sigsys)
	}
	return stopped[0]
}

// try makes the call, for the name at that address.
func (c *foreignCall) try(t *T, name string, address uintptr) error {
	args := [3]uintptr{address, 0o700}
	if c.at {
		args = [3]uintptr{uintptr(atFDCWD), address, 0o700}
	}
	status, err := inCopy(c.int80, c.number, args)
	shown := fmt.Sprintf("%s(%q)", c.shown, name)
	switch {
	case err != nil:
		return err
	case status.Signaled() && status.Signal() == unix.SIGSYS:
		t.show(shown, errKilled.Error())
		return errKilled
	case status.Signaled(): // SIGSEGV, for the instruction
		return impossible(lang.T("this kernel has no 32-bit calls (CONFIG_IA32_EMULATION), so there is no hole to close"))
	}
	return t.Do(shown, func() error { return failed(unix.Errno(status.ExitStatus())) })
}

// inCopy makes the call in a copy of this process, which it may end, and gives how
// that ended: the errno is its exit code.
func inCopy(old bool, number uintptr, args [3]uintptr) (status unix.WaitStatus, err error) {
	var pid uintptr
	var errno syscall.Errno
	bomb.Held(func() { pid, errno = forkCall(old, number, args[0], args[1], args[2]) })
	if errno != 0 {
		return 0, os.NewSyscallError("fork", errno)
	}
	for {
		if _, err = unix.Wait4(int(pid), &status, 0, nil); err != unix.EINTR {
			return status, os.NewSyscallError("wait4", err)
		}
	}
}

// forkCall is the bare clone(2), whose child has no Go runtime that works.
//
//go:nosplit
//go:norace
func forkCall(old bool, number, a, b, c uintptr) (pid uintptr, errno syscall.Errno) {
	pid, _, errno = syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if pid != 0 || errno != 0 {
		return pid, errno
	}
	if old {
		errno = syscall.Errno(-int80(uint64(number), uint64(a), uint64(b), uint64(c)))
	} else {
		_, _, errno = syscall.RawSyscall(number, a, b, c)
	}
	for {
		syscall.RawSyscall(unix.SYS_EXIT_GROUP, uintptr(errno), 0, 0)
	}
}
