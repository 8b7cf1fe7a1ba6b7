// Package matrix measures attacks against layers: each probe in containers with
// no layer, with each layer alone, with all but one, and with all.
//
// Nothing in it comes from a table of results. What a probe is expected to do is
// used for one thing only, to find out whether the measurement can be trusted:
// an attack must succeed where no layer is in its way, and fail where the layer
// is that was made to stop it.
//
// A program that imports it calls [attack.Main] first.
package matrix

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Layer is one slice of the cheese: a step.
type Layer struct {
	Step    *steps.Step
	Short   string // two letters: the head of its column
	Missing error  // why this machine cannot have it; nil where it can
}

// shorts are the heads of the columns. A layer that is not in it has the first
// two letters of its name.
var shorts = map[string]string{"pivot-root": "pv", "namespaces": "ns", "cgroup": "cg", "capabilities": "cp", "seccomp": "sc", "apparmor": "aa"}

func newLayer(s *steps.Step) *Layer {
	short, ok := shorts[s.Name]
	if !ok {
		short = s.Name[:min(2, len(s.Name))]
	}
	return &Layer{Step: s, Short: short}
}

// Layers gives what acts on the process, in the order of the lessons.
func Layers() []*Layer {
	var list []*Layer
	for _, s := range steps.All() {
		if s.Acts() {
			list = append(list, newLayer(s))
		}
	}
	slices.SortFunc(list, func(a, b *Layer) int { return a.Step.Lesson - b.Step.Lesson })
	return list
}

// Pick gives the layers of those names, "seccomp" or "sc", in the order of the
// lessons. The error names the nearest one.
func Pick(names []string) ([]*Layer, error) {
	all := Layers()
	var known []string
	for _, l := range all {
		known = append(known, l.Step.Name, l.Short)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("no layer %q%s; the layers are %s", name, nearest.Hint(name, known), listOf(all))
		}
	}
	return slices.DeleteFunc(all, func(l *Layer) bool {
		return !slices.Contains(names, l.Step.Name) && !slices.Contains(names, l.Short)
	}), nil
}

func listOf(layers []*Layer) string {
	var names []string
	for _, l := range layers {
		names = append(names, l.Short+" "+l.Step.Name)
	}
	return strings.Join(names, ", ")
}

// Kind says how the layers of a set were chosen.
type Kind string

// The kinds of sets.
const (
	None   Kind = "none"    // a bare fork and exec
	Alone  Kind = "alone"   // one layer
	AllBut Kind = "all but" // all layers but one
	All    Kind = "all"
	Other  Kind = "other" // a container that another program makes
)

// Set is the layers of one container.
type Set struct {
	Kind  Kind
	Layer *Layer   // of Alone and AllBut
	Other []string // of Other: the command line of that program
	Steps []*steps.Step
}

// Name is "none", "seccomp", "all but seccomp", "all", or the other program's.
func (s *Set) Name() string {
	switch s.Kind {
	case Other:
		return filepath.Base(s.Other[0])
	case Alone:
		return s.Layer.Step.Name
	case AllBut:
		return string(AllBut) + " " + s.Layer.Step.Name
	}
	return string(s.Kind)
}

// Missing is why this machine cannot have the set, for it has not got its layer;
// "" where it can. All layers means all that there are.
func (s *Set) Missing() string {
	if s.Layer == nil || s.Layer.Missing == nil {
		return ""
	}
	return s.Layer.Missing.Error()
}

// sets gives the sets of one kind.
func (l *Lab) sets(kind Kind) []*Set {
	switch kind {
	case None:
		return []*Set{{Kind: None}}
	case Other:
		return []*Set{{Kind: Other, Other: l.Other}}
	case All:
		return []*Set{{Kind: All, Steps: l.without(nil)}}
	}
	var list []*Set
	for _, layer := range l.Layers {
		s := &Set{Kind: kind, Layer: layer, Steps: []*steps.Step{layer.Step}}
		if kind == AllBut {
			s.Steps = l.without(layer)
		}
		list = append(list, s)
	}
	return list
}

// without gives the steps of all layers that this machine has, but one.
func (l *Lab) without(layer *Layer) []*steps.Step {
	var list []*steps.Step
	for _, other := range l.Layers {
		if other != layer && other.Missing == nil {
			list = append(list, other.Step)
		}
	}
	return list
}

// check asks each layer whether this machine can have it.
func (l *Lab) check() error {
	for _, layer := range l.Layers {
		spec := l.Spec
		spec.Steps = []string{layer.Step.Name}
		layer.Missing = nil
		if layer.Step.Check == nil {
			continue
		}
		err := layer.Step.Check(&spec)
		if err != nil && !errors.Is(err, steps.ErrUnsupported) {
			return &container.SettingError{Step: layer.Step.Name, Err: err}
		}
		layer.Missing = err
	}
	return nil
}
