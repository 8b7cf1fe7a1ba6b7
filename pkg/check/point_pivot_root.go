package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

var pivotRootPoints = []point{
	{lesson: 3, name: "own-mounts", says: lang.N("its own mount namespace"), judge: ownMountNamespace, hint: mountNamespaceHint},
	{lesson: 3, name: "no-host-mounts", says: lang.N("no mount of the host in it"), judge: noHostMounts, hint: hostMountsHint},
	{lesson: 3, name: "no-way-back", says: lang.N("nothing that is open leads back to the host"), judge: noWayBack, hint: wayBackHint},
	{lesson: 3, name: "escape", says: lang.N("the escape from chroot is stopped"), attacks: true, probe: attack.ChrootEscape, judge: escapeStopped, hint: hostMountsHint},
}

func ownMountNamespace(e *evidence) verdict { return ownNamespace(e, "mnt") }

func mountNamespaceHint(e *evidence) string {
	other := e.who(func(s *observe.Snapshot) bool { return s.Namespaces["mnt"] != e.host.Namespaces["mnt"] })
	if other != nil {
		return lang.F("Process %s has its own mount namespace, and the shell has not: a process gets the namespaces of the one that forks it, as they are at that moment. Call unshare(CLONE_NEWNS) before the fork, or in the child.", called(other))
	}
	return lang.T("Call unshare(2) with CLONE_NEWNS in the child before any mount, or give it to clone(2). In a shell script:\n\tunshare --mount COMMAND")
}

func noHostMounts(e *evidence) verdict {
	switch {
	case e.tableErr != nil:
		return unclear(lang.F("its mount table cannot be read: %s", e.tableErr))
	case len(e.hosts) == 0 && len(e.beneath) > 0:
		return fails(lang.F("its topmost mount covers mounts of the host: %s", mountNames(e.beneath)))
	case len(e.hosts) == 0:
		return holds(lang.F("its table, seen from its top, is: %s", mountNames(e.table)))
	}
	return fails(lang.F("its table, seen from its top, has mounts of the host: %s (%d of %d)", mountNames(e.hosts), len(e.hosts), len(e.table)))
}

// mountNames names a few mounts.
func mountNames(list []*mountinfo.Info) string {
	var names []string
	for _, m := range list {
		if len(names) == 3 {
			names = append(names, "...")
			break
		}
		names = append(names, harmless(m.FSType+" on "+m.Mountpoint))
	}
	return strings.Join(names, ", ")
}

func hostMountsHint(e *evidence) string {
	old := e.oldRoot()
	switch {
	case e.shell.Namespaces["mnt"] == e.host.Namespaces["mnt"]:
		return mountNamespaceHint(e)
	case e.shell.Root.Same(e.host.Root):
		return rootHint(e)
	case old == "/" && e.stacked():
		return lang.T("The old root still lies on the new one: pivot_root(\".\", \".\") stacks them, and the old one is the upper. Take it away straight after: umount2(\".\", MNT_DETACH), then chdir(\"/\"). In a shell script:\n\tpivot_root . . && umount -l . && cd /")
	case old == "/":
		return lang.T("The top of its mount namespace is still the host's root, and the shell only has another one below it, as chroot(2) makes it. Swap them with pivot_root(2), and then take the old one away: umount2(OLD, MNT_DETACH). In a shell script:\n\tcd \"$ROOTFS\" && pivot_root . . && umount -l . && cd /")
	case old != "":
		return lang.F("The host's root is mounted on %s: pivot_root(2) has put it there, or it was bound there. Leave the bind out, or go to / and take it away: umount2(%q, MNT_DETACH). In a shell script:\n\tcd / && umount -l %s", old, old, old)
	case len(e.hosts) == 0 && len(e.beneath) > 0:
		return lang.T("The new root lies on the old one, as mount --move . / leaves it: umount2(\"/\", MNT_DETACH) inside, and the host is there. pivot_root(2) swaps the two, and then the old one can be taken off. In a shell script:\n\tcd \"$ROOTFS\" && pivot_root . . && umount -l . && cd /")
	case len(e.hosts) > 0:
		return lang.F("These mounts came from the host: unmount them inside, or do not bind them: %s.", mountNames(e.hosts))
	}
	return ""
}

func noWayBack(e *evidence) verdict {
	if len(e.ways) == 0 {
		return holds(lang.T("no descriptor of the shell does, and neither does its working directory"))
	}
	return fails(lang.F("it does, outside of the root: %s", strings.Join(e.ways, ", ")))
}

func wayBackHint(e *evidence) string {
	if len(e.ways) == 0 {
		return ""
	}
	return lang.T("pivot_root(2) and umount2(2) take the names away, and what is open stays open: by openat(2), fchdir(2) or setns(2) the shell is back on the host. Open such descriptors with O_CLOEXEC, or close all but 0, 1 and 2 before execve(2): close_range(3, ~0U, 0). The working directory must be inside: chdir(\"/\").")
}

// hostRoot names the host's root directory as the probe does.
func (e *evidence) hostRoot() string {
	r := e.host.Root
	return fmt.Sprintf("device %d:%d, inode %d", unix.Major(r.Dev), unix.Minor(r.Dev), r.Ino)
}

// stacked tells whether the host's root is a mount below the shell's root, at /.
func (e *evidence) stacked() bool {
	return slices.ContainsFunc(e.hosts, func(host *mountinfo.Info) bool {
		return host.Mountpoint == "/" && slices.ContainsFunc(e.shell.Mounts, func(m observe.Mount) bool { return m.ID == host.ID })
	})
}

// oldRoot is where the host's root is mounted in the shell's namespace.
func (e *evidence) oldRoot() string {
	for _, m := range e.hosts {
		if m.Root == "/" && e.host.Root.Dev == unixDev(m) {
			return harmless(m.Mountpoint)
		}
	}
	return ""
}

// escapeStopped asks where it led, and not only whether it could read there: by
// device and inode.
func escapeStopped(e *evidence) verdict {
	o := e.attacks[attack.ChrootEscape.Name]
	before, after := o.Facts[attack.RootBefore], o.Facts[attack.RootAfter]
	switch {
	case after != "" && after == e.hostRoot():
		return fails(lang.F("it succeeded: / was %s, and is the host's, %s", before, after))
	case after != "" && after != before:
		return fails(lang.F("it succeeded: / was %s, and is %s", before, after))
	case after != "":
		return holds(lang.F("every call succeeded, and / is still %s: there is nothing above it", after))
	}
	return stopped(e, attack.ChrootEscape, "EPERM").or(noHostMounts(e).state == Holds)
}
