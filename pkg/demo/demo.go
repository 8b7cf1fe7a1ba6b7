// Package demo holds experiments that are no attacks: they show a rule of the
// kernel by breaking it on purpose. Each runs in a container of ours, so nothing
// of it reaches the host.
package demo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Demo is one experiment. Inside runs in the container and tells what it sees;
// it is true where all was as announced.
type Demo struct {
	Name   string
	Lesson int    // whose rule it shows
	Shows  string // half a line
	Inside func(*ui.UI) (bool, error)
}

var demos = []*Demo{
	PivotConditions,
	RootGroup, Rlimit,
	BoundingSet,
	Port80,
	AppArmorChange,
}

// All lists the demos.
func All() []*Demo { return slices.Clone(demos) }

// Lookup finds a demo. The error names the nearest one.
func Lookup(name string) (*Demo, error) {
	var names []string
	for _, d := range demos {
		if d.Name == name {
			return d, nil
		}
		names = append(names, d.Name)
	}
	return nil, fmt.Errorf("no demo %q%s; the demos are %s", name, nearest.Hint(name, names), strings.Join(names, ", "))
}
