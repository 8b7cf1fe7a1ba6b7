// Package doctor says which lessons this machine can run, by what it measured
// here: it asks each step's own check, tries the system calls that the lessons
// rest on where that is harmless, and as root runs a container of each lesson.
//
// [Measure] looks, [Judge] draws the conclusions from what was seen and touches
// nothing, and [Report.Run] has the last word.
package doctor

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// State is what a machine can do with a lesson.
type State string

// The states, from the best to the worst.
const (
	Ready   State = "ready"
	Limited State = "limited" // it works, and something of it is missing
	Cannot  State = "cannot"
)

var rank = map[State]int{Ready: 0, Limited: 1, Cannot: 2}

func worse(a, b State) State {
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// Finding is a fact that keeps lessons from being all that they are. With Ready
// it is worth knowing and no more.
type Finding struct {
	State   State  `json:"state"` // what it makes of the lessons
	Fact    string `json:"fact"`  // as measured
	Mend    string `json:"mend"`  // the command or the setting
	Lessons []int  `json:"lessons"`

	layer string
}

// Lesson is what the findings make of one lesson.
type Lesson struct {
	Number  int      `json:"lesson"`
	Name    string   `json:"name"` // "02-chroot"
	State   State    `json:"state"`
	Facts   []string `json:"facts"`
	Mend    []string `json:"mend"`
	Without []string `json:"without,omitempty"` // the layers that have to be left out
	Ran     bool     `json:"ran"`               // its container has really run a command

	adds string // the name of its step; "" where it has those of others alone
}

// Report is the whole.
type Report struct {
	Lessons  []Lesson  `json:"lessons"`
	Findings []Finding `json:"findings"`
	Machine  *Machine  `json:"machine"`
}

// State is that of the worst lesson.
func (r *Report) State() State {
	state := Ready
	for _, l := range r.Lessons {
		state = worse(state, l.State)
	}
	return state
}

// Judge tells what a machine with these facts can do. It measures nothing.
func Judge(m *Machine) *Report {
	r := &Report{Machine: m, Lessons: allLessons(), Findings: []Finding{}} // not null
	known := rules
	if !m.Proc { // nothing else was read that is true
		known = rules[:1]
	}
	for _, rule := range known {
		for _, f := range rule.find(m) {
			f.layer = rule.layer
			r.add(f)
		}
	}
	return r
}

// allLessons lists the lessons in their order: those that add a step, and those
// that only look at what the others built.
func allLessons() []Lesson {
	list := []Lesson{}
	for _, s := range steps.All() {
		list = append(list, newLesson(s.Lesson, fmt.Sprintf("%02d-%s", s.Lesson, s.Name), s.Name))
	}
	folders, _ := lesson.Folders(lessons.Files) // of an embedded file system
	for _, folder := range folders {
		number, err := strconv.Atoi(folder[:2])
		known := slices.ContainsFunc(list, func(l Lesson) bool { return l.Number == number })
		if err == nil && !known {
			list = append(list, newLesson(number, folder, ""))
		}
	}
	slices.SortFunc(list, func(a, b Lesson) int { return a.Number - b.Number })
	return list
}

func newLesson(number int, name, adds string) Lesson {
	return Lesson{Number: number, Name: name, State: Ready, Facts: []string{}, Mend: []string{}, adds: adds}
}

// add applies a finding to the lessons that have its layer.
func (r *Report) add(f Finding) {
	only := f.Lessons
	f.Lessons = []int{}
	for i := range r.Lessons {
		l := &r.Lessons[i]
		if (only == nil || slices.Contains(only, l.Number)) && l.take(f) {
			f.Lessons = append(f.Lessons, l.Number)
		}
	}
	if len(f.Lessons) > 0 {
		r.Findings = append(r.Findings, f)
	}
}

// take applies a finding to a lesson, and tells whether it is about it. What
// keeps a layer from working limits the later lessons: they can leave it out.
func (l *Lesson) take(f Finding) bool {
	state := f.State
	switch {
	case !l.has(f.layer):
		return false
	case f.layer == anyRun || f.layer == newRoot || f.layer == l.adds:
	case state != Cannot:
		return false // the lesson of that layer is about it, and not this one
	default:
		state = Limited
		l.Without = append(l.Without, f.layer)
		l.say("", fmt.Sprintf("sudo workshop %d --without %s", l.Number, f.layer))
	}
	l.State = worse(l.State, state)
	l.say(f.Fact, f.Mend)
	return true
}

func (l *Lesson) say(fact, mend string) {
	if fact != "" && !slices.Contains(l.Facts, fact) {
		l.Facts = append(l.Facts, fact)
	}
	if mend != "" && !slices.Contains(l.Mend, mend) {
		l.Mend = append(l.Mend, mend)
	}
}

// What a rule can be about, beside a step.
const (
	anyRun  = ""
	newRoot = "a root filesystem"
)

// has tells whether the containers of the lesson have that layer.
func (l *Lesson) has(layer string) bool {
	list := steps.Effective(steps.UpTo(l.Number))
	switch layer {
	case anyRun:
		return true
	case newRoot:
		return slices.Contains(list, steps.Chroot) || slices.Contains(list, steps.PivotRoot)
	}
	return slices.ContainsFunc(list, func(s *steps.Step) bool { return s.Name == layer })
}
