package steps

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// NamespaceSettings are the settings of the namespaces step. The zero value is
// a new namespace of every kind but user.
type NamespaceSettings struct {
	Kinds    []string `json:",omitempty"` // the new ones; "all" is every kind, "none" is none
	User     bool     `json:",omitempty"` // a user namespace too
	Hostname string   `json:",omitempty"` // in the new uts namespace; "" is DefaultHostname
	Uptime   uint     `json:",omitempty"` // what CLOCK_BOOTTIME begins with in the new time namespace, in seconds
	Join     []string `json:",omitempty"` // enter existing ones: "net=NAME", "ipc=PID", "uts=/proc/PID/ns/uts"
}

// DefaultHostname is the hostname of a container that is given none.
const DefaultHostname = "container"

// Nobody is the user and the group outside that root of a new user namespace
// is: the one that owns nothing.
const Nobody = 65534

// namespaceKinds are the names in /proc/PID/ns, their flags in clone(2), unshare(2)
// and setns(2), and what else they are called where that is far from the name.
var namespaceKinds = []struct {
	name   string
	flag   int
	called string
}{
	{"pid", unix.CLONE_NEWPID, "process"},
	{"mnt", unix.CLONE_NEWNS, "mount"},
	{"uts", unix.CLONE_NEWUTS, "hostname"},
	{"ipc", unix.CLONE_NEWIPC, ""},
	{"net", unix.CLONE_NEWNET, "network"},
	{"cgroup", unix.CLONE_NEWCGROUP, ""},
	{"time", unix.CLONE_NEWTIME, "clock"},
	{"user", unix.CLONE_NEWUSER, ""},
}

// NamespaceKinds names the kinds of namespaces, as in /proc/PID/ns.
func NamespaceKinds() []string {
	var names []string
	for _, k := range namespaceKinds {
		names = append(names, k.name)
	}
	return names
}

// NamespaceFlag is the flag of a kind in clone(2), unshare(2) and setns(2), or 0.
func NamespaceFlag(kind string) int {
	for _, k := range namespaceKinds {
		if k.name == kind {
			return k.flag
		}
	}
	return 0
}

// kindMeant is " (did you mean "mnt"?)", or nothing.
func kindMeant(kind string, of []string) string {
	candidates := slices.Clone(of)
	names := map[string]string{}
	for _, k := range namespaceKinds {
		if k.called != "" && slices.Contains(of, k.name) {
			candidates, names[k.called] = append(candidates, k.called), k.name
		}
	}
	near := nearest.Name(kind, candidates)
	return nearest.Hint(cmp.Or(names[near], near), of)
}

// New tells whether the process gets a new namespace of that kind.
func (n *NamespaceSettings) New(kind string) bool {
	switch {
	case kind == "user" && n.User, slices.Contains(n.Kinds, "all"):
		return true
	case len(n.Kinds) == 0:
		return kind != "user" && n.joined(kind) == ""
	}
	return slices.Contains(n.Kinds, kind)
}

// flags are those of clone(2) for the new ones among the kinds.
func (n *NamespaceSettings) flags(kinds ...string) (flags uintptr) {
	for _, kind := range kinds {
		if n.New(kind) {
			flags |= uintptr(NamespaceFlag(kind))
		}
	}
	return flags
}

func (n *NamespaceSettings) hostname() string {
	if n.Hostname == "" {
		return DefaultHostname
	}
	return n.Hostname
}

// mapRoot makes user and group 0 of a new user namespace Nobody outside, and
// lets the child become them: until then it is nobody inside. It is false where
// there is none.
func (n *NamespaceSettings) mapRoot(attr *unix.SysProcAttr) bool {
	if !n.New("user") {
		return false
	}
	root := []syscall.SysProcIDMap{{ContainerID: 0, HostID: Nobody, Size: 1}}
	attr.UidMappings, attr.GidMappings = root, root
	// Its groups go too: root's own would open files of the host.
	attr.GidMappingsEnableSetgroups = true
	attr.Credential = &syscall.Credential{Uid: 0, Gid: 0}
	return true
}

// setClock writes the offset of the time namespace that this thread's next child
// will be in, unless it could not be made; see time_namespaces(7).
func (n *NamespaceSettings) setClock(made error) error {
	if made != nil {
		return made
	}
	var up unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &up); err != nil {
		return &Error{"clock_gettime", "CLOCK_BOOTTIME", err}
	}
	file := fmt.Sprintf("/proc/%d/timens_offsets", unix.Gettid())
	// An offset counts from the machine's own clock, and ours may have one already.
	offset := fmt.Sprintf("boottime %d 0", int64(n.Uptime)-up.Sec+bootOffset(file))
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(offset)
		err = errors.Join(err, f.Close())
	}
	return failed("write "+offset+" to "+file, err)
}

// bootOffset reads the seconds of the line "boottime SECONDS NANOSECONDS".
func bootOffset(file string) (seconds int64) {
	text, _ := os.ReadFile(file)
	_, line, _ := strings.Cut(string(text), "boottime")
	_, _ = fmt.Sscan(line, &seconds)
	return seconds
}

// lo is the loopback interface: the first in every network namespace, so that
// nobody has to ask for its number.
var lo = &netlink.Device{LinkAttrs: netlink.LinkAttrs{Name: "lo", Index: 1}}

// mountsProc tells whether there is a place for a /proc: a new root, or a mount
// table of its own, in which it hides the host's. In a user namespace it must
// own both the mount table and the pid namespace.
func (s *Spec) mountsProc() bool {
	n := &s.Namespaces
	newRoot := s.Has("chroot") || s.Has("pivot-root")
	ownMounts := n.New("mnt") || s.Has("pivot-root")
	ownPids := n.New("pid") || n.joined("pid") != ""
	if n.New("user") {
		return ownMounts && n.New("pid")
	}
	return newRoot || ownMounts && ownPids
}

// failed is nil without an error, and keeps one that says already what failed.
func failed(op string, err error) error {
	var said *Error
	if err == nil || errors.As(err, &said) {
		return err
	}
	return &Error{op, "", err}
}

func checkNamespaces(s *Spec) error {
	n := &s.Namespaces
	if err := n.Check(); err != nil {
		return err
	}
	for _, kind := range NamespaceKinds() {
		if n.New(kind) {
			if err := kernelAllows("/proc", kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// Check says what is wrong with the settings themselves, whatever the kernel
// can do. It looks at the namespaces to join.
func (n *NamespaceSettings) Check() error {
	return errors.Join(n.checkKinds(), n.checkHostname(), n.checkUptime(), n.checkJoins())
}

func (n *NamespaceSettings) checkKinds() error {
	known := append(NamespaceKinds(), "all", "none")
	for _, kind := range n.Kinds {
		if !slices.Contains(known, kind) {
			return fmt.Errorf("no namespace %q%s; the kinds are %s, and all and none",
				kind, kindMeant(kind, known), strings.Join(NamespaceKinds(), ", "))
		}
	}
	return nil
}

// checkHostname keeps the host's name out of reach; see sethostname(2).
func (n *NamespaceSettings) checkHostname() error {
	const longest = 64 // __NEW_UTS_LEN
	switch {
	case n.Hostname != "" && !n.New("uts"):
		return fmt.Errorf("hostname %s: without a new uts namespace it would be the host's name; add uts to --ns", n.Hostname)
	case len(n.Hostname) > longest:
		return fmt.Errorf("hostname of %d bytes: the kernel takes at most %d", len(n.Hostname), longest)
	}
	return nil
}

// checkUptime keeps the clock below half of what 64 bits of nanoseconds hold:
// proc_timens_set_offset in the kernel's kernel/time/namespace.c.
func (n *NamespaceSettings) checkUptime() error {
	const longest = math.MaxInt64 / 1_000_000_000 / 2
	if n.Uptime > longest {
		return fmt.Errorf("uptime %d: the kernel takes 0 to %d seconds, which are 146 years", n.Uptime, longest)
	}
	return nil
}
