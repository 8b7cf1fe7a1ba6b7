package attack

import (
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// The probes of seccomp ask one thing: does the kernel let this call through to
// its own code? Each passes arguments that cannot work, so where it does, the
// kernel finds the mistake before it asks for any capability, and nothing is done.
// But for Personality: that call cannot fail, and is taken back at once.
// (With unprivileged_bpf_disabled older kernels ask first at bpf.)
var (
	Mkdir       = filteredCall("mkdir", "make a directory", `mkdirat(AT_FDCWD, BAD POINTER)`, unix.EFAULT, unix.SYS_MKDIRAT, uintptr(atFDCWD), bad, 0o700)
	Fchownat    = filteredCall("fchownat", "give a file away", `fchownat(AT_FDCWD, BAD POINTER, 1, 1)`, unix.EFAULT, unix.SYS_FCHOWNAT, uintptr(atFDCWD), bad, 1, 1)
	Keyctl      = filteredCall("keyctl", "call keyctl, which only a user namespace divides", `keyctl(-1)`, unix.EOPNOTSUPP, unix.SYS_KEYCTL, bad)
	Unshare     = filteredCall("unshare", "make namespaces: new ways into the kernel", `unshare(BAD FLAGS)`, unix.EINVAL, unix.SYS_UNSHARE, 1)
	MountCall   = filteredCall("mount-call", "call mount, whatever its capabilities", `mount(BAD POINTERS)`, unix.EFAULT, unix.SYS_MOUNT, bad, bad, bad)
	BPF         = filteredCall("bpf", "call bpf, which loads programs into the kernel", `bpf(-1, NULL, TOO LARGE)`, unix.E2BIG, unix.SYS_BPF, bad, 0, 1<<20)
	PerfEvent   = filteredCall("perf-event", "call perf_event_open, which can watch the kernel", `perf_event_open(NULL, BAD FLAGS)`, unix.EINVAL, unix.SYS_PERF_EVENT_OPEN, 0, 0, bad, bad, bad)
	Userfaultfd = filteredCall("userfaultfd", "call userfaultfd, by which exploits win races", `userfaultfd(BAD FLAGS)`, unix.EINVAL, unix.SYS_USERFAULTFD, userModeOnly|1<<30)
	Clone3      = filteredCall("clone3", "make namespaces by flags that no filter can read", `clone3(NULL, 0)`, unix.EINVAL, unix.SYS_CLONE3, 0, 0)
	Personality = filtered("personality", "switch off address randomisation for itself", `personality(ADDR_NO_RANDOMIZE)`, 0, personalityCall)
	Vsock       = filteredCall("vsock", "talk to the virtual machine's host", `socket(AF_VSOCK, BAD TYPE)`, unix.EINVAL, unix.SYS_SOCKET, unix.AF_VSOCK, bad)
)

// filteredCall is a probe of one call, which is made with these arguments. mistake is
// the errno of what is wrong with them.
func filteredCall(name, tries, shown string, mistake unix.Errno, number uintptr, args ...uintptr) *Probe {
	p := filtered(name, tries, shown, mistake, func() unix.Errno { return call(number, args...) })
	p.args = make(map[int]uint64)
	for i := range 6 {
		p.args[i] = 0
		if i < len(args) {
			p.args[i] = uint64(args[i])
		}
	}
	return p
}

// filtered is such a probe. mistake is 0 where nothing is wrong with its calls.
func filtered(name, tries, shown string, mistake unix.Errno, call func() unix.Errno) *Probe {
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

// userModeOnly, UFFD_USER_MODE_ONLY of userfaultfd(2), needs no capability, and cannot halt the kernel.
const userModeOnly = 1

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
