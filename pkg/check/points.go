package check

import (
	"fmt"
	"slices"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// point is one thing that a lesson asks for, how it is judged, and what to say to
// who has not got it yet.
type point struct {
	lesson  int
	name    string
	says    string        // English; see package lang
	attacks bool          // it takes an attack, and so is judged in its own lesson alone
	probe   *attack.Probe // that attack, where it is one of those; may be nil
	judge   func(*evidence) verdict
	hint    func(*evidence) string // may give ""
}

type verdict struct {
	state State
	fact  string
}

func holds(fact string) verdict   { return verdict{Holds, fact} }
func fails(fact string) verdict   { return verdict{Fails, fact} }
func unclear(fact string) verdict { return verdict{Unclear, fact} }

// given is holds or fails, by what was found, with one fact for both.
func given(ok bool, fact string) verdict {
	if ok {
		return holds(fact)
	}
	return fails(fact)
}

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

// Lessons lists the numbers of the lessons that can be checked.
func Lessons() []int {
	var list []int
	for _, p := range points {
		list = append(list, p.lesson)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// layerName is that of the step which a lesson adds.
func layerName(lesson int) string {
	for _, s := range steps.All() {
		if s.Lesson == lesson {
			return s.Name
		}
	}
	return ""
}

// probesOf are the attacks of a lesson, in the order of its points.
func probesOf(lesson int) []*attack.Probe {
	var list []*attack.Probe
	for _, p := range points {
		if p.lesson == lesson && p.probe != nil {
			list = append(list, p.probe)
		}
	}
	return list
}

// stopped judges an attack that must not succeed, where one of these errnos, or
// signals, is what the layer answers; "" is an attack without an error that came
// to nothing. Another one shows that something else was in the way.
func stopped(e *evidence, p *attack.Probe, by ...string) verdict {
	o, ok := e.attacks[p.Name]
	switch {
	case !ok && e.noGuest != nil:
		return unclear(lang.F("the attack could not be made: %s", e.noGuest))
	case !ok:
		return unclear(lang.T("the attack was not made: the shell did not live to see it"))
	case o.unclear != "":
		return unclear(lang.F("the attack could not be made: %s", o.unclear))
	case o.Allowed:
		return fails(lang.F("it succeeded: %s", lang.T(p.Tries)))
	}
	word := o.Errno
	if o.killed != "" {
		word = o.killed
	}
	if slices.Contains(by, word) {
		return holds(o.how())
	}
	return unclear(lang.F("something else was in the way: %s", o.how()))
}

// or lets what was observed decide, where the attack could not be made: sure says
// that it cannot succeed.
func (v verdict) or(sure bool) verdict {
	if v.state != Unclear || !sure {
		return v
	}
	return holds(lang.F("%s; but by what was observed it cannot succeed", v.fact))
}

// how says what stopped an attack: the call that failed, as strace writes it.
func (o outcome) how() string {
	if o.killed != "" {
		return lang.F("who tried it was killed by %s", o.killed)
	}
	if n := len(o.Calls); n > 0 && o.Calls[n-1].Errno != "" {
		return o.Calls[n-1].Call + " = " + o.Calls[n-1].Errno
	}
	return o.Reason
}

// ownNamespace judges a namespace of its own.
func ownNamespace(e *evidence, kind string) verdict {
	own, host := e.shell.Namespaces[kind], e.host.Namespaces[kind]
	switch {
	case own.Link == "":
		return unclear(lang.F("the kernel does not show ns/%s of the shell", kind))
	case own == host:
		return fails(lang.F("ns/%s is %s: the one that your program was started in", kind, own.Link))
	}
	return holds(lang.F("ns/%s is %s, and outside it is %s", kind, own.Link, host.Link))
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
