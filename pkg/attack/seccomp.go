package attack

import (
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// The probes of seccomp ask one thing: does the kernel let this call through to
// its own code? Each passes arguments that cannot work, so where it does, the
// kernel finds the mistake before it asks for any capability, and nothing is done.
var (
	Mkdir       = filteredCall("mkdir", "make a directory", `mkdirat(AT_FDCWD, BAD POINTER)`, unix.EFAULT, mkdirCall)
	Fchownat    = filteredCall("fchownat", "give a file away", `fchownat(AT_FDCWD, BAD POINTER, 1, 1)`, unix.EFAULT, fchownatCall)
	Keyctl      = filteredCall("keyctl", "call keyctl, which only a user namespace divides", `keyctl(-1)`, unix.EOPNOTSUPP, keyctlCall)
	Unshare     = filteredCall("unshare", "make namespaces: new ways into the kernel", `unshare(BAD FLAGS)`, unix.EINVAL, unshareCall)
	MountCall   = filteredCall("mount-call", "call mount, whatever its capabilities", `mount(BAD POINTERS)`, unix.EFAULT, mountCall)
	BPF         = filteredCall("bpf", "call bpf, which loads programs into the kernel", `bpf(-1, NULL, TOO LARGE)`, unix.E2BIG, bpfCall)
	PerfEvent   = filteredCall("perf-event", "call perf_event_open, which can watch the kernel", `perf_event_open(NULL, BAD FLAGS)`, unix.EINVAL, perfCall)
	Userfaultfd = filteredCall("userfaultfd", "call userfaultfd, by which exploits win races", `userfaultfd(BAD FLAGS)`, unix.EINVAL, userfaultfdCall)
	Clone3      = filteredCall("clone3", "make namespaces by flags that no filter can read", `clone3(NULL, 0)`, unix.EINVAL, clone3Call)
	Personality = filteredCall("personality", "switch off address randomisation for itself", `personality(ADDR_NO_RANDOMIZE)`, 0, personalityCall)
	Vsock       = filteredCall("vsock", "talk to the virtual machine's host", `socket(AF_VSOCK, BAD TYPE)`, unix.EINVAL, vsockCall)
)

// filteredCall is a probe of one call. mistake is the errno of what is wrong with
// it; 0 where nothing is.
func filteredCall(name, tries, shown string, mistake unix.Errno, call func() unix.Errno) *Probe {
	return &Probe{Name: name, Stops: "seccomp", Tries: tries, Why: filters, Run: func(t *T) error {
		err := t.Do(shown, func() error { return failed(call()) })
		return onPurpose(t, err, lang.N("%s, on purpose: the kernel let the call through, then saw the mistake"), mistake)
	}}
}

// filters says what /proc/PID/status shows of seccomp.
func filters(s View, _ Result) string {
	mode := observe.SeccompMode(s.Get("Seccomp"))
	if mode == "none" {
		return lang.F("/proc/%d/status: Seccomp is 0, so something else stopped it.", s.PID)
	}
	if s.Get("Seccomp_filters") == "1" {
		return lang.F("/proc/%d/status: Seccomp is %s (%s), with one filter.", s.PID, s.Get("Seccomp"), mode)
	}
	return lang.F("/proc/%d/status: Seccomp is %s (%s), with %s filters; the strictest answer counts.",
		s.PID, s.Get("Seccomp"), mode, s.Get("Seccomp_filters"))
}

// bad is an address that no process has.
const bad = ^uintptr(0)

func call(number uintptr, args ...uintptr) unix.Errno {
	var a [6]uintptr
	copy(a[:], args)
	_, _, errno := unix.Syscall6(number, a[0], a[1], a[2], a[3], a[4], a[5])
	return errno
}

var atFDCWD = unix.AT_FDCWD // a variable: as a constant it fits into no uintptr

func mkdirCall() unix.Errno    { return call(unix.SYS_MKDIRAT, uintptr(atFDCWD), bad, 0o700) }
func fchownatCall() unix.Errno { return call(unix.SYS_FCHOWNAT, uintptr(atFDCWD), bad, 1, 1, 0) }
func keyctlCall() unix.Errno   { return call(unix.SYS_KEYCTL, bad) }
func unshareCall() unix.Errno  { return call(unix.SYS_UNSHARE, 1) }
func mountCall() unix.Errno    { return call(unix.SYS_MOUNT, bad, bad, bad, 0, 0) }
func bpfCall() unix.Errno      { return call(unix.SYS_BPF, bad, 0, 1<<20) }
func perfCall() unix.Errno     { return call(unix.SYS_PERF_EVENT_OPEN, 0, 0, bad, bad, bad) }
func clone3Call() unix.Errno   { return call(unix.SYS_CLONE3, 0, 0) }
func vsockCall() unix.Errno    { return call(unix.SYS_SOCKET, unix.AF_VSOCK, bad, 0) }

// userfaultfdCall asks for user mode only, which needs no capability and cannot
// halt the kernel.
func userfaultfdCall() unix.Errno {
	const userModeOnly, wrong = 1, 1 << 30
	return call(unix.SYS_USERFAULTFD, userModeOnly|wrong)
}

// personalityCall succeeds, and changes this process alone: back at once.
func personalityCall() unix.Errno {
	const query, noRandomize = 0xffffffff, 0x0040000
	before, _, errno := unix.Syscall(unix.SYS_PERSONALITY, query, 0, 0)
	if errno != 0 {
		return errno
	}
	if errno := call(unix.SYS_PERSONALITY, before|noRandomize); errno != 0 {
		return errno
	}
	return call(unix.SYS_PERSONALITY, before)
}
