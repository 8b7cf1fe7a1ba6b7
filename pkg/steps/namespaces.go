package steps

import (
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Namespaces gives the process views of its own of the system: namespaces(7).
var Namespaces = &Step{
	Name:    "namespaces",
	Lesson:  4,
	Does:    "its own processes, mounts, hostname, IPC, network, clock",
	Check:   checkNamespaces,
	AtClone: cloneNamespaces,
	InChild: setUpNamespaces,
	Verify:  namespacesHold,
	Entered: true,
}

func cloneNamespaces(s *Spec, _ *Run, attr *unix.SysProcAttr) (err error) {
	n, call := &s.Namespaces, "setns"
	// Born in them: the first to be born in a pid namespace is its process 1.
	attr.Cloneflags |= n.flags("user", "pid", "mnt", "uts", "ipc", "net")
	if n.mapRoot(attr) && s.Root != "" { // root is nobody, and owns /
		call, err = "chown "+s.Root, unix.Chown(s.Root, Nobody, Nobody)
	}
	if err == nil && n.New("time") {
		// clone(2) has no bit left for it: who is cloned next is in it. Its
		// clocks come first: they stay as they are, once somebody is in it.
		call, err = "unshare time", n.setClock(unix.Unshare(unix.CLONE_NEWTIME))
	}
	if err == nil {
		err = n.setns("pid") // our children enter it, and never we
	}
	return failed(call, err)
}

func setUpNamespaces(s *Spec) error {
	n, call := &s.Namespaces, "setns"
	err := n.setns("cgroup", "ipc", "net", "uts") // first: by names of the host
	// Not at clone: its / is the group that we are in by now.
	if err == nil && n.New("cgroup") {
		call, err = "unshare NEWCGROUP", unix.Unshare(unix.CLONE_NEWCGROUP)
	}
	if err == nil && n.New("net") { // in a new one lo is down
		call, err = "set lo up", netlink.LinkSetUp(lo)
	}
	if err == nil && n.New("uts") { // a new one has the name of the old
		call, err = "sethostname", unix.Sethostname([]byte(n.hostname()))
	}
	if err == nil && s.mountsProc() {
		// It shows the pid namespace of who mounts it. Before the old root
		// goes: in a user namespace only who sees a /proc may mount another.
		proc := s.Root + "/proc"
		_ = unix.Mkdir(proc, 0o555) // EEXIST, but for an empty root
		call, err = "mount "+proc, unix.Mount("proc", proc, "proc", 0, "")
	}
	return failed(call, err)
}
