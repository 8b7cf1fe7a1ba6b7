package check

import (
	"os"
	"slices"
	"syscall"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// State is what came of one point.
type State string

// The states. Unclear is a point that could not be judged here, and why.
const (
	Holds   State = "holds"
	Fails   State = "fails"
	Unclear State = "unclear"
)

// Point is one thing that must hold.
type Point struct {
	Lesson int    `json:"lesson"`
	Name   string `json:"name"` // for scripts
	Says   string `json:"says"` // what must hold, in the person's language
	State  State  `json:"state"`
	Fact   string `json:"fact"` // what was measured
}

// Layer is what is there of an earlier lesson. It is told and not judged.
type Layer struct {
	Lesson  int      `json:"lesson"`
	Name    string   `json:"name"`
	Holds   bool     `json:"holds"`
	Missing []string `json:"missing,omitempty"` // the points that do not hold
}

// Report is what came of a check.
type Report struct {
	Lesson   int      `json:"lesson"`
	Command  []string `json:"command"`
	Holds    bool     `json:"holds"`              // all points do
	NoShell  *NoShell `json:"no_shell,omitempty"` // why there was nothing to judge
	Points   []Point  `json:"points"`
	Layers   []Layer  `json:"layers"`
	Hint     string   `json:"hint,omitempty"` // one, which fits the most basic point that does not hold
	Said     []string `json:"said,omitempty"` // the last lines of what the program said before its shell
	Terminal bool     `json:"terminal"`       // it was given a terminal, for without one it did nothing
	Warnings []string `json:"warnings,omitempty"`
	Seconds  float64  `json:"seconds"`
}

// saidLines is how much of a program's own words is shown.
const saidLines = 8

// judge judges all points of the lesson, and tells the layers of the earlier ones.
func (r *Report) judge(e *evidence) {
	for _, p := range points {
		if p.lesson != r.Lesson {
			continue
		}
		v := p.judge(e)
		r.Points = append(r.Points, Point{p.lesson, p.name, lang.T(p.says), v.state, v.fact})
		if v.state == Unclear && r.Hint == "" && p.attacks && e.hasty() {
			r.Hint = lang.T("Give it more time, with --timeout.")
		}
		if v.state != Holds && r.Hint == "" && p.hint != nil {
			r.Hint = p.hint(e)
		}
		if v.state == Unclear && r.Hint == "" && p.attacks {
			r.Hint = attackHint(e)
		}
	}
	for _, lesson := range Lessons() {
		if lesson < r.Lesson {
			r.Layers = append(r.Layers, layer(lesson, e))
		}
	}
	r.finish()
}

// layer judges the points of an earlier lesson that take no attack.
func layer(lesson int, e *evidence) Layer {
	l := Layer{Lesson: lesson, Name: layerName(lesson)}
	for _, p := range points {
		if p.lesson == lesson && !p.attacks && p.judge(e).state != Holds {
			l.Missing = append(l.Missing, lang.T(p.says))
		}
	}
	l.Holds = len(l.Missing) == 0
	return l
}

// finish says whether all of it holds.
func (r *Report) finish() {
	if r.NoShell != nil && r.Hint == "" {
		r.Hint = r.NoShell.hint
	}
	r.Holds = r.NoShell == nil && !slices.ContainsFunc(r.Points, func(p Point) bool { return p.State != Holds })
	if r.Points == nil {
		r.Points = []Point{} // not null
	}
	if r.Layers == nil {
		r.Layers = []Layer{}
	}
}

func signalOf(state *os.ProcessState) syscall.Signal {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok {
		return 0
	}
	return status.Signal()
}
