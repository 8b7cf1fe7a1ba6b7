package matrix_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/matrix"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// want says for each attack which layers stop it alone, and whether its own is
// the only one of all layers together that does.
var want = map[string]struct {
	alone string
	sole  bool
}{
	"host-file":         {"ch pv", false},
	"chroot-escape":     {"pv", false}, // capabilities takes chroot(2) from who is in a chroot
	"mount-outside":     {"pv ns cp sc aa", false},
	"host-processes":    {"ns cp aa", false},
	"kill-host-process": {"ns aa", false},
	"rename-host":       {"ns cp sc", false},
	"shared-memory":     {"ns", true},
	"message-queue":     {"ns", true},
	"host-loopback":     {"ns", true},
	"abstract-socket":   {"ns", true},
	"host-cgroup":       {"ns", false}, // without the layer there is no /proc to read it in
	"host-uptime":       {"ns", true},
	"fork-bomb":         {"cg", true},
	"set-clock":         {"cp sc", false},
	"chroot":            {"cp sc", false},
	"mknod":             {"", false}, // CAP_MKNOD is among Docker's default set
	"mount":             {"cp sc aa", false},
	"kill-other-user":   {"", false}, // CAP_KILL, too
	"ptrace":            {"cp", true},
	"bind-low-port":     {"", false}, // CAP_NET_BIND_SERVICE, too
	"raw-socket":        {"", false}, // CAP_NET_RAW, too
	"reboot":            {"cp sc", false},
	"open-by-handle":    {"cp sc", false},
	"mkdir":             {"sc", true},
	"fchownat":          {"sc", true},
	"keyctl":            {"sc", true},
	"unshare":           {"sc", true},
	"mount-call":        {"sc", true},
	"bpf":               {"sc", true},
	"perf-event":        {"sc", true},
	"userfaultfd":       {"sc", true},
	"clone3":            {"sc", true},
	"personality":       {"sc", true},
	"vsock":             {"sc", true},
	"foreign-abi":       {"sc", true},
	"own-file":          {"aa", true},
	"run-top":           {"aa", true},
	"core-pattern":      {"aa", true},
}

// inGuest are those that the emulated guest measures too, for which a profile is
// compiled again and again: what AppArmor has to do with, and one of each layer.
var inGuest = []string{
	"host-file", "chroot-escape", "mount-outside", "host-processes", "kill-host-process", "fork-bomb",
	"mount", "ptrace", "keyctl", "foreign-abi", "own-file", "run-top", "core-pattern",
}

// columns are the sets that an attack is measured against: each layer alone, all
// but its own, and all. In the guest the layers alone are those that stop it.
func columns(p *attack.Probe, sets []*matrix.Set) []*matrix.Set {
	return slices.DeleteFunc(slices.Clone(sets), func(s *matrix.Set) bool {
		switch s.Kind {
		case matrix.AllBut:
			return s.Layer.Step.Name != p.Stops
		case matrix.Alone:
			return testenv.InGuest() && !strings.Contains(want[p.Name].alone+" aa", s.Layer.Short)
		}
		return false
	})
}

// TestEachLayer measures each attack in both directions: without any layer, with
// each alone, with all but its own, and with all.
func TestEachLayer(t *testing.T) {
	lab := open(t, steps.Spec{}, matrix.Alone, matrix.All, matrix.AllBut)
	for _, p := range attack.All() {
		if testenv.InGuest() && !slices.Contains(inGuest, p.Name) {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			lab := *lab
			lab.Sets = columns(p, lab.Sets)
			r := measure(t, &lab, p)
			claim, c := r.Broken()
			testenv.Needs(t, "a machine that can try it", claim != matrix.NotHere, c.Reason)
			if claim != matrix.Held {
				t.Fatalf("%s does not hold: %+v", claim, c)
			}
			if _, ok := want[p.Name]; !ok {
				t.Fatal("no line of want says which layers stop it")
			}
			expect(t, &lab, r)
		})
	}
	if len(want) != len(attack.All()) {
		t.Errorf("%d attacks are expected, and there are %d", len(want), len(attack.All()))
	}
}

// expect compares a row with what is wanted of it.
func expect(t *testing.T, lab *matrix.Lab, r *matrix.Row) {
	t.Helper()
	w := want[r.Probe.Name]
	alone, here := strings.Fields(w.alone), func(short string) bool {
		for _, l := range lab.Layers {
			if l.Short == short {
				return l.Missing == nil
			}
		}
		return false
	}
	for _, c := range r.Cells {
		switch {
		case c.Set.Missing() != "":
			if c.State != matrix.Impossible || c.Reason == "" {
				t.Errorf("%s is missing: %+v", c.Set.Name(), c)
			}
		case c.State != matrix.Allowed && (c.State != matrix.Stopped || c.Reason == ""):
			t.Errorf("%s: %+v", c.Set.Name(), c)
		case c.Set.Kind == matrix.Alone:
			if got := c.State == matrix.Stopped; got != slices.Contains(alone, c.Set.Layer.Short) {
				t.Errorf("%s alone: %+v, and %q are wanted", c.Set.Name(), c, w.alone)
			}
		case c.Set.Kind == matrix.All:
			stops := slices.ContainsFunc(alone, here)
			if got := c.State == matrix.Stopped; got != stops {
				t.Errorf("all layers: %+v", c)
			}
		case c.Set.Kind == matrix.AllBut && w.alone != "":
			if got := c.State == matrix.Allowed; got != w.sole {
				t.Errorf("%s: %+v, and it is the only one: %v", c.Set.Name(), c, w.sole)
			}
		}
	}
}

// TestFalseClaim is the negative control: an expectation that is wrong does not
// hold, and neither does one where the attack cannot be made at all.
func TestFalseClaim(t *testing.T) {
	lab := open(t, steps.Spec{}, matrix.Alone, matrix.All)
	wrong := *probe(t, "set-clock")
	wrong.Stops = steps.Namespaces.Name
	if claim, c := measure(t, lab, &wrong).Broken(); claim != matrix.OwnLayer || c.State != matrix.Allowed {
		t.Errorf("set-clock is not stopped by namespaces, and the claim: %q, %+v", claim, c)
	}
	lab.Rootfs = t.TempDir() // a root filesystem without a top
	r := measure(t, lab, probe(t, "run-top"))
	if claim, c := r.Broken(); claim != matrix.Works || c.State != matrix.Inconclusive || c.Errno != "ENOENT" {
		t.Errorf("run-top without top: %q, %+v", claim, c)
	}
	for _, c := range r.Cells {
		if c.State != matrix.Inconclusive {
			t.Errorf("%s shows something: %+v", c.Set.Name(), c)
		}
	}
	sum := matrix.Summarise(lab.Sets, []*matrix.Row{r})
	if sum.Attacks != 0 || len(sum.Broken) != 1 {
		t.Errorf("it counts: %+v", sum)
	}
}

// TestAllMustStop: what its own layer stops alone, and all together do not.
func TestAllMustStop(t *testing.T) {
	cell := func(k matrix.Kind, s matrix.State) matrix.Cell {
		return matrix.Cell{Set: &matrix.Set{Kind: k}, State: s}
	}
	r := &matrix.Row{
		Base: cell(matrix.None, matrix.Allowed), Own: cell(matrix.Alone, matrix.Stopped),
		All: cell(matrix.All, matrix.Allowed),
	}
	if claim, _ := r.Broken(); claim != matrix.Everything {
		t.Errorf("got %q", claim)
	}
	r.Hole.Layer = "seccomp"
	if claim, _ := r.Broken(); claim != matrix.Held {
		t.Errorf("with a hole that is known: %q", claim)
	}
	r.Base.State = matrix.Impossible
	if claim, _ := r.Broken(); claim != matrix.NotHere {
		t.Errorf("not possible here: %q", claim)
	}
}

// TestPrivileged is S21: with every capability what is a matter of one goes
// through, and Docker's profile opens too. Without the flag both are stopped.
func TestPrivileged(t *testing.T) {
	privileged := steps.Spec{Capabilities: steps.CapabilitySettings{Privileged: true}}
	for _, name := range []string{"ptrace", "unshare"} {
		p := probe(t, name)
		r := measure(t, open(t, steps.Spec{}, matrix.All), p)
		if r.All.State != matrix.Stopped || r.Hole.Known() {
			t.Errorf("%s by default: %+v", name, r)
		}
		r = measure(t, open(t, privileged, matrix.All), p)
		if claim, _ := r.Broken(); r.All.State != matrix.Allowed || !r.Hole.Known() || claim != matrix.Held {
			t.Errorf("%s privileged: %+v", name, r)
		}
	}
	r := measure(t, open(t, privileged, matrix.All), probe(t, "host-loopback"))
	if r.All.State != matrix.Stopped || r.Hole.Known() {
		t.Errorf("the namespaces are still there: %+v", r)
	}
}

// TestNotTried: a probe that cannot even begin shows nothing. Without /dev/null
// this one cannot start the process that it would kill.
func TestNotTried(t *testing.T) {
	testenv.Needs(t, "chroot in PATH", found("chroot"), "it is not there")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	lab := open(t, steps.Spec{})
	for _, test := range []struct {
		command []string
		want    matrix.State
	}{
		{[]string{"env", self}, matrix.Allowed},
		{[]string{"chroot", lab.Tools, "/usr/local/bin/workshop"}, matrix.Inconclusive},
	} {
		lab.Sets = []*matrix.Set{{Kind: matrix.Other, Other: test.command}}
		r := measure(t, lab, probe(t, "kill-other-user"))
		if c := r.Cells[0]; c.State != test.want || test.want == matrix.Inconclusive && c.Reason == "" {
			t.Errorf("with %q: %+v", test.command, c)
		}
	}
}

func found(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// TestPrivilegedOpensMount: the filter that forbids mkdir must not be taken for
// one that forbids mount.
func TestPrivilegedOpensMount(t *testing.T) {
	lab := open(t, steps.Spec{Capabilities: steps.CapabilitySettings{Privileged: true}}, matrix.Alone)
	for _, c := range measure(t, lab, probe(t, "mount")).Cells {
		if s := c.Set.Layer.Short; s == "sc" && c.State != matrix.Allowed {
			t.Errorf("%+v", c)
		}
	}
}

// TestInterrupted: there is no half a row.
func TestInterrupted(t *testing.T) {
	lab := open(t, steps.Spec{}, matrix.Alone)
	ctx, cancel := context.WithCancel(t.Context())
	cells := 0
	r, err := lab.Measure(ctx, probe(t, "keyctl"), func(matrix.Cell) { cells++; cancel() })
	if r != nil || !errors.Is(err, context.Canceled) || cells != 1 {
		t.Errorf("%+v, %v, after %d cells", r, err, cells)
	}
}

// TestShorts: no two columns have the same head.
func TestShorts(t *testing.T) {
	owner := map[string]string{}
	for _, l := range matrix.Layers() {
		if other := owner[l.Short]; other != "" {
			t.Errorf("%s and %s are both %s: give one of them two other letters in shorts of layer.go", other, l.Step.Name, l.Short)
		}
		owner[l.Short] = l.Step.Name
	}
}

// TestPick understands both names of a layer, and knows what was meant.
func TestPick(t *testing.T) {
	list, err := matrix.Pick([]string{"sc", "pivot-root"})
	if err != nil || len(list) != 2 || list[0].Step != steps.PivotRoot || list[1].Step != steps.Seccomp {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := matrix.Pick([]string{"secomp"}); err == nil || !strings.Contains(err.Error(), `"seccomp"`) {
		t.Errorf("%v", err)
	}
}
