package doctor

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/inside"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// good is a machine that has everything.
func good() *Machine {
	m := &Machine{
		Kernel: "6.12.0", Architecture: "x86_64", Root: true, Proc: true, RunMount: "/run", Installer: "sudo apt-get install",
		Cgroup:  Cgroup{World: cgroup.WorldV2, Mount: "/sys/fs/cgroup", Version: 2, Known: true, Enabled: true},
		Sysctls: map[string]string{}, Checks: map[string]Missing{}, Tried: map[string]string{},
		Rootfs: map[string]bool{}, Perl: true, Namespaces: steps.NamespaceKinds(),
	}
	for _, name := range sysctls {
		m.Sysctls[name] = "1000"
	}
	m.Sysctls["kernel.unprivileged_userns_clone"] = "1"
	m.Sysctls["kernel.apparmor_restrict_unprivileged_userns"] = "0"
	for _, a := range actions {
		m.Seccomp = append(m.Seccomp, a.name)
	}
	for _, k := range rootfs.Kinds() {
		m.Rootfs[k.Name] = true
	}
	for _, what := range []string{
		tryRunDir, tryMounts, tryOverlay, tryPivot, tryChroot, tryBounding, tryGuard, tryTools, tryFilter, tryTrace,
	} {
		m.Tried[what] = Works
	}
	for _, kind := range steps.NamespaceKinds() {
		if kind != "mnt" {
			m.Tried[tryNamespace+kind] = Works
		}
	}
	return m
}

func TestGoodMachine(t *testing.T) {
	r := Judge(good())
	if r.State() != Ready || len(r.Findings) > 0 {
		t.Errorf("state %s, findings %+v; want none", r.State(), r.Findings)
	}
}

// states writes the states of the lessons as a word: r, l or c for each.
func states(r *Report) string {
	var b strings.Builder
	for _, l := range r.Lessons {
		b.WriteString(string(l.State[:1]))
	}
	return b.String()
}

// TestNoProc: of what is read in /proc, nothing is said where there is none.
func TestNoProc(t *testing.T) {
	m := good()
	m.Proc, m.Cgroup, m.Checks["namespaces"] = false, Cgroup{World: cgroup.WorldNone}, Missing{What: "no /proc/self/ns/pid"}
	if found := Judge(m).Findings; len(found) != 1 {
		t.Errorf("%+v", found)
	}
}

// TestNoJournal: where none can be written, no cgroup is to blame.
func TestNoJournal(t *testing.T) {
	m := good()
	m.Tried[tryRunDir], m.Tried[tryGuard] = "EROFS", "mkdir /run/workshop: EROFS"
	if found := Judge(m).Findings; len(found) != 1 {
		t.Errorf("%+v", found)
	}
}

// TestNotUsable: of a chroot, in which mounts cannot be made private, it is the chroot
// that is told.
func TestNotUsable(t *testing.T) {
	m := good()
	m.Checks[usable], m.Tried[tryMounts] = Missing{What: "this is the inside of a chroot"}, "EINVAL"
	if found := Judge(m).Findings; len(found) != 1 || found[0].Fact != "this is the inside of a chroot" {
		t.Errorf("%+v", found)
	}
}

// TestMends takes one thing away from a good machine, where nothing is found: so
// each mend is there because of that thing.
func TestMends(t *testing.T) {
	const eperm = "operation not permitted (EPERM)"
	fails := func(what, why string) func(*Machine) { return func(m *Machine) { m.Tried[what] = why } }
	tests := map[string]struct {
		spoil  func(*Machine)
		states string
		mend   string
	}{
		"no /proc":              {func(m *Machine) { m.Proc = false }, "cccccccc", "sudo mount -t proc proc /proc"},
		"not root":              {func(m *Machine) { m.Root = false }, "llllllll", "sudo workshop doctor"},
		"in a chroot":           {check(usable, "WHAT", "run workshop outside of the chroot"), "cccccccc", "outside of the chroot"},
		"run read-only":         {fails(tryRunDir, "EROFS"), "cccccccc", "sudo mount -o remount,rw /run"},
		"run full":              {fails(tryRunDir, "ENOSPC"), "cccccccc", "df -h /run"},
		"run refused":           {fails(tryRunDir, "EACCES"), "cccccccc", "sudo install -d -m 755 /run/workshop"},
		"no mounts":             {fails(tryMounts, eperm), "cccccccc", "make vm"},
		"no mounts, docker":     {inDocker(fails(tryMounts, eperm)), "cccccccc", "docker run --privileged"},
		"no mounts, knob":       {knob("user.max_mnt_namespaces", "0", tryMounts), "cccccccc", "sudo sysctl -w user.max_mnt_namespaces=10000"},
		"no ptrace":             {fails(tryTrace, eperm), "llllllll", "make vm"},
		"no ptrace, yama":       {knob("kernel.yama.ptrace_scope", "3", tryTrace), "llllllll", "kernel.yama.ptrace_scope = 3 out of"},
		"no root filesystem":    {func(m *Machine) { clear(m.Rootfs) }, "rccccccc", "sudo workshop rootfs build busybox"},
		"no overlay":            {fails(tryOverlay, "ENODEV"), "rccccccc", "sudo modprobe overlay"},
		"overlay refused":       {fails(tryOverlay, "EPERM"), "rccccccc", "make vm"},
		"no copy":               {fails(tryTools, "EACCES"), "rccccccc", "sudo workshop rootfs build"},
		"no copy, full":         {fails(tryTools, "ENOSPC"), "rccccccc", "df -h /var/lib"},
		"no copy, read-only":    {fails(tryTools, "EROFS"), "rccccccc", "remount,rw"},
		"no chroot":             {fails(tryChroot, eperm), "rcrrrrrr", "make vm"},
		"initramfs":             {fails(tryPivot, "EINVAL"), "rrclllll", "boot from a disk"},
		"no pivot_root":         {fails(tryPivot, eperm), "rrclllll", "sudo workshop 5 --without pivot-root"},
		"no time namespace":     {check("namespaces", "WHAT", "--ns pid"), "rrrcllll", "--ns pid"},
		"no uts namespace":      {fails(tryNamespace+"uts", eperm), "rrrcllll", "sudo workshop 8 --without namespaces"},
		"no net namespace left": {knob("user.max_net_namespaces", "0", tryNamespace+"net"), "rrrcllll", "sudo sysctl -w user.max_net_namespaces=10000"},
		"no user namespace":     {fails(tryNamespace+"user", eperm), "rrrlrrrr", "make vm"},
		"no user namespaces":    {knob("user.max_user_namespaces", "0", tryNamespace+"user"), "rrrlrrrr", "sudo sysctl -w user.max_user_namespaces=10000"},
		"debian's knob":         {knob("kernel.unprivileged_userns_clone", "0", ""), "rrrrrrrr", "sudo sysctl -w kernel.unprivileged_userns_clone=1"},
		"ubuntu's knob":         {knob("kernel.apparmor_restrict_unprivileged_userns", "1", ""), "rrrrrrrr", "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
		"ubuntu's knob binds":   {knob("kernel.apparmor_restrict_unprivileged_userns", "1", tryNamespace+"user"), "rrrlrrrr", "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
		"no cgroup":             {group(Cgroup{World: cgroup.WorldNone}), "llllclll", "sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup"},
		"no pids":               {group(Cgroup{World: cgroup.WorldV1}), "llllclll", "make vm"},
		"pids switched off":     {group(Cgroup{World: cgroup.WorldV1, Known: true}), "llllclll", "cgroup_disable=pids"},
		"pids not mounted":      {group(Cgroup{World: cgroup.WorldV1, Known: true, Enabled: true}), "llllclll", "sudo mount -t cgroup -o pids cgroup /sys/fs/cgroup/pids"},
		"pids hidden by docker": {inDocker(group(Cgroup{World: cgroup.WorldV2, Known: true, Enabled: true})), "llllclll", "docker run --privileged"},
		"cgroup read-only": {
			group(Cgroup{World: cgroup.WorldV2, Known: true, Enabled: true, Version: 2, Mount: "/sys/fs/cgroup", ReadOnly: true}),
			"llllclll", "sudo mount -o remount,rw /sys/fs/cgroup",
		},
		"no group":            {fails(tryGuard, eperm), "llllclll", "sudo workshop 7 --without cgroup"},
		"no CAP_SETPCAP":      {fails(tryBounding, eperm), "rrrrrcll", "sudo workshop 7 --without capabilities"},
		"no CAP_SYS_TIME":     {func(m *Machine) { m.Lacks = []string{"CAP_SYS_TIME"} }, "rrrrrlrr", "make vm"},
		"not its business":    {func(m *Machine) { m.Lacks = []string{"CAP_SYS_RESOURCE"} }, "rrrrrrrr", ""},
		"no seccomp":          {fails(tryFilter, "EINVAL"), "rrrrrrcl", "sudo workshop 8 --without seccomp"},
		"no notification":     {func(m *Machine) { m.Seccomp = slices.DeleteFunc(m.Seccomp, isNotify) }, "rrrrrrlr", "Linux 5.0"},
		"no AppArmor":         {check("apparmor", "WHAT", "make vm, or vagrant up"), "rrrrrrrc", "vagrant up"},
		"no apparmor_parser":  {inFedora(check("apparmor", "WHAT", "apt-get install apparmor")), "rrrrrrrc", "sudo dnf install apparmor"},
		"no debian":           {needs1(2, "rootfs:debian"), "rlrrrrrr", "sudo workshop rootfs build debian"},
		"no setcap":           {needs1(6, "command:setcap"), "rrrrrlrr", "sudo apt-get install libcap2-bin"},
		"another arch":        {needs1(7, "arch:amd64"), "rrrrrrrr", ""},
		"a need of version 2": {needs1(5, "cgroup2"), "rrrrlrrr", "make vm"},
		"no perl":             {func(m *Machine) { m.Perl = false }, "rrrrrrrr", "sudo workshop rootfs build debian"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := good()
			test.spoil(m)
			r := Judge(m)
			want := andLater(test.states, len(r.Lessons))
			if got := states(r); got != want {
				t.Errorf("states %s, want %s: %+v", got, want, r.Findings)
			}
			if all := strings.Join(mends(r), "\n"); !strings.Contains(all, test.mend) {
				t.Errorf("no mend has %q:\n%s", test.mend, all)
			}
		})
	}
}

// andLater adds the states of the lessons after those that are named, up to n of
// them: they have the layers of the last of those, and can leave out its own.
func andLater(states string, n int) string {
	last := states[len(states)-1:]
	if strings.HasSuffix(states, "rc") {
		last = "l"
	}
	return states + strings.Repeat(last, n-len(states))
}

func mends(r *Report) []string {
	var list []string
	for _, f := range r.Findings {
		list = append(list, f.Mend)
	}
	for _, l := range r.Lessons {
		list = append(list, l.Mend...)
	}
	return list
}

func inDocker(spoil func(*Machine)) func(*Machine) {
	return func(m *Machine) {
		spoil(m)
		m.Places = []inside.Place{{Kind: "container", Name: "docker", How: "/.dockerenv"}}
	}
}

func inFedora(spoil func(*Machine)) func(*Machine) {
	return func(m *Machine) {
		spoil(m)
		m.Installer = "sudo dnf install"
	}
}

func knob(name, value, breaks string) func(*Machine) {
	return func(m *Machine) {
		m.Sysctls[name] = value
		if breaks != "" {
			m.Tried[breaks] = "no space left on device (ENOSPC)"
		}
	}
}

func group(c Cgroup) func(*Machine) {
	return func(m *Machine) { m.Cgroup, m.Tried[tryGuard] = c, "no guard" }
}

func check(step, what, instead string) func(*Machine) {
	return func(m *Machine) { m.Checks[step] = Missing{what, instead} }
}

func needs1(lesson int, name string) func(*Machine) {
	return func(m *Machine) { m.Needs = []Need{{lesson, name, "needs " + name}} }
}

func isNotify(name string) bool { return name == "user_notif" }

// TestNothingIsTriedInVain lets each thing that is tried fail alone: a lesson
// must feel it, and the finding must have its error.
func TestNothingIsTriedInVain(t *testing.T) {
	for what := range maps.Keys(good().Tried) {
		m := good()
		m.Tried[what] = "broken here"
		r := Judge(m)
		said := slices.ContainsFunc(r.Findings, func(f Finding) bool { return strings.Contains(f.Fact, "broken here") })
		if r.State() == Ready || !said {
			t.Errorf("%s fails: state %s, findings %+v", what, r.State(), r.Findings)
		}
	}
}

// TestTriedHere compares what is tried here with what the rules are tested with.
func TestTriedHere(t *testing.T) {
	known := good().Tried
	for what := range Measure().Tried {
		if known[what] == "" {
			t.Errorf("%q is tried, and no rule is tested with it", what)
		}
	}
}

func TestScrub(t *testing.T) {
	const text = `open /home/zaphod/rootfs/busybox: "/home/zaphod": no`
	if got, want := Scrub(text), `open ~/rootfs/busybox: "~": no`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
