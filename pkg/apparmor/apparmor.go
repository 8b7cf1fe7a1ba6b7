// Package apparmor talks to AppArmor, the mandatory access control by paths:
// what this kernel has of it, profiles and their compiler, labels, and the
// records of what was refused.
//
// See apparmor(7), apparmor.d(5), apparmor_parser(8) and the kernel's
// Documentation/admin-guide/LSM/apparmor.rst.
package apparmor

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/pkg/inside"
)

// Dir is where the kernel shows and takes profiles, on securityfs.
const Dir = "/sys/kernel/security/apparmor"

// execFile takes the label for the next execve.
const execFile = "/proc/thread-self/attr/apparmor/exec"

const enabledFile = "/sys/module/apparmor/parameters/enabled"

// Prefix begins the name of every profile of workshop.
const Prefix = "workshop-"

// Profile is a loaded profile.
type Profile struct {
	Name string `json:"name"`
	Mode Mode   `json:"mode"`
}

// Loaded lists the profiles of this policy namespace. It takes CAP_MAC_ADMIN.
func Loaded() ([]Profile, error) {
	b, err := os.ReadFile(Dir + "/profiles")
	if err != nil {
		return nil, err
	}
	var list []Profile
	for line := range strings.Lines(string(b)) {
		p := ParseLabel(line)
		list = append(list, Profile{p.Profile, Mode(p.Mode)})
	}
	return list, nil
}

// Remove takes a profile out of the kernel. Its processes would go on without
// any: so they are killed first, and it must be one of ours. It is no error that there
// is no such profile.
func Remove(name string) error {
	if !strings.HasPrefix(name, Prefix) {
		return fmt.Errorf("%q is no profile of workshop, and stays", name)
	}
	if err := killAll(name, LabelOf); err != nil {
		return err
	}
	f, err := os.OpenFile(Dir+"/.remove", os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(name)
	if errors.Is(err, unix.ENOENT) {
		err = nil
	}
	return errors.Join(err, f.Close())
}

// patience is how long killed processes may take to end.
const patience = 5 * time.Second

// killAll ends the processes that carry the label of a profile. It looks again until
// there is none: a child that was forked after /proc was listed has the label too.
func killAll(name string, label labeller) error {
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		alive, err := killListed(name, label)
		if err != nil || alive == 0 {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("kill what profile %s confines: %d processes do not end: %w", name, alive, unix.EBUSY)
		}
	}
}

// labeller is LabelOf.
type labeller func(pid int) (Label, error)

// killListed kills what /proc lists just now, and says how many of that were alive.
func killListed(name string, label labeller) (alive int, err error) {
	pids, err := os.ReadDir("/proc")
	if err != nil {
		return 0, err
	}
	for _, e := range pids {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if l, err := label(pid); err != nil || !l.of(name) {
			continue
		}
		killed, err := kill(pid, name, label)
		if err != nil {
			return alive, err
		}
		if killed {
			alive++
		}
	}
	return alive, nil
}

// kill goes by a pidfd, so that it cannot meet a process that got the pid later;
// see pidfd_open(2). It is false where the process has ended, such as a zombie.
func kill(pid int, name string, label labeller) (bool, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("pidfd_open %d, which profile %s confines: %w", pid, name, err)
	}
	defer unix.Close(fd)
	if l, err := label(pid); err != nil || !l.of(name) {
		return false, nil
	}
	ended := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(ended, 0); err == nil && n == 1 {
		return false, nil
	}
	_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
	return true, nil
}

// Label is what AppArmor knows a process by.
type Label struct {
	Profile string `json:"profile"`
	Mode    string `json:"mode,omitempty"` // "enforce", "complain", ...; "" for unconfined
}

// Unconfined is the label of a process outside of every profile.
const Unconfined = "unconfined"

// ParseLabel reads a label as the kernel writes it: "NAME (enforce)".
func ParseLabel(s string) Label {
	s = strings.TrimRight(s, "\n\x00")
	name, rest, ok := strings.Cut(s, " (")
	if !ok {
		return Label{Profile: s}
	}
	return Label{name, strings.TrimSuffix(rest, ")")}
}

// of tells whether it is the label of that profile, or of one that complain mode
// made below it, NAME//null-PROGRAM.
func (l Label) of(name string) bool { return isOf(l.Profile, name) }

func isOf(profile, name string) bool {
	return profile == name || strings.HasPrefix(profile, name+"//")
}

// String formats as the kernel does.
func (l Label) String() string {
	if l.Mode == "" {
		return l.Profile
	}
	return l.Profile + " (" + l.Mode + ")"
}

// LabelOf gives the label of a process.
func LabelOf(pid int) (Label, error) {
	return readLabel(fmt.Sprintf("/proc/%d/attr/apparmor/current", pid))
}

// Own gives the label of this thread.
func Own() (Label, error) { return readLabel("/proc/thread-self/attr/apparmor/current") }

// readLabel does without os.File and its poller, for killAll asks about every process
// of the machine. The kernel's answer fits into a page.
func readLabel(file string) (Label, error) {
	fd, err := unix.Open(file, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return Label{}, &os.PathError{Op: "open", Path: file, Err: err}
	}
	defer unix.Close(fd)
	buf := make([]byte, os.Getpagesize())
	n, err := unix.Read(fd, buf)
	if err != nil {
		return Label{}, &os.PathError{Op: "read", Path: file, Err: err}
	}
	return ParseLabel(string(buf[:n])), nil
}

// Kernel says what this kernel has, and where this process stands in it.
type Kernel struct {
	Built     bool     `json:"built"`     // AppArmor is compiled in
	Enabled   bool     `json:"enabled"`   // and it was not switched off at boot
	Visible   bool     `json:"visible"`   // its files on securityfs can be seen
	NoExec    string   `json:"no_exec"`   // what openat2 says of execFile in a kernel that is too old; else ""
	LSMs      []string `json:"lsms"`      // what the kernel runs instead or beside it; nil where that cannot be told
	Label     string   `json:"label"`     // of this process
	Namespace string   `json:"namespace"` // the policy namespace: "root", or the name of a container's own
	Container string   `json:"container"` // the kind of container this is, "" for none that is known
	WSL       bool     `json:"wsl"`       // the kernel is Microsoft's, for WSL
	Parser    string   `json:"parser"`    // the path of apparmor_parser
}

// Look finds out. What cannot be read, for whatever reason, counts as not there.
func Look() Kernel {
	var k Kernel
	b, err := os.ReadFile(enabledFile)
	k.Built, k.Enabled = err == nil, strings.TrimSpace(string(b)) == "Y"
	_, err = os.Stat(Dir)
	k.Visible = err == nil
	k.NoExec = noExec()
	k.LSMs = lsms()
	if label, err := Own(); err == nil {
		k.Label = label.String()
	}
	b, _ = os.ReadFile(Dir + "/.ns_name")
	k.Namespace = strings.TrimSpace(string(b))
	if p := inside.Container(); p != nil {
		k.Container = p.Name
	}
	k.WSL = inside.WSL() != nil
	k.Parser, _ = parser()
	return k
}

// noExec opens execFile as whoever enters a profile does: Linux 5.6 brought the call
// (ENOSYS), and 5.8 the file (ENOENT).
func noExec() string {
	fd, err := unix.Openat2(unix.AT_FDCWD, execFile, &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC})
	switch {
	case err == nil:
		unix.Close(fd)
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.ENOENT):
		return errname.Of(err)
	}
	return ""
}
