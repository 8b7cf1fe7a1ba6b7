package attack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// The probes of the capabilities: each asks the kernel for one thing that is a
// matter of one capability. See capabilities(7) for what each allows.
var (
	SetClock    = with(map[int]uint64{0: 0}, needs("CAP_SYS_TIME", "set-clock", "be allowed to set the clock of the whole machine", setClock))
	Chroot      = needs("CAP_SYS_CHROOT", "chroot", "change its root directory again", chroot)
	Mknod       = needs("CAP_MKNOD", "mknod", "make a device file", mknod)
	Mount       = needs("CAP_SYS_ADMIN", "mount", "mount a file system", mount)
	KillOther   = needs("CAP_KILL", "kill-other-user", "kill a process of another user", killOther)
	Ptrace      = needs("CAP_SYS_PTRACE", "ptrace", "take over a process of another user", ptrace)
	BindLowPort = needs("CAP_NET_BIND_SERVICE", "bind-low-port", "bind a port below 1024", bindLowPort)
	RawSocket   = needs("CAP_NET_RAW", "raw-socket", "open a socket that sends any packet", rawSocket)
	Reboot      = rebootProbe()
	OpenHandle  = with(map[int]uint64{2: unix.O_RDONLY | unix.O_CLOEXEC}, needs("CAP_DAC_READ_SEARCH", "open-by-handle", "be allowed to open any file by its inode number", openHandle))
)

// rebootProbe cannot see from inside what the call would end.
func rebootProbe() *Probe {
	p := with(map[int]uint64{0: 0, 1: 0, 2: unix.LINUX_REBOOT_CMD_CAD_OFF, 3: 0}, needs("CAP_SYS_BOOT", "reboot", "be allowed to call reboot(2)", reboot))
	p.Limit = func(s View) string {
		own, host := s.Namespaces["pid"].Link, hostNamespace("pid")
		if own == host {
			return ""
		}
		return lang.F("/proc/%d/ns/pid is %s, and the host's is %s: in there reboot(2) ends no more than process 1 of the container.", s.PID, own, host)
	}
	return p
}

// needs is a probe of one capability.
func needs(capability, name, tries string, run func(*T) error) *Probe {
	return &Probe{
		Name: name, Stops: "capabilities", Capability: capability, Tries: tries, Run: run,
		Why: func(s View, r Result) string { return whereItIsMissing(s, r, capability) },
	}
}

// with says what arguments the probe's call has.
func with(args map[int]uint64, p *Probe) *Probe {
	p.args = args
	return p
}

// whereItIsMissing says what /proc/PID/status shows of a capability.
func whereItIsMissing(s View, r Result, capability string) string {
	switch {
	case !s.has("CapEff", capability) && s.has("CapBnd", capability):
		return lang.F("/proc/%d/status: CapEff has no %s; CapBnd has it.", s.PID, capability)
	case !s.has("CapEff", capability) && s.Supervisor != nil && !(View{Snapshot: s.Supervisor}).has("CapBnd", capability):
		return lang.F("/proc/%d/status: CapEff has no %s. Nor has the CapBnd of workshop itself: it is this machine that lacks it, and no layer took it.", s.PID, capability)
	case !s.has("CapEff", capability):
		return lang.F("/proc/%d/status: CapEff has no %s, and CapBnd neither: no execve brings it back.", s.PID, capability)
	}
	own, host := s.Namespaces["user"].Link, hostNamespace("user")
	if r.Errno == unix.ErrnoName(unix.EPERM) && own != host && s.Get("Seccomp") == "0" {
		return lang.F("/proc/%d/status: CapEff has %s, which counts in %s; the kernel asks for it in the host's, %s.", s.PID, capability, own, host)
	}
	return lang.F("/proc/%d/status: CapEff has %s, so something else stopped it.", s.PID, capability) + confinedBy(s)
}

// gotPast is for a call that was made wrong on purpose: the kernel first asks who
// calls, and then finds the mistake.
func gotPast(t *T, err error, mistakes ...unix.Errno) error {
	return onPurpose(t, err, lang.N("%s, on purpose: the kernel let us in and then saw that the call was wrong"), mistakes...)
}

// onPurpose turns the errno of a mistake into the answer, which the note explains.
func onPurpose(t *T, err error, note string, mistakes ...unix.Errno) error {
	for _, m := range mistakes {
		if errors.Is(err, m) {
			t.result.Note = lang.F(note, errname.Of(err))
			return nil
		}
	}
	return err
}

// setClock never sets it. clock_settime(2) would look at a wrong time before it
// asks for the capability; settimeofday(2) looks at a wrong time zone after.
func setClock(t *T) error {
	zone := struct{ MinutesWest, DST int32 }{MinutesWest: 24 * 60}
	err := t.Do("settimeofday(NULL, {tz_minuteswest=1440})", func() error {
		_, _, errno := unix.Syscall(unix.SYS_SETTIMEOFDAY, 0, uintptr(unsafe.Pointer(&zone)), 0)
		return failed(errno)
	})
	return gotPast(t, err, unix.EINVAL)
}

func chroot(t *T) error {
	return t.Do(`chroot("/")`, func() error { return unix.Chroot("/") })
}

func mknod(t *T) error {
	// In no directory of its own: to make one is a matter of the filter.
	path := filepath.Join(ownDir(), "null-"+shortName())
	defer os.Remove(path)
	return t.Do(`mknod("null", S_IFCHR, makedev(1, 3))`, func() error {
		return unix.Mknod(path, unix.S_IFCHR|0o600, int(unix.Mkdev(1, 3)))
	})
}

// mount takes a directory that is there: to make one is a matter of the filter.
func mount(t *T) error {
	dir := mountPoint()
	err := t.Do(`mount("tmpfs", DIRECTORY, "tmpfs")`, func() error {
		return unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4k")
	})
	if err != nil {
		return err
	}
	return t.Do("umount2(DIRECTORY, MNT_DETACH)", func() error { return unix.Unmount(dir, unix.MNT_DETACH) })
}

// dirEnv is the variable that names a directory which a probe may write to.
const dirEnv = "WORKSHOP_PROBE_DIR"

// ownDir is a directory that is there: a filter may forbid to make one.
func ownDir() string {
	if dir := os.Getenv(dirEnv); dir != "" {
		return dir
	}
	return os.TempDir()
}

// mountPoint is one that nobody misses for a moment.
func mountPoint() string {
	if _, err := os.Stat("/mnt"); err == nil && os.Getenv(dirEnv) == "" {
		return "/mnt"
	}
	return ownDir()
}

const otherUser = 65534 // nobody

// decoyOf starts what is attacked, as another user.
func decoyOf(t *T, uid uint32) (pid int, end func(), err error) {
	pid, end, err = startDecoy(uid)
	switch {
	case err == nil:
		t.Note(lang.F("process %d belongs to user %d", pid, uid))
	case errors.Is(err, unix.EPERM):
		err = fmt.Errorf(lang.T("start a process of user %d, which takes CAP_SETUID and CAP_SETGID: %w"), uid, err)
	case errors.Is(err, unix.EINVAL):
		err = fmt.Errorf(lang.T("start a process of user %d, whom this user namespace does not map: %w"), uid, err)
	default:
		err = fmt.Errorf(lang.T("start a process of user %d: %w"), uid, err)
	}
	return pid, end, err
}

func killOther(t *T) error {
	pid, end, err := decoyOf(t, otherUser)
	if err != nil {
		return err
	}
	defer end()
	return t.Do(fmt.Sprintf("kill(%d, SIGKILL)", pid), func() error {
		return unix.Kill(pid, unix.SIGKILL)
	})
}

func ptrace(t *T) error {
	pid, end, err := decoyOf(t, otherUser)
	if err != nil {
		return err
	}
	defer end()
	runtime.LockOSThread() // a tracer is a thread
	defer runtime.UnlockOSThread()
	return t.Do(fmt.Sprintf("ptrace(PTRACE_SEIZE, %d)", pid), func() error {
		return unix.PtraceSeize(pid)
	})
}

// bindLowPort takes the first port that is free. Where the sysctl
// net.ipv4.ip_unprivileged_port_start is lower, no capability is needed.
func bindLowPort(t *T) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	for port := 1023; ; port-- {
		err := t.Do(fmt.Sprintf("bind(SOCKET, {AF_INET, 127.0.0.1, port %d})", port), func() error {
			return unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}, Port: port})
		})
		if port == 1 || !errors.Is(err, unix.EADDRINUSE) {
			return err
		}
	}
}

func rawSocket(t *T) error {
	return t.Do("socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)", func() error {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_ICMP)
		if err == nil {
			unix.Close(fd)
		}
		return err
	})
}

// reboot has none of the magic numbers that reboot(2) wants to see.
func reboot(t *T) error {
	err := t.Do("reboot(0, 0, LINUX_REBOOT_CMD_CAD_OFF, NULL)", func() error {
		_, _, errno := unix.Syscall6(unix.SYS_REBOOT, 0, 0, unix.LINUX_REBOOT_CMD_CAD_OFF, 0, 0, 0)
		return failed(errno)
	})
	return gotPast(t, err, unix.EINVAL)
}

// openHandle is "shocker", the escape from Docker of 2014. It asks for inode 2, the
// top of an ext4 file system, whatever part of it is our root, and only opens it for
// reading. A file system that has no such inode, or no handles, says so after the
// kernel asked for the capability.
func openHandle(t *T) error {
	inode2 := unix.NewFileHandle(1, []byte{2, 0, 0, 0, 0, 0, 0, 0}) // FILEID_INO32_GEN
	root, err := unix.Open("/", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(root)
	err = t.Do(`open_by_handle_at("/", {inode 2}, O_RDONLY)`, func() error {
		fd, err := unix.OpenByHandleAt(root, inode2, unix.O_RDONLY|unix.O_CLOEXEC)
		if err == nil {
			unix.Close(fd)
		}
		return err
	})
	return gotPast(t, err, unix.ESTALE, unix.EOPNOTSUPP)
}

// failed is the error of a raw system call.
func failed(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
