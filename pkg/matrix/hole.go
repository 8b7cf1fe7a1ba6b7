package matrix

import (
	"reflect"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Hole is why an attack may go through the layer that was made to stop it. The
// zero value is that it may not.
type Hole struct {
	Layer string // that is missing, or has settings of its own
	Keeps string // the capability that the layer leaves to the process
}

// Known tells whether there is one.
func (h Hole) Known() bool { return h != Hole{} }

// hole looks at the settings. Docker's default set, and so that of the lessons,
// leaves some capabilities, and with them what is a matter of them alone.
func (l *Lab) hole(p *attack.Probe) (Hole, error) {
	own := Hole{Layer: p.Stops}
	switch p.Stops {
	case steps.Capabilities.Name:
		keeps, err := l.Spec.Capabilities.Keeps(p.Capability)
		if err != nil || !keeps {
			return Hole{}, err
		}
		own.Keeps = p.Capability
		return own, nil
	case steps.Seccomp.Name: // its profile asks for the capabilities
		if !usual(l.Spec.Seccomp, steps.SeccompSettings{SameFilter: true}) || !usual(l.Spec.Capabilities, steps.CapabilitySettings{}) {
			return own, nil
		}
	case steps.AppArmor.Name:
		if !usual(l.Spec.AppArmor, steps.AppArmorSettings{}) {
			return own, nil
		}
	case steps.Cgroup.Name:
		if !usual(l.Spec.Cgroup, steps.CgroupSettings{}) {
			return own, nil
		}
	case steps.Namespaces.Name:
		if !usual(l.Spec.Namespaces, steps.NamespaceSettings{}) {
			return own, nil
		}
	}
	return Hole{}, nil
}

// usual tells whether the settings are those of the lessons.
func usual[S any](have, want S) bool { return reflect.DeepEqual(have, want) }
