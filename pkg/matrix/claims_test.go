package matrix

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// TestCellOf: what could not be tried shows nothing, and what this machine has not got is
// no matter of a layer.
func TestCellOf(t *testing.T) {
	tried := []attack.Call{{Call: "mkdir", Errno: "EPERM"}}
	for _, test := range []struct {
		name   string
		result attack.Result
		err    error
		want   State
	}{
		{"allowed", attack.Result{Allowed: true}, nil, Allowed},
		{"stopped", attack.Result{Errno: "EPERM", Calls: tried}, nil, Stopped},
		{"not tried", attack.Result{Errno: "EPERM"}, nil, Inconclusive},
		{"no such call", attack.Result{Impossible: true, Calls: tried}, nil, Impossible},
		{"no such layer", attack.Result{}, &steps.Unsupported{What: "no AppArmor"}, Impossible},
		{"not run", attack.Result{}, unix.ENOENT, Inconclusive},
	} {
		if got := cellOf(&Set{}, test.result, test.err); got.State != test.want {
			t.Errorf("%s: %+v, want %s", test.name, got, test.want)
		}
	}
}

// TestSummarise counts what could be answered, and what was stopped, for each set; an
// attack that does not work without a layer counts for none.
func TestSummarise(t *testing.T) {
	capabilities, seccomp := newLayer(steps.Capabilities), newLayer(steps.Seccomp)
	sets := []*Set{
		{Kind: Alone, Layer: capabilities, Steps: []*steps.Step{steps.Capabilities}},
		{Kind: Alone, Layer: seccomp, Steps: []*steps.Step{steps.Seccomp}},
		{Kind: All, Steps: []*steps.Step{steps.Capabilities, steps.Seccomp}},
		{Kind: Other, Other: []string{"/usr/bin/docker", "run"}},
	}
	row := func(base State, probe *attack.Probe, states ...State) *Row {
		r := &Row{Probe: probe, Base: Cell{State: base}, Own: Cell{State: Stopped}}
		for i, s := range states {
			r.Cells = append(r.Cells, Cell{Set: sets[i], State: s})
		}
		r.All = r.Cells[2]
		return r
	}
	rows := []*Row{
		row(Allowed, attack.SetClock, Stopped, Allowed, Stopped, Inconclusive),
		row(Allowed, attack.Unshare, Allowed, Stopped, Stopped, Inconclusive),
		row(Allowed, attack.Keyctl, Inconclusive, Stopped, Stopped, Impossible),
		row(Impossible, attack.Vsock, Impossible, Impossible, Impossible, Impossible),
		row(Inconclusive, attack.Mknod, Inconclusive, Inconclusive, Inconclusive, Inconclusive),
	}
	lab := &Lab{Layers: []*Layer{capabilities, seccomp}, Sets: sets}
	got := lab.Report(rows)
	attacks := got.Attacks
	got.Layers, got.Attacks = nil, nil
	three := 3
	want := Report{
		Measured: 3, Answered: map[string]int{"capabilities": 2, "seccomp": 3, "all": 3},
		Stopped: map[string]int{"capabilities": 1, "seccomp": 2, "all": 3}, Sole: map[string]int{},
		Best: "seccomp", Together: &three, Broken: []string{"mknod"}, Untried: "docker",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for i, claim := range []Claim{Held, Held, Held, Held, Works} {
		if attacks[i].Broken != claim {
			t.Errorf("%s: %q, want %q", attacks[i].Name, attacks[i].Broken, claim)
		}
	}
	for i, layers := range []string{"fork-exec capabilities", "fork-exec seccomp", "fork-exec capabilities seccomp", ""} {
		if got := strings.Join(attacks[0].Cells[i].Layers, " "); got != layers {
			t.Errorf("%s: %q, want %q", attacks[0].Cells[i].Set, got, layers)
		}
	}
	if untried := Summarise(sets, rows[3:]).Untried; untried != nil {
		t.Errorf("no attack works here, and that is laid to %s", untried.Name())
	}
	if sum := Summarise(sets, rows); len(sum.NotHere) != 1 || sum.NotHere[0] != rows[3] {
		t.Errorf("not possible here: %+v", sum.NotHere)
	}
}
