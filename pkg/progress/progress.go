// Package progress remembers what a learner has done: one file of JSON, in the
// learner's own state directory, also under sudo.
//
// Whoever records goes on when that fails: an error of [Record] is a warning.
package progress

import (
	"maps"
	"slices"
	"time"
)

// Kind is what happened.
type Kind string

// The kinds of events.
const (
	Watched  Kind = "watched"  // workshop N has run
	Played   Kind = "played"   // the lesson was played to its end
	Passed   Kind = "passed"   // the check of the exercise
	Failed   Kind = "failed"   // the check of the exercise
	Hinted   Kind = "hinted"   // Event.Hint was shown
	Answered Kind = "answered" // Event.Question of the quiz
)

// Event is one thing that the learner did.
type Event struct {
	Lesson   int
	Kind     Kind
	Hint     int  // for Hinted: its number; the first is 1
	Question int  // for Answered: its number; the first is 1
	Right    bool // for Answered
}

// version is that of the file.
const version = 1

// Progress is all that is remembered.
type Progress struct {
	Version int             `json:"version"`
	Lessons map[int]*Lesson `json:"lessons"` // by their numbers
}

// Lesson is what is remembered of one lesson. A time is when it happened first,
// in UTC.
type Lesson struct {
	Watched time.Time    `json:"watched,omitzero"`
	Played  time.Time    `json:"played,omitzero"`
	Passed  time.Time    `json:"passed,omitzero"`
	Tries   int          `json:"tries,omitempty"` // checks, until the first that passed
	Hints   int          `json:"hints,omitempty"` // how many were shown
	Quiz    map[int]bool `json:"quiz,omitempty"`  // by question: whether an answer was right
}

// RightAnswers counts the questions that were answered right, once: as an exercise stays passed.
func (l *Lesson) RightAnswers() int {
	n := 0
	for _, right := range l.Quiz {
		if right {
			n++
		}
	}
	return n
}

// Lesson gives what is remembered of lesson n; nothing is a Lesson too.
func (p *Progress) Lesson(n int) *Lesson {
	if l := p.Lessons[n]; l != nil {
		return l
	}
	return &Lesson{}
}

// Numbers lists the lessons of which something is remembered, in their order.
func (p *Progress) Numbers() []int { return slices.Sorted(maps.Keys(p.Lessons)) }

// add puts an event into the progress.
func (p *Progress) add(e Event, now time.Time) {
	l := p.Lesson(e.Lesson)
	p.Lessons[e.Lesson] = l
	switch e.Kind {
	case Watched:
		first(&l.Watched, now)
	case Played:
		first(&l.Played, now)
	case Passed, Failed:
		if l.Passed.IsZero() {
			l.Tries++
		}
		if e.Kind == Passed {
			first(&l.Passed, now)
		}
	case Hinted:
		l.Hints = max(l.Hints, e.Hint)
	case Answered:
		if l.Quiz == nil {
			l.Quiz = make(map[int]bool)
		}
		l.Quiz[e.Question] = l.Quiz[e.Question] || e.Right
	}
}

func first(t *time.Time, now time.Time) {
	if t.IsZero() {
		*t = now.UTC().Truncate(time.Second)
	}
}

// Record adds events to the file.
func Record(events ...Event) error {
	return update(func(p *Progress) {
		for _, e := range events {
			p.add(e, time.Now())
		}
	})
}

// Reset forgets one lesson.
func Reset(lesson int) error {
	return update(func(p *Progress) { delete(p.Lessons, lesson) })
}

// ResetAll forgets all lessons.
func ResetAll() error {
	return update(func(p *Progress) { clear(p.Lessons) })
}
