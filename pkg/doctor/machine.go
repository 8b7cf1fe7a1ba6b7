package doctor

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/caps"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/inside"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Machine is what was measured. It names no user and no host.
type Machine struct {
	Kernel       string         `json:"kernel"`       // the release: uname(2)
	Architecture string         `json:"architecture"` // uname(2)
	Distribution string         `json:"distribution"` // PRETTY_NAME of os-release(5)
	Places       []inside.Place `json:"places"`       // empty: it looks like hardware

	Root          bool     `json:"root"`           // the effective user ID is 0
	Lacks         []string `json:"lacks"`          // capabilities of this kernel that no execve here can give
	UserNamespace bool     `json:"user_namespace"` // we are in one, and not on the machine itself
	Proc          bool     `json:"proc"`           // /proc is there

	Cgroup     Cgroup            `json:"cgroup"`
	LSMs       []string          `json:"lsms"`
	Label      string            `json:"label,omitempty"` // AppArmor's, of this process
	Seccomp    []string          `json:"seccomp"`         // the actions that the kernel has
	Namespaces []string          `json:"namespaces"`      // the kinds in /proc/self/ns
	Sysctls    map[string]string `json:"sysctls"`         // those that restrict; "" is not in this kernel

	Checks map[string]Missing `json:"checks"` // what a step's own check says, by its name; "container" is before them
	Tried  map[string]string  `json:"tried"`  // Works, or the error; what was not tried is not there

	RunMount  string          `json:"run_mount"` // the mount that /run/workshop is on
	Rootfs    map[string]bool `json:"rootfs"`    // by kind: built
	Tools     map[string]bool `json:"tools"`     // in PATH
	Perl      bool            `json:"perl"`      // in the debian root filesystem
	Installer string          `json:"installer"`
	Needs     []Need          `json:"needs"` // of the lessons' transcripts, and not here
	Terminal  Terminal        `json:"terminal"`
}

// Missing is what a step lacks, and what would help.
type Missing struct {
	What    string `json:"what"`
	Instead string `json:"instead"`
}

// Cgroup is where limits can be set.
type Cgroup struct {
	World     string `json:"world"`             // as workshop cgroups has it
	Mount     string `json:"mount,omitempty"`   // of the tree with the pids controller
	Version   int    `json:"version,omitempty"` // of that tree; 0 is none
	Known     bool   `json:"known"`             // the kernel has the pids controller
	Enabled   bool   `json:"enabled"`           // and it is not switched off
	ReadOnly  bool   `json:"read_only"`         // the mount is
	Delegated bool   `json:"delegated"`         // our own group may be changed by us
	Passed    bool   `json:"passed,omitempty"`  // version 2: the root passes pids on
}

// Need is what transcripts of a lesson need, and this machine has not.
type Need struct {
	Lesson int    `json:"lesson"`
	Name   string `json:"name"` // "rootfs:debian"
	Why    string `json:"why"`
}

// sysctls are the settings that restrict what the lessons do.
var sysctls = []string{
	"kernel.apparmor_restrict_unprivileged_userns", "kernel.unprivileged_userns_clone", "kernel.yama.ptrace_scope",
	"user.max_user_namespaces", "user.max_mnt_namespaces", "user.max_pid_namespaces",
	"user.max_uts_namespaces", "user.max_ipc_namespaces", "user.max_net_namespaces",
	"user.max_cgroup_namespaces", "user.max_time_namespaces",
}

// tools are the programs that lessons and their transcripts use.
var tools = []string{"apparmor_parser", "ip", "setcap", "unshare", "setpriv", "ps"}

// Measure looks at this machine.
func Measure() *Machine {
	m := &Machine{
		Root: os.Geteuid() == 0, Places: inside.Places(), Distribution: distribution(),
		Sysctls: map[string]string{}, Checks: map[string]Missing{}, Tried: map[string]string{},
		Rootfs: map[string]bool{}, Tools: map[string]bool{}, Installer: installer(),
		Lacks: []string{}, Terminal: terminal(),
	}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		m.Kernel, m.Architecture = unix.ByteSliceToString(u.Release[:]), unix.ByteSliceToString(u.Machine[:])
	}
	_, err := os.Stat("/proc/self/status")
	m.Proc = err == nil
	m.RunMount = mountOf(journal.Dir)
	for _, name := range sysctls {
		m.Sysctls[name] = read("/proc/sys/" + strings.ReplaceAll(name, ".", "/"))
	}
	m.process()
	m.Cgroup = cgroupOf()
	k := apparmor.Look()
	m.LSMs, m.Label = k.LSMs, k.Label
	m.Seccomp = seccompActions()
	m.files(k.Parser != "")
	m.checks()
	m.Needs = needs()
	m.try()
	return m
}

// process looks at what this process is allowed at most.
func (m *Machine) process() {
	m.UserNamespace = steps.InUserNamespace()
	for _, kind := range steps.NamespaceKinds() {
		if _, err := os.Lstat("/proc/self/ns/" + kind); err == nil {
			m.Namespaces = append(m.Namespaces, kind)
		}
	}
	self, err := caps.ReadProcess(os.Getpid())
	all, err2 := caps.Kernel()
	if err == nil && err2 == nil {
		m.Lacks = append(m.Lacks, (all &^ self.Bounding).Names()...)
	}
}

// files looks for what has to be installed or built.
func (m *Machine) files(parser bool) {
	for _, kind := range rootfs.Kinds() {
		_, err := rootfs.Find(kind.Name)
		m.Rootfs[kind.Name] = err == nil
	}
	for _, name := range tools {
		_, err := exec.LookPath(name)
		m.Tools[name] = err == nil
	}
	m.Tools["apparmor_parser"] = parser // which finds it outside of PATH as well
	if dir, err := rootfs.Find("debian"); err == nil {
		_, err := os.Stat(filepath.Join(dir, "usr/bin/perl"))
		m.Perl = err == nil
	}
}

// checks asks every step whether it can work, and before them the container itself.
func (m *Machine) checks() {
	m.checked(usable, container.Usable())
	for _, s := range steps.All() {
		if s.Check != nil {
			m.checked(s.Name, s.Check(&steps.Spec{Steps: steps.Names(steps.Effective(steps.UpTo(s.Lesson)))}))
		}
	}
}

func (m *Machine) checked(what string, err error) {
	var u *steps.Unsupported
	switch {
	case errors.As(err, &u):
		m.Checks[what] = Missing{u.What, u.Instead}
	case err != nil:
		m.Checks[what] = Missing{What: err.Error()}
	}
}

// cgroupOf finds the tree where processes can be counted.
func cgroupOf() Cgroup {
	s, err := cgroup.Look(os.Getpid())
	if err != nil {
		return Cgroup{World: cgroup.WorldNone}
	}
	c := Cgroup{World: s.World}
	for _, k := range s.Controllers {
		if k.Name == "pids" {
			c.Known, c.Enabled, c.Mount, c.Version = true, k.Enabled, k.Mount, k.Version
		}
	}
	for _, mount := range s.Mounts {
		if c.Version > 0 && mount.At == c.Mount {
			c.ReadOnly = mount.ReadOnly
		}
	}
	passed := read(filepath.Join(c.Mount, "cgroup.subtree_control"))
	c.Passed = c.Version == 2 && slices.Contains(strings.Fields(passed), "pids")
	if dir, err := cgroup.Of(os.Getpid(), "pids"); err == nil {
		c.Delegated = unix.Access(dir, unix.W_OK) == nil && unix.Access(dir+"/cgroup.procs", unix.W_OK) == nil
	}
	return c
}

// needs reads the lessons and asks for all that their transcripts need.
func needs() []Need {
	list := []Need{}
	folders, _ := lesson.Folders(lessons.Files)
	for _, folder := range folders {
		l, err := lesson.Read(lessons.Files, folder, lang.English)
		if err != nil {
			continue // a test reads them all
		}
		for _, section := range l.Sections {
			for _, block := range section.Blocks {
				if block.Transcript != nil {
					list = appendNeeds(list, l.Number, block.Transcript.Needs)
				}
			}
		}
	}
	return list
}

func appendNeeds(list []Need, number int, of []*lesson.Need) []Need {
	for _, n := range of {
		known := slices.ContainsFunc(list, func(o Need) bool { return o.Lesson == number && o.Name == n.Name })
		if err := n.Missing(); err != nil && !known {
			list = append(list, Need{number, n.Name, err.Error()})
		}
	}
	return list
}

// distribution is its own name for itself: os-release(5).
func distribution() string {
	f, err := os.Open("/etc/os-release")
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "PRETTY_NAME="); ok {
			if name, err := strconv.Unquote(value); err == nil {
				return name
			}
			return strings.Trim(value, "'")
		}
	}
	return ""
}

// installer is the command that installs a package here.
func installer() string {
	for _, c := range []string{"apt-get install", "dnf install", "zypper install", "pacman -S", "apk add"} {
		name, _, _ := strings.Cut(c, " ")
		if _, err := exec.LookPath(name); err == nil {
			return "sudo " + c
		}
	}
	return "install"
}

// mountOf is the mount point that a directory is below.
func mountOf(dir string) string {
	mounts, _ := mountinfo.GetMounts(mountinfo.ParentsFilter(dir))
	at := "/"
	for _, m := range mounts {
		if len(m.Mountpoint) > len(at) {
			at = m.Mountpoint
		}
	}
	return at
}

func read(file string) string {
	b, _ := os.ReadFile(file)
	return strings.TrimSpace(string(b))
}
