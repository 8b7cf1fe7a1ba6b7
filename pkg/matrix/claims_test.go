package matrix

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TestThroughHole: of an attack with a hole that is known nothing is claimed, neither
// of its own layer nor of all together; it is told as one that goes through.
func TestThroughHole(t *testing.T) {
	all := &Set{Kind: All}
	for _, hole := range []Hole{{}, {Layer: "seccomp"}} {
		r := &Row{
			Base: Cell{State: Allowed}, Own: Cell{State: Allowed},
			All: Cell{Set: all, State: Allowed}, Cells: []Cell{{Set: all, State: Allowed}}, Hole: hole,
		}
		claim, _ := r.Broken()
		if want := map[bool]Claim{false: OwnLayer, true: Held}[hole.Known()]; claim != want {
			t.Errorf("%+v: %q, want %q", hole, claim, want)
		}
		sum := Summarise([]*Set{all}, []*Row{r})
		if (len(sum.Through) == 1) != hole.Known() || sum.Holds() != hole.Known() || sum.Together != 0 {
			t.Errorf("%+v: %+v", hole, sum)
		}
	}
}

// TestSole: a layer is the only one that stops an attack where all layers stop it, and
// all but this one let it through.
func TestSole(t *testing.T) {
	seccomp := &Layer{Step: steps.Seccomp}
	but, all := &Set{Kind: AllBut, Layer: seccomp}, &Set{Kind: All}
	alone := &Set{Kind: Alone, Layer: seccomp}
	for _, test := range []struct {
		but, all State
		want     int
	}{
		{Allowed, Stopped, 1},
		{Stopped, Stopped, 0},
		{Allowed, Allowed, 0},
		{Inconclusive, Stopped, 0},
		{Allowed, Inconclusive, 0},
	} {
		r := &Row{Base: Cell{State: Allowed}, Own: Cell{State: Stopped}, All: Cell{Set: all, State: test.all}}
		r.Cells = []Cell{{Set: alone, State: Allowed}, {Set: but, State: test.but}, r.All}
		if got := Summarise([]*Set{alone, but, all}, []*Row{r}).Sole[steps.Seccomp.Name]; got != test.want {
			t.Errorf("all but it: %s, all: %s: %d, want %d", test.but, test.all, got, test.want)
		}
	}
}

// TestHoles: settings of one's own open a hole in their own layer, and those of the
// capabilities in seccomp too, whose profile asks for them.
func TestHoles(t *testing.T) {
	usual := steps.Spec{Seccomp: steps.SeccompSettings{SameFilter: true}} // as Open leaves it
	for _, test := range []struct {
		name  string
		set   func(*steps.Spec)
		holes []string
	}{
		{"none", func(*steps.Spec) {}, nil},
		{"seccomp", func(s *steps.Spec) { s.Seccomp.ForeignABI = true }, []string{"seccomp"}},
		{"capabilities", func(s *steps.Spec) { s.Capabilities.NoNewPrivs = true }, []string{"seccomp"}},
		{"apparmor", func(s *steps.Spec) { s.AppArmor.Complain = true }, []string{"apparmor"}},
		{"cgroup", func(s *steps.Spec) { s.Cgroup.PidsMax = "500" }, []string{"cgroup"}},
		{"namespaces", func(s *steps.Spec) { s.Namespaces.Kinds = []string{"uts"} }, []string{"namespaces"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			lab := &Lab{Spec: usual}
			test.set(&lab.Spec)
			want := map[string]bool{}
			for _, layer := range test.holes {
				want[layer] = true
			}
			for _, layer := range Layers() {
				// It needs no capability that is kept.
				hole, err := lab.hole(&attack.Probe{Stops: layer.Step.Name, Capability: "CAP_SYS_TIME"})
				if err != nil || hole.Known() != want[layer.Step.Name] {
					t.Errorf("%s: %+v, %v", layer.Step.Name, hole, err)
				}
			}
		})
	}
}

// TestCalibrated: without a layer the attack must succeed. What the kernel has not got
// cannot be tried, and what else stops it says nothing of any layer.
func TestCalibrated(t *testing.T) {
	for _, test := range []struct {
		state State
		errno unix.Errno
		want  State
	}{
		{Allowed, 0, Allowed},
		{Stopped, unix.EPERM, Inconclusive},
		{Stopped, unix.ENOSYS, Impossible},
		{Inconclusive, unix.ENOSYS, Inconclusive},
		{Impossible, 0, Impossible},
	} {
		c := Cell{State: test.state, Errno: unix.ErrnoName(test.errno)}
		if got := c.calibrated().State; got != test.want {
			t.Errorf("%s by %q: %s, want %s", test.state, c.Errno, got, test.want)
		}
	}
}
