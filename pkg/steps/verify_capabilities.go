package steps

import (
	"fmt"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

const everyCapability = ^uint64(0)

// capabilitiesAreThere checks the names, and whether this machine has what is to be
// kept.
func capabilitiesAreThere(s *Spec) error {
	_, err := s.Capabilities.Keep(boundingSet())
	return err
}

// capabilitiesAreGone reads the child's five sets from outside: none of them may
// hold more than was to be kept.
func capabilitiesAreGone(s *Spec, r *Run) error {
	keep, err := s.Capabilities.Keep(everyCapability)
	if err != nil {
		return err
	}
	child, err := observe.TakeStatus(r.PID)
	if err != nil {
		return err
	}
	for set, most := range s.Capabilities.most(keep) {
		mask, err := observe.ParseMask(child.Get(set))
		if err != nil {
			return err
		}
		if left := mask &^ most; left != 0 {
			return fmt.Errorf("%s still has %s", set, strings.Join(observe.CapNames(left), ", "))
		}
	}
	if s.Capabilities.NoNewPrivs && child.Get("NoNewPrivs") != "1" {
		return fmt.Errorf("no_new_privs is not set")
	}
	return nil
}

// most gives for each of the sets what it may hold after the step.
func (c *CapabilitySettings) most(keep uint64) map[string]uint64 {
	if c.BoundingOnly {
		return map[string]uint64{"CapBnd": keep}
	}
	return map[string]uint64{"CapBnd": keep, "CapPrm": keep, "CapEff": keep, "CapInh": 0, "CapAmb": 0}
}
