package check

import (
	"fmt"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// point is one thing that a lesson asks for, how it is judged, and what to say to
// who has not got it yet.
type point struct {
	lesson  int
	name    string
	says    string // English; see package lang
	attacks bool   // it takes an attack, and so is judged in its own lesson alone
	judge   func(*evidence) verdict
	hint    func(*evidence) string // may give ""
}

type verdict struct {
	state State
	fact  string
}

func holds(format string, args ...any) verdict   { return verdict{Holds, lang.F(format, args...)} }
func fails(format string, args ...any) verdict   { return verdict{Fails, lang.F(format, args...)} }
func unclear(format string, args ...any) verdict { return verdict{Unclear, lang.F(format, args...)} }

// given is holds or fails, by what was found, with one fact for both.
func given(ok bool, format string, args ...any) verdict {
	if ok {
		return holds(format, args...)
	}
	return fails(format, args...)
}

func text(english string) string { return lang.T(english) }

// points are all of them, in the order in which one builds on the other.
var points = concat(forkExecPoints, chrootPoints, pivotRootPoints, namespacesPoints, cgroupPoints,
	capabilitiesPoints, seccompPoints, appArmorPoints)

func concat(lists ...[]point) []point {
	var all []point
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// layerNames are the lessons by number, as the steps are called.
var layerNames = map[int]string{
	1: "fork-exec", 2: "chroot", 3: "pivot-root", 4: "namespaces",
	5: "cgroup", 6: "capabilities", 7: "seccomp", 8: "apparmor",
}

// stopped judges an attack that must not succeed.
func stopped(e *evidence, p *attack.Probe) verdict {
	o, ok := e.attacks[p.Name]
	switch {
	case !ok && e.noGuest != nil:
		return unclear("the attack could not be made: %s", e.noGuest)
	case !ok:
		return unclear("the attack was not made: what it needs is missing")
	case o.unclear != "":
		return unclear("the attack could not be made: %s", text(o.unclear))
	case o.Allowed:
		return fails("it succeeded: %s", text(p.Tries))
	}
	return holds("%s", o.Reason)
}

// sameNamespace judges a namespace of its own.
func ownNamespace(e *evidence, kind string) verdict {
	own, host := e.shell.Namespaces[kind], e.host.Namespaces[kind]
	switch {
	case own.Link == "":
		return unclear("the kernel does not show ns/%s of the shell", kind)
	case own == host:
		return fails("ns/%s is %s: the one that your program was started in", kind, own.Link)
	}
	return holds("ns/%s is %s, and outside it is %s", kind, own.Link, host.Link)
}

// others are the other processes of the program: itself, and those between it
// and the shell.
func (e *evidence) others() []*observe.Snapshot {
	if e.program == nil {
		return e.between
	}
	return append([]*observe.Snapshot{e.program}, e.between...)
}

// who finds another process of the program of which something is true.
func (e *evidence) who(is func(*observe.Snapshot) bool) *observe.Snapshot {
	for _, s := range e.others() {
		if s.PID != e.shell.PID && is(s) {
			return s
		}
	}
	return nil
}

// called names a process for a person.
func called(s *observe.Snapshot) string {
	if len(s.Cmdline) == 0 {
		return fmt.Sprint(s.PID)
	}
	return fmt.Sprintf("%d (%s)", s.PID, harmless(s.Cmdline[0]))
}
