package lesson

import (
	"fmt"
	"slices"

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
	Docker   Kind = "docker"
	Reading  Kind = "reading"
)

// headings is what each section is called, in the order in which they stand.
var headings = [...]struct {
	kind    Kind
	heading string
}{
	{Goals, "What you will be able to do"},
	{Idea, "The idea"},
	{Watch, "Watch"},
	{Attack, "Attack"},
	{Defend, "Defend"},
	{Exercise, "Exercise"},
	{Docker, "What Docker does here"},
	{Reading, "Further reading"},
}

func kindOf(heading string) (Kind, error) {
	var known []string
	for _, h := range headings {
		if h.heading == heading {
			return h.kind, nil
		}
		known = append(known, h.heading)
	}
	return "", fmt.Errorf("no section is called %q%s", heading, nearest.Hint(heading, known))
}

// complete tells what is wrong with the list of sections.
func complete(sections []Section) error {
	for i, h := range headings {
		at := slices.IndexFunc(sections, func(s Section) bool { return s.Kind == h.kind })
		switch {
		case at < 0:
			return fmt.Errorf("the section %q is missing", h.heading)
		case at != i:
			return fmt.Errorf("the section %q is not in its place", h.heading)
		case len(sections[at].Blocks) == 0:
			return fmt.Errorf("the section %q is empty", h.heading)
		}
	}
	if len(sections) > len(headings) {
		return fmt.Errorf("a section stands there twice")
	}
	return nil
}
