package matrix

import (
	"github.com/how-to-be-a-container/workshop/pkg/attack"
)

// Row is one attack against every set.
type Row struct {
	Probe *attack.Probe
	Cells []Cell // those of Lab.Sets, in that order

	Base Cell // without any layer
	Own  Cell // with the layer alone that was made to stop it
	All  Cell // with all layers; the zero value where that was not asked for

	// Hole is why its own layer may let it through. Without one, that layer
	// alone is claimed to stop it, and all layers together.
	Hole Hole
}

// Claim is one of the things that must hold, for the row to show anything.
type Claim string

// The claims on a row.
const (
	Held       Claim = ""                  // all of them hold, or none is made
	Works      Claim = "works"             // it succeeds without any layer
	OwnLayer   Claim = "own layer"         // its own layer alone stops it
	Everything Claim = "all layers"        // all layers together stop it
	NotHere    Claim = "not possible here" // this machine cannot try it: no claim is broken
)

// Broken is the first claim that the row does not bear out, with the cell: one that
// was allowed refutes the claim, and an inconclusive one shows nothing of it.
func (r *Row) Broken() (Claim, Cell) {
	switch {
	case r.Base.State == Impossible:
		return NotHere, r.Base
	case r.Base.State != Allowed:
		return Works, r.Base
	case !r.Hole.Known() && r.Own.State != Stopped:
		return OwnLayer, r.Own
	case !r.Hole.Known() && r.All.Set != nil && r.All.State != Stopped:
		return Everything, r.All
	}
	return Held, Cell{}
}

// Counts tells whether the row is a measurement: the attack works.
func (r *Row) Counts() bool { return r.Base.State == Allowed }

// Summary is what all rows together show.
type Summary struct {
	Attacks  int            // that were measured
	Answered map[string]int // how many could be tried against each set, by the set's name
	Stopped  map[string]int // how many of those each set stopped
	Sole     map[string]int // how many only this layer stops: all but it let them through
	Best     *Layer         // the single layer that stops the most; nil where no single one was measured
	Tried    bool           // all layers together were measured
	Together int            // how many they stop
	Broken   []*Row         // rows with a claim that does not hold
	Untried  *Set           // another program's container, if no attack could be tried in it
	NotHere  []*Row         // attacks that this machine cannot try
	Through  []*Row         // attacks that all layers together do not stop, by a known hole
}

// Holds tells whether all claims hold, and there is an answer to what was asked.
func (s *Summary) Holds() bool { return len(s.Broken) == 0 && s.Untried == nil }

// Summarise counts.
func Summarise(sets []*Set, rows []*Row) Summary {
	s := Summary{Answered: map[string]int{}, Stopped: map[string]int{}, Sole: map[string]int{}}
	for _, r := range rows {
		s.add(r)
	}
	for _, set := range sets {
		s.Tried = s.Tried || set.Kind == All
		if set.Kind == Alone && (s.Best == nil || s.Stopped[set.Name()] > s.Stopped[s.Best.Step.Name]) {
			s.Best = set.Layer
		}
		if set.Kind == Other && s.Attacks > 0 && s.Answered[set.Name()] == 0 {
			s.Untried = set
		}
	}
	return s
}

func (s *Summary) add(r *Row) {
	switch claim, _ := r.Broken(); claim {
	case Held:
	case NotHere:
		s.NotHere = append(s.NotHere, r)
	default:
		s.Broken = append(s.Broken, r)
	}
	if !r.Counts() {
		return
	}
	s.Attacks++
	for _, c := range r.Cells {
		if c.State == Stopped || c.State == Allowed {
			s.Answered[c.Set.Name()]++
		}
		switch {
		case c.State == Stopped:
			s.Stopped[c.Set.Name()]++
		case c.State == Allowed && c.Set.Kind == AllBut && r.All.State == Stopped:
			s.Sole[c.Set.Layer.Step.Name]++
		}
	}
	switch {
	case r.All.Set == nil:
	case r.All.State == Stopped:
		s.Together++
	case r.Hole.Known() && r.All.State == Allowed:
		s.Through = append(s.Through, r)
	}
}
