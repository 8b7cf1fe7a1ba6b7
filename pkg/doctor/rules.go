package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// rule finds what a layer lacks. The state of what it finds is that of the
// layer's own lesson.
type rule struct {
	layer string // the name of a step, or anyRun or newRoot
	find  func(*Machine) []Finding
}

var rules = []rule{
	{anyRun, noProc}, // first: see Judge
	{anyRun, notRoot},
	{anyRun, notUsable},
	{anyRun, noRunDir},
	{anyRun, noMounts},
	{anyRun, noGuard},
	{anyRun, noTrace},
	{newRoot, noRootfs},
	{newRoot, noOverlay},
	{newRoot, noTools},
	{steps.Chroot.Name, noChroot},
	{steps.PivotRoot.Name, noPivot},
	{steps.Namespaces.Name, noNamespaces},
	{steps.Namespaces.Name, noUserNamespace},
	{steps.Cgroup.Name, noCgroup},
	{steps.Capabilities.Name, noBounding},
	{steps.Capabilities.Name, lacksCapabilities},
	{steps.Seccomp.Name, noSeccomp},
	{steps.Seccomp.Name, lacksActions},
	{steps.AppArmor.Name, noAppArmor},
	{anyRun, needsMore},
	{anyRun, noPerl},
}

// cannot, limits and notes make the findings of a rule that has one at most.
func cannot(fact, mend string) []Finding { return []Finding{{State: Cannot, Fact: fact, Mend: mend}} }

func limits(fact, mend string) []Finding { return []Finding{{State: Limited, Fact: fact, Mend: mend}} }

func notes(fact, mend string) []Finding { return []Finding{{State: Ready, Fact: fact, Mend: mend}} }

const elsewhere = "make vm"

// outside is what helps where the kernel refuses root.
func (m *Machine) outside() string {
	for _, p := range m.Places {
		if p.Kind == "container" && (p.Name == "docker" || p.Name == "podman") {
			return lang.F("%s run --privileged, or outside of the container: %s", p.Name, elsewhere)
		}
	}
	return elsewhere
}

func (m *Machine) in(kind string) bool {
	for _, p := range m.Places {
		if p.Kind == kind {
			return true
		}
	}
	return false
}

func noProc(m *Machine) []Finding {
	if m.Proc {
		return nil
	}
	return cannot(lang.T("there is no /proc, from which everything is read"), "sudo mount -t proc proc /proc")
}

func notRoot(m *Machine) []Finding {
	if m.Root {
		return nil
	}
	return limits(lang.T("not root: mounts, cgroups, the overlay and the containers themselves were not tried"), "sudo workshop doctor")
}

// usable names among the checks that of a whole container.
const usable = "container"

func notUsable(m *Machine) []Finding {
	if c, ok := m.Checks[usable]; ok {
		return cannot(c.What, c.Instead)
	}
	return nil
}

func noRunDir(m *Machine) []Finding {
	why := m.failed(tryRunDir)
	switch {
	case why == "":
		return nil
	case strings.Contains(why, "EROFS"):
		return cannot(why, "sudo mount -o remount,rw "+m.RunMount)
	case strings.Contains(why, "ENOSPC"):
		return cannot(why, lang.F("make room: %s", "df -h /run; df -i /run"))
	}
	return cannot(why, "sudo install -d -m 755 /run/workshop")
}

func noMounts(m *Machine) []Finding {
	why := m.failed(tryMounts)
	switch {
	case why == "" || notUsable(m) != nil:
		return nil
	case m.Sysctls["user.max_mnt_namespaces"] == "0":
		return cannot(lang.F("a mount namespace of its own: %s", why+"; user.max_mnt_namespaces = 0"), "sudo sysctl -w user.max_mnt_namespaces=10000")
	}
	return cannot(lang.F("a mount namespace of its own: %s", why), m.outside())
}

func noGuard(m *Machine) []Finding {
	if why := m.guardFails(); why != "" {
		return limits(lang.T("no guard cgroup: a run may leave processes behind, and the fork bomb is refused"), "")
	}
	return nil
}

// guardFails says why no group can be made.
func (m *Machine) guardFails() string {
	if !m.Root {
		return ""
	}
	if c, ok := m.Checks[steps.Cgroup.Name]; ok {
		return c.What
	}
	if m.failed(tryRunDir) != "" {
		return "" // without a journal none was tried
	}
	return m.failed(tryGuard)
}

func noTrace(m *Machine) []Finding {
	without := lang.N("ptrace: %s: what execve makes of the process is not shown, and trace rules do not work")
	why := m.failed(tryTrace)
	switch {
	case why == "":
		return nil
	case m.Sysctls["kernel.yama.ptrace_scope"] == "3":
		return limits(lang.F(without, why+"; kernel.yama.ptrace_scope = 3"),
			lang.T("take kernel.yama.ptrace_scope = 3 out of /etc/sysctl.d and reboot: it cannot be lowered"))
	}
	return limits(lang.F(without, why), m.outside())
}

func noRootfs(m *Machine) []Finding {
	for _, built := range m.Rootfs {
		if built {
			return nil
		}
	}
	return cannot(lang.T("no root filesystem is built"), rootfs.Sudo()+" workshop rootfs build busybox")
}

func noOverlay(m *Machine) []Finding {
	why := m.failed(tryOverlay)
	switch {
	case why == "" || m.failed(tryMounts) != "" || m.failed(tryRunDir) != "":
		return nil
	case strings.Contains(why, "ENODEV"):
		return cannot("overlay: "+why, "sudo modprobe overlay")
	}
	return cannot("overlay: "+why, m.outside())
}

func noTools(m *Machine) []Finding {
	why := m.failed(tryTools)
	switch {
	case why == "":
		return nil
	case strings.Contains(why, "ENOSPC"):
		return cannot(why, lang.F("make room: %s", "df -h /var/lib"))
	case strings.Contains(why, "EROFS"):
		return cannot(why, lang.T("sudo mount -o remount,rw /, or: export WORKSHOP_ROOTFS=DIR on a writable file system, and sudo -E workshop rootfs build"))
	}
	return cannot(why, rootfs.Sudo()+" workshop rootfs build busybox")
}

func noChroot(m *Machine) []Finding {
	if why := m.failed(tryChroot); why != "" {
		return cannot(why, m.outside())
	}
	return nil
}

func noPivot(m *Machine) []Finding {
	why := m.failed(tryPivot)
	switch {
	case why == "":
		return nil
	case strings.Contains(why, "EINVAL"):
		return cannot(lang.F("%s: the root of this machine is the kernel's own rootfs (an initramfs), which nothing can replace", why),
			lang.F("boot from a disk, or %s", elsewhere))
	}
	return cannot(why, m.outside())
}

func noNamespaces(m *Machine) []Finding {
	var list []Finding
	if c, ok := m.Checks[steps.Namespaces.Name]; ok {
		list = cannot(c.What, c.Instead)
	}
	for _, kind := range steps.NamespaceKinds() {
		why := m.failed(tryNamespace + kind)
		if why == "" || kind == "user" || list != nil {
			continue
		}
		mend := m.outside()
		fact := lang.F("a new %s namespace: %s", kind, why)
		if knob := "user.max_" + kind + "_namespaces"; m.Sysctls[knob] == "0" {
			fact, mend = fact+"; "+knob+" = 0", "sudo sysctl -w "+knob+"=10000"
		}
		list = append(list, cannot(fact, mend)...)
	}
	return list
}

// noUserNamespace is about what only --ns user needs, or only those who are not
// root of the machine.
func noUserNamespace(m *Machine) []Finding {
	why := m.failed(tryNamespace + "user")
	for _, knob := range []struct{ name, bad, good string }{
		{"user.max_user_namespaces", "0", "10000"},
		{"kernel.unprivileged_userns_clone", "0", "1"},
		{"kernel.apparmor_restrict_unprivileged_userns", "1", "0"},
	} {
		if m.Sysctls[knob.name] != knob.bad {
			continue
		}
		fact := knob.name + " = " + knob.bad
		mend := fmt.Sprintf("sudo sysctl -w %s=%s", knob.name, knob.good)
		if why == "" {
			return notes(lang.F("%s: only root can make a user namespace", fact), mend)
		}
		return limits(lang.F("a user namespace: %s", why+"; "+fact), mend)
	}
	if why == "" {
		return nil
	}
	return limits(lang.F("a user namespace: %s", why), m.outside())
}

func noCgroup(m *Machine) []Finding {
	c := m.Cgroup
	const mountV1 = "sudo mkdir -p /sys/fs/cgroup/pids && sudo mount -t cgroup -o pids cgroup /sys/fs/cgroup/pids"
	switch why := m.guardFails(); {
	case c.World == cgroup.WorldNone:
		return cannot(lang.T("no cgroup tree is mounted"), "sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup")
	case !c.Known:
		return cannot(lang.T("this kernel has no pids controller (CONFIG_CGROUP_PIDS)"), elsewhere)
	case !c.Enabled:
		return cannot(lang.T("the pids controller is switched off"),
			lang.T("take cgroup_disable=pids out of the kernel arguments (cat /proc/cmdline) and reboot"))
	case c.Version == 0 && m.in("container"):
		return cannot(lang.T("no mounted cgroup tree offers the pids controller"), m.outside())
	case c.Version == 0:
		return cannot(lang.T("no mounted cgroup tree offers the pids controller"), mountV1)
	case why == "":
		return nil
	case c.ReadOnly:
		return cannot(lang.F("the cgroup tree at %s is mounted read-only", c.Mount), "sudo mount -o remount,rw "+c.Mount)
	default:
		return cannot(lang.F("a group below %s: %s", c.Mount, why), m.outside())
	}
}

func noBounding(m *Machine) []Finding {
	why := m.failed(tryBounding)
	if why == "" {
		why = m.Checks[steps.Capabilities.Name].What
	}
	if why == "" {
		return nil
	}
	return cannot(lang.F("drop from the bounding set: %s", why), m.outside())
}

// lacksCapabilities is about those that lesson 06 shows being dropped: what is
// not there cannot be taken away.
func lacksCapabilities(m *Machine) []Finding {
	var lacks []string
	for _, name := range append(steps.TalkCapabilities(), steps.DefaultCapabilities()...) {
		if slices.Contains(m.Lacks, name) {
			lacks = append(lacks, name)
		}
	}
	if lacks == nil {
		return nil
	}
	return limits(lang.F("this machine has none of %s to give or to take away (CapBnd)", strings.Join(lacks, ", ")), m.outside())
}

func noSeccomp(m *Machine) []Finding {
	if why := m.failed(tryFilter); why != "" {
		return cannot(why+"; see CONFIG_SECCOMP_FILTER", m.outside())
	}
	if c, ok := m.Checks[steps.Seccomp.Name]; ok {
		return cannot(c.What, c.Instead)
	}
	return nil
}

// lacksActions names the actions that the lesson shows and this kernel has not:
// a filter that returns one kills the process instead.
func lacksActions(m *Machine) []Finding {
	var lacks []string
	for _, a := range actions {
		if !slices.Contains(m.Seccomp, a.name) {
			lacks = append(lacks, a.name)
		}
	}
	if lacks == nil || m.failed(tryFilter) != "" {
		return nil
	}
	return limits(lang.F("this kernel (%s) has no seccomp action %s", m.Kernel, strings.Join(lacks, ", ")),
		lang.F("Linux 5.0 has them all: %s", elsewhere))
}

func noAppArmor(m *Machine) []Finding {
	c, ok := m.Checks[steps.AppArmor.Name]
	if !ok {
		return nil
	}
	if strings.HasPrefix(c.Instead, "apt-get ") {
		c.Instead = m.Installer + " apparmor"
	}
	return cannot(c.What, c.Instead)
}

// needsMore is about the transcripts of the lessons.
func needsMore(m *Machine) []Finding {
	var list []Finding
	for _, n := range m.Needs {
		f := Finding{State: Limited, Fact: lang.F("a transcript %s", n.Why), Lessons: []int{n.Lesson}}
		kind, object, _ := strings.Cut(n.Name, ":")
		switch kind {
		case "apparmor": // the layer itself says so
			continue
		case "rootfs":
			f.Fact, f.Mend = lang.F("a transcript needs the root filesystem %s, which is not built", object), rootfs.Sudo()+" workshop rootfs build "+object
		case "command":
			f.Fact, f.Mend = lang.F("a transcript needs the command %s", object), m.Installer+" "+packageOf(object)
		case "arch": // nothing can be mended, and the lesson says what it would show
			f.State = Ready
		default:
			f.Mend = elsewhere
		}
		list = append(list, f)
	}
	return list
}

// packageOf is the package of a command, where it has another name.
func packageOf(command string) string {
	for name, commands := range map[string]string{
		"libcap2-bin": "setcap getcap capsh", "iproute2": "ip ss", "util-linux": "unshare nsenter setpriv",
		"procps": "ps top", "apparmor": "apparmor_parser", "busybox-static": "busybox",
		"bubblewrap": "bwrap",
	} {
		if slices.Contains(strings.Fields(commands), command) {
			return name
		}
	}
	return command
}

// noPerl is about a debian root filesystem that was cut off or made by hand.
func noPerl(m *Machine) []Finding {
	if !m.Rootfs["debian"] || m.Perl {
		return nil
	}
	return notes(lang.T("the debian root filesystem has no perl, with which the talk builds its container"), rootfs.Sudo()+" workshop rootfs build debian")
}
