package steps

import (
	"fmt"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// All lists every step in the order in which the child takes them.
func All() []*Step { return slices.Clone(order) }

// Lookup finds a step by its name. The error names the nearest one.
func Lookup(name string) (*Step, error) {
	for _, s := range order {
		if s.Name == name {
			return s, nil
		}
	}
	return nil, fmt.Errorf("no step %q%s; the steps are %s",
		name, nearest.Hint(name, Names(order)), strings.Join(Names(order), ", "))
}

// Names gives the names of steps.
func Names(list []*Step) []string {
	var names []string
	for _, s := range list {
		names = append(names, s.Name)
	}
	return names
}

// Resolve finds the steps of those names.
func Resolve(names []string) ([]*Step, error) {
	var list []*Step
	for _, n := range names {
		s, err := Lookup(n)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// UpTo gives the steps of lessons 1 to n.
func UpTo(n int) []*Step {
	return filter(order, func(s *Step) bool { return s.Lesson <= n })
}

// Only gives the named steps, each once and in their order.
func Only(names []string) ([]*Step, error) {
	if _, err := Resolve(names); err != nil {
		return nil, err
	}
	return filter(order, func(s *Step) bool { return slices.Contains(names, s.Name) }), nil
}

// Without leaves the named steps out.
func Without(list []*Step, names []string) ([]*Step, error) {
	if _, err := Resolve(names); err != nil {
		return nil, err
	}
	return filter(list, func(s *Step) bool { return !slices.Contains(names, s.Name) }), nil
}

// Effective leaves out each step that another one of the list replaces.
func Effective(list []*Step) []*Step {
	return filter(list, func(s *Step) bool {
		return !slices.ContainsFunc(list, func(other *Step) bool { return other.Replaces == s.Name })
	})
}

func filter(list []*Step, keep func(*Step) bool) []*Step {
	return slices.DeleteFunc(slices.Clone(list), func(s *Step) bool { return !keep(s) })
}
