package observe

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
)

// Take observes the process pid through /proc. It needs nothing of the process,
// which may be chrooted, confined, stopped or a zombie; what the kernel does
// not tell is empty, and what it tells others only is in Snapshot.Denied.
// To read all of another user's process takes CAP_SYS_PTRACE: ptrace(2).
//
// A process that ends while it is read gives an error that is
// [unix.ESRCH], as does one that never was. Where /proc is not mounted the
// error is [os.ErrNotExist], and says what to do.
func Take(pid int) (*Snapshot, error) {
	return takeFrom("/proc", pid)
}

func takeFrom(proc string, pid int) (*Snapshot, error) {
	dir, err := openProc(proc, pid)
	if err != nil {
		return nil, err
	}
	defer dir.close()

	s := &Snapshot{PID: pid, Namespaces: dir.namespaces()}
	s.Root, s.Cwd, s.Exe = dir.link("root"), dir.link("cwd"), dir.link("exe")
	s.Cmdline = parseCmdline(dir.read("cmdline"))
	s.Label = dir.label()
	s.FDs = dir.descriptors()
	s.Maps = parseMaps(dir.read("maps"))
	s.UIDMap = parseLines(dir.read("uid_map"))
	s.GIDMap = parseLines(dir.read("gid_map"))
	s.TimeOffsets = parseLines(dir.read("timens_offsets"))
	s.Limits = parseLimits(dir.read("limits"))
	lastCap.once.Do(func() { lastCap.value, _ = LastCap() })
	s.LastCap = lastCap.value
	if s.Cgroups, err = cgroup.ParseMemberships(string(dir.read("cgroup"))); err != nil {
		return nil, dir.fail("parse", "cgroup", err)
	}
	if s.Mounts, err = parseMounts(dir.read("mountinfo")); err != nil {
		return nil, dir.fail("parse", "mountinfo", err)
	}
	// Status comes last: a process that is alive here was alive all along.
	s.Status = parseStatus(dir.read("status"))
	s.Denied = dir.denied
	if err := dir.result(len(s.Status) > 0); err != nil {
		return nil, err
	}
	return s, nil
}

// TakeStatus is Take for whoever wants /proc/PID/status and nothing else, which
// is read in a tenth of the time.
func TakeStatus(pid int) (*Snapshot, error) {
	dir, err := openProc("/proc", pid)
	if err != nil {
		return nil, err
	}
	defer dir.close()
	s := &Snapshot{PID: pid, Status: parseStatus(dir.read("status"))}
	return s, dir.result(len(s.Status) > 0)
}

// LastCap gives the number of the kernel's highest capability, as in
// /proc/sys/kernel/cap_last_cap: capabilities(7).
func LastCap() (int, error) {
	const file = "/proc/sys/kernel/cap_last_cap"
	data, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	last, err := strconv.Atoi(parseLines(data))
	if err != nil {
		return 0, fmt.Errorf("parse %s: %w", file, err)
	}
	return last, nil
}

// lastCap is asked for once: it does not change while the kernel runs.
var lastCap struct {
	once  sync.Once
	value int // 0 says that it is unknown
}

// kinds are the names in /proc/PID/ns, once they have been read: they are the same
// for every process.
var kinds atomic.Pointer[[]string]

// namespaces reads every link of /proc/PID/ns. A name without a link, such as
// pid_for_children before its first process, is left out.
func (d *procDir) namespaces() map[string]Namespace {
	names := kinds.Load()
	if names == nil {
		list := d.list("ns")
		if len(list) == 0 {
			return nil
		}
		names = &list
		kinds.Store(names)
	}
	all := make(map[string]Namespace, len(*names))
	for _, name := range *names {
		if link := d.readlink("ns/" + name); link != "" {
			_, inode, _ := ParseNamespace(link)
			all[name] = Namespace{Link: link, Inode: inode}
		}
	}
	return all
}

func (d *procDir) link(name string) Link {
	path := d.readlink(name)
	if path == "" {
		return Link{}
	}
	var st unix.Statx_t
	// DONT_SYNC: a dead file server must not stop the observer.
	err := unix.Statx(d.fd, name, unix.AT_NO_AUTOMOUNT|unix.AT_STATX_DONT_SYNC,
		unix.STATX_BASIC_STATS|unix.STATX_MNT_ID, &st)
	if err != nil {
		d.note(name, err)
		return Link{Path: path}
	}
	return Link{Path: path, Dev: unix.Mkdev(st.Dev_major, st.Dev_minor), Ino: st.Ino, MountID: st.Mnt_id}
}

// label prefers AppArmor's own file: with several LSMs, attr/current belongs to
// whichever comes first.
func (d *procDir) label() string {
	if l := parseLabel(d.read("attr/apparmor/current")); l != "" {
		return l
	}
	return parseLabel(d.read("attr/current"))
}

func (d *procDir) descriptors() []FD {
	var fds []FD
	for _, name := range d.list("fd") {
		number, err := strconv.Atoi(name)
		if target := d.readlink("fd/" + name); err == nil && target != "" {
			fds = append(fds, FD{number, target})
		}
	}
	return fds
}
