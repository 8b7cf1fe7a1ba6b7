package lesson

import (
	"fmt"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// Kind is what a section is for.
type Kind string

// The sections of a lesson.
const (
	Goals    Kind = "goals"
	Idea     Kind = "idea"
	Watch    Kind = "watch"
	Attack   Kind = "attack"
	Defend   Kind = "defend"
	Exercise Kind = "exercise"
	Check    Kind = "check"
	Hints    Kind = "hints"
	Quiz     Kind = "quiz"
	Docker   Kind = "docker"
	Reading  Kind = "reading"
)

// headings is what each section is called, in the order in which they stand.
var headings = [...]struct {
	kind              Kind
	english, japanese string
}{
	{Goals, "What you will be able to do", "できるようになること"},
	{Idea, "The idea", "考え方"},
	{Watch, "Watch", "観察"},
	{Attack, "Attack", "攻撃"},
	{Defend, "Defend", "防御"},
	{Exercise, "Exercise", "演習"},
	{Check, "Check", "確認"},
	{Hints, "Hints", "ヒント"},
	{Quiz, "Quiz", "クイズ"},
	{Docker, "What Docker does here", "Dockerでは"},
	{Reading, "Further reading", "参考文献"},
}

// kinds lists the sections in their order.
func kinds() []Kind {
	var list []Kind
	for _, h := range headings {
		list = append(list, h.kind)
	}
	return list
}

// headingOf is what a section is called in a language.
func headingOf(kind Kind, language string) string {
	for _, h := range headings {
		switch {
		case h.kind == kind && language == lang.Japanese:
			return h.japanese
		case h.kind == kind:
			return h.english
		}
	}
	return ""
}

func kindOf(heading, language string) (Kind, error) {
	var known []string
	for _, kind := range kinds() {
		name := headingOf(kind, language)
		if name == heading {
			return kind, nil
		}
		known = append(known, name)
	}
	return "", fmt.Errorf("no section is called %q%s; the sections are: %s",
		heading, nearest.Hint(heading, known), strings.Join(known, ", "))
}

// complete tells what is wrong with the list of sections, and in which section
// or behind which; -1 is behind the last one.
func (l *Lesson) complete() (at int, err error) {
	wanted := kinds()
	for i, kind := range wanted {
		name := headingOf(kind, l.Lang)
		switch s := l.Section(kind); {
		case s == nil:
			return min(i, len(l.Sections)) - 1, fmt.Errorf("the section %q is missing", name)
		case i >= len(l.Sections) || l.Sections[i].Kind != kind:
			return min(i, len(l.Sections)-1), fmt.Errorf("the section %q is not in its place: here stands it", name)
		case l.empty(s):
			return i, fmt.Errorf("the section %q is empty", name)
		}
	}
	if len(l.Sections) > len(wanted) {
		return len(wanted), fmt.Errorf("a section stands there twice")
	}
	return 0, nil
}

// Section gives a section of the lesson, or nil.
func (l *Lesson) Section(kind Kind) *Section {
	for i := range l.Sections {
		if l.Sections[i].Kind == kind {
			return &l.Sections[i]
		}
	}
	return nil
}

// empty tells whether a section has nothing that is always shown.
func (l *Lesson) empty(s *Section) bool {
	switch s.Kind {
	case Hints:
		return len(l.Hints) == 0
	case Quiz:
		return len(l.Quiz) == 0
	}
	return !slices.ContainsFunc(s.Blocks, func(b Block) bool { return !b.Note })
}
