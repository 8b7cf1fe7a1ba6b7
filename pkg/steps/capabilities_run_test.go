package steps_test

import (
	"context"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// looker keeps what was seen after each moment.
type looker map[string]*observe.Snapshot

func (looker) Before(context.Context, *container.Moment) error { return nil }

func (l looker) After(_ context.Context, m *container.Moment) error {
	l[m.Name] = m.After
	return nil
}

func (l looker) set(t *testing.T, moment, field string) uint64 {
	t.Helper()
	mask, err := observe.ParseMask(l[moment].Get(field))
	if err != nil {
		t.Fatalf("%s after %s: %v", field, moment, err)
	}
	return mask
}

// live runs /bin/true with the capabilities layer alone, and looks.
func live(t *testing.T, settings steps.CapabilitySettings) looker {
	t.Helper()
	testenv.Root(t)
	l := looker{}
	c := container.Container{
		Steps:   []*steps.Step{steps.Capabilities},
		Spec:    steps.Spec{Capabilities: settings},
		Args:    []string{"true"},
		Watcher: l,
	}
	if code, err := c.Run(t.Context()); code != 0 || err != nil {
		t.Fatalf("exit code %d, %v", code, err)
	}
	return l
}

// TestCapabilitiesBeforeAndAfterExecve is S17 and S19 as a watcher sees them.
func TestCapabilitiesBeforeAndAfterExecve(t *testing.T) {
	const dropped = 1<<25 | 1<<18 // CAP_SYS_TIME, CAP_SYS_CHROOT
	talk := steps.CapabilitySettings{Add: []string{"all"}, Drop: steps.TalkCapabilities()}

	l := live(t, talk)
	had := l.set(t, "clone", "CapBnd")
	for _, moment := range []string{"capabilities", "execve"} {
		for _, set := range []string{"CapBnd", "CapPrm", "CapEff"} {
			if got := l.set(t, moment, set); got != had&^dropped {
				t.Errorf("%s after %s is %#x, want %#x", set, moment, got, had&^dropped)
			}
		}
	}

	talk.BoundingOnly = true
	l = live(t, talk)
	for moment, want := range map[string]uint64{"capabilities": had, "execve": had &^ dropped} {
		if got := l.set(t, moment, "CapEff"); got != want {
			t.Errorf("bounding set only: CapEff after %s is %#x, want %#x", moment, got, want)
		}
		if got := l.set(t, moment, "CapBnd"); got != had&^dropped {
			t.Errorf("bounding set only: CapBnd after %s is %#x, want %#x", moment, got, had&^dropped)
		}
	}
}

// TestPrivileged is S21: nothing is taken, not even what the layer takes unasked.
func TestPrivileged(t *testing.T) {
	l := live(t, steps.CapabilitySettings{Privileged: true})
	if before, after := l.set(t, "clone", "CapEff"), l.set(t, "execve", "CapEff"); before != after {
		t.Errorf("CapEff went from %#x to %#x", before, after)
	}
}

// TestCapabilityErrors: what cannot work is said before anything is started, but
// for what only the child knows.
func TestCapabilityErrors(t *testing.T) {
	testenv.Root(t)
	for _, settings := range []steps.CapabilitySettings{
		{Drop: []string{"sys_tyme"}},
		{Add: []string{"CAP_63"}}, // no kernel has it
	} {
		c := container.Container{
			Steps: []*steps.Step{steps.Capabilities}, Spec: steps.Spec{Capabilities: settings},
			Args: []string{"true"},
		}
		code, err := c.Run(t.Context())
		t.Log(err)
		if err == nil || code != container.ExitFailed {
			t.Errorf("%+v: exit code %d, %v", settings, code, err)
		}
	}
}
