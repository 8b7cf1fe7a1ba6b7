package check

import (
	"cmp"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

var namespacesPoints = []point{
	{lesson: 4, name: "own-pid", says: lang.N("its own pid namespace"), judge: own("pid"), hint: pidHint},
	{lesson: 4, name: "own-uts", says: lang.N("its own uts namespace (host name)"), judge: own("uts"), hint: ownHint("uts", "CLONE_NEWUTS", "--uts")},
	{lesson: 4, name: "own-ipc", says: lang.N("its own ipc namespace"), judge: own("ipc"), hint: ownHint("ipc", "CLONE_NEWIPC", "--ipc")},
	{lesson: 4, name: "own-net", says: lang.N("its own network namespace"), judge: own("net"), hint: ownHint("net", "CLONE_NEWNET", "--net")},
	{lesson: 4, name: "proc", says: lang.N("/proc shows that pid namespace"), judge: ownProc, hint: procHint},
	{lesson: 4, name: "host-processes", says: lang.N("a process of the host cannot be found"), attacks: true, probe: attack.HostProcesses, judge: hostHidden, hint: hiddenHint},
	{lesson: 4, name: "ends-with-it", says: lang.N("it ends when your program is killed"), attacks: true, judge: endsWithProgram, hint: endsHint},
}

func own(kind string) func(*evidence) verdict {
	return func(e *evidence) verdict { return ownNamespace(e, kind) }
}

func ownHint(kind, flag, option string) func(*evidence) string {
	return func(e *evidence) string {
		other := e.who(func(s *observe.Snapshot) bool { return s.Namespaces[kind] != e.host.Namespaces[kind] })
		if other != nil {
			return lang.F("Process %s has its own %s namespace, and the shell has not: call unshare(2) before the fork, or in the child itself.", called(other), kind)
		}
		return lang.F("Add %s to the flags of unshare(2) or clone(2): each kind of namespace has a flag of its own. In a shell script:\n\tunshare %s ...", flag, option)
	}
}

// pidHint knows the classic: unshare(CLONE_NEWPID) is for the children to come.
func pidHint(e *evidence) string {
	waiting := func(s *observe.Snapshot) bool {
		own, children := s.Namespaces["pid"], s.Namespaces["pid_for_children"]
		return own == e.host.Namespaces["pid"] && own != children
	}
	if s := e.who(waiting); s != nil || waiting(e.shell) {
		if s == nil {
			s = e.shell
		}
		return lang.F("Process %s has called unshare(CLONE_NEWPID) and is still in the old pid namespace itself, its ns/pid_for_children is another one: unshare(2) does not move its caller, only the children that it forks afterwards. So fork once more, and execute the shell in that child. In a shell script:\n\tunshare --pid --fork ...", called(s))
	}
	return lang.T("Add CLONE_NEWPID to the flags of clone(2). With unshare(2) fork once more after it: it does not move its caller. In a shell script:\n\tunshare --pid --fork ...")
}

func ownProc(e *evidence) verdict {
	if e.procOnHost() {
		return fails(lang.F("%s; but it is mounted in the mount namespace that your program was started in", e.procFact))
	}
	return given(e.proc, e.procFact)
}

// procOnHost tells whether the new /proc is one of the host's mounts by now.
func (e *evidence) procOnHost() bool {
	return e.proc && e.shell.Namespaces["mnt"] == e.host.Namespaces["mnt"]
}

func procHint(e *evidence) string {
	if e.shell.Namespaces["pid"] == e.host.Namespaces["pid"] {
		return pidHint(e)
	}
	if e.procOnHost() {
		return lang.T("Without a mount namespace of its own the child changes the host's mounts: started by hand, your program would put this /proc on the host. Add CLONE_NEWNS to the flags, as in lesson 3. In a shell script:\n\tunshare --mount ...")
	}
	if !e.proc {
		return lang.T("Mount a new one: mount(\"proc\", \"/proc\", \"proc\", 0, NULL). A proc filesystem shows the pid namespace of the process that mounts it, so this is for the child inside: after the fork into the new pid namespace, and before execve(2). Do not bind the host's /proc.")
	}
	return ""
}

func hiddenHint(e *evidence) string { return cmp.Or(procHint(e), wayBackHint(e)) }

func hostHidden(e *evidence) verdict {
	o := e.attacks[attack.HostProcesses.Name]
	switch pid := o.Facts[attack.DecoyFact]; {
	case pid != "":
		return fails(lang.F("it was found as process %s", pid))
	case len(e.ways) > 0:
		return fails(lang.F("the host is open to it, with its processes: %s", strings.Join(e.ways, ", ")))
	case o.Errno == "ESRCH":
		return holds(lang.F("it is none of the %s processes in /proc", o.Facts[attack.ProcessesFact]))
	}
	return stopped(e, attack.HostProcesses).or(ownNamespace(e, "pid").state == Holds && e.proc)
}

func endsWithProgram(e *evidence) verdict {
	if v, is := e.unclearSecond(); is {
		return v
	}
	if e.second.ends {
		return holds(lang.T("your program was killed by signal 9, and the shell ended with it"))
	}
	return fails(lang.T("your program was killed by signal 9, and the shell went on"))
}

func endsHint(e *evidence) string {
	if e.second.err != nil || e.second.ends {
		return ""
	}
	return lang.T("Nobody can react to SIGKILL, so ask the kernel before: prctl(PR_SET_PDEATHSIG, SIGKILL) in the child, after the fork, sends it that signal when its parent ends; in Go that is Pdeathsig of SysProcAttr. With process 1 of a pid namespace all others in it end. Each process between your program and the shell needs it. In a shell script:\n\tsetpriv --pdeathsig KILL unshare --pid --fork --kill-child ...")
}
