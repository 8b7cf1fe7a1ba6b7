package attack_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// against runs a probe with the capabilities layer alone, in the host's root.
func against(t *testing.T, probe string, settings steps.CapabilitySettings) attack.Result {
	t.Helper()
	r, err := attack.Against(t.Context(), probe, container.Container{
		Steps: []*steps.Step{steps.Capabilities},
		Spec:  steps.Spec{Capabilities: settings},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ofCapabilities lists the probes that are a matter of one capability.
func ofCapabilities() []*attack.Probe {
	return slices.DeleteFunc(slices.Clone(attack.All()), func(p *attack.Probe) bool { return p.Capability == "" })
}

// TestCapabilityProbes is the calibration: each attack succeeds with everything,
// fails with everything but its one capability, and succeeds with hardly more
// than that one.
func TestCapabilityProbes(t *testing.T) {
	testenv.NotEmulated(t, "amd64")
	testenv.Root(t)
	errno := map[string]string{"bind-low-port": "EACCES"}
	// What a probe needs to set its scene: to start a process of another user.
	scene := []string{"SETUID", "SETGID", "DAC_OVERRIDE"}
	for _, p := range ofCapabilities() {
		t.Run(p.Name, func(t *testing.T) {
			if r := against(t, p.Name, steps.CapabilitySettings{Privileged: true}); !r.Allowed {
				t.Errorf("privileged: %+v", r)
			}
			only := steps.CapabilitySettings{Drop: []string{"all"}, Add: append([]string{p.Capability}, scene...)}
			if r := against(t, p.Name, only); !r.Allowed {
				t.Errorf("with %v only: %+v", only.Add, r)
			}
			r := against(t, p.Name, steps.CapabilitySettings{Add: []string{"all"}, Drop: []string{p.Capability}})
			if want := cmp.Or(errno[p.Name], "EPERM"); r.Allowed || r.Errno != want {
				t.Errorf("without %s: %+v, want %s", p.Capability, r, want)
			}
		})
	}
}

// TestCapabilityDefaults is S20: what the default leaves, and what Docker's own.
func TestCapabilityDefaults(t *testing.T) {
	testenv.NotEmulated(t)
	testenv.Root(t)
	docker := steps.CapabilitySettings{Drop: []string{"all"}, Add: []string{"docker"}}
	for _, p := range ofCapabilities() {
		for name, settings := range map[string]steps.CapabilitySettings{"default": {}, "docker": docker} {
			kept := slices.Contains(steps.DockerCapabilities(), p.Capability)
			if name == "default" && p.Capability == "CAP_SYS_CHROOT" {
				kept = false
			}
			if r := against(t, p.Name, settings); r.Allowed != kept {
				t.Errorf("%s with %s: allowed is %v, and it keeps %s: %v (%s)",
					p.Name, name, r.Allowed, p.Capability, kept, r.Reason)
			}
		}
	}
}

// TestSetClockSetsNothing: the wall clock runs on beside the monotonic one.
func TestSetClockSetsNothing(t *testing.T) {
	testenv.Root(t)
	offset := func() time.Duration {
		var wall, steady unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC_RAW, &steady); err != nil {
			t.Fatal(err)
		}
		if err := unix.ClockGettime(unix.CLOCK_REALTIME, &wall); err != nil {
			t.Fatal(err)
		}
		return time.Duration(wall.Nano() - steady.Nano())
	}
	before := offset()
	if r := against(t, "set-clock", steps.CapabilitySettings{Privileged: true}); !r.Allowed {
		t.Fatalf("%+v", r)
	}
	if moved := (offset() - before).Abs(); moved > 50*time.Millisecond {
		t.Errorf("the clock moved by %v", moved)
	}
}

// TestChrootEscapeWithoutCapability is S5: the escape from a chroot succeeds,
// and does not without CAP_SYS_CHROOT.
func TestChrootEscapeWithoutCapability(t *testing.T) {
	testenv.Root(t)
	tools, err := rootfs.Tools()
	if err != nil {
		t.Fatal(err)
	}
	escape := func(settings steps.CapabilitySettings, list ...*steps.Step) attack.Result {
		r, err := attack.Against(t.Context(), "chroot-escape", container.Container{
			Steps: list, Spec: steps.Spec{Capabilities: settings}, Rootfs: t.TempDir(), Tools: tools,
		})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	want, err := attack.Marker()
	if err != nil {
		t.Fatal(err)
	}
	talk := steps.CapabilitySettings{Add: []string{"all"}, Drop: steps.TalkCapabilities()}
	docker := steps.CapabilitySettings{Drop: []string{"all"}, Add: []string{"docker"}}
	if r := escape(talk, steps.Chroot); !r.Allowed || r.Facts[attack.MarkerFact] != want {
		t.Errorf("chroot alone: %+v", r)
	}
	if r := escape(docker, steps.Chroot, steps.Capabilities); !r.Allowed || r.Facts[attack.MarkerFact] != want {
		t.Errorf("Docker's default keeps CAP_SYS_CHROOT: %+v", r)
	}
	for _, settings := range []steps.CapabilitySettings{talk, {}} {
		if r := escape(settings, steps.Chroot, steps.Capabilities); r.Allowed || r.Errno != "EPERM" {
			t.Errorf("without CAP_SYS_CHROOT: %+v", r)
		}
	}
}

// TestWhyNamesTheSet: the explanation comes from the process's own status.
func TestWhyNamesTheSet(t *testing.T) {
	p, err := attack.Lookup("set-clock")
	if err != nil {
		t.Fatal(err)
	}
	status := func(eff, bnd, seccomp string) *observe.Snapshot {
		return &observe.Snapshot{
			PID: 7, Label: "mine (enforce)", Namespaces: map[string]observe.Namespace{"user": {Link: "user:[1]"}},
			Status: []observe.Field{{Name: "CapEff", Value: eff}, {Name: "CapBnd", Value: bnd}, {Name: "Seccomp", Value: seccomp}},
		}
	}
	const other = "/proc/7/status: CapEff has CAP_SYS_TIME, so something else stopped it. /proc/7/attr/current: mine (enforce)."
	for _, test := range []struct{ eff, bnd, seccomp, errno, want string }{
		{"0", "0", "0", "EPERM", "/proc/7/status: CapEff has no CAP_SYS_TIME, and CapBnd neither: no execve brings it back."},
		{"0", "2000000", "0", "EPERM", "/proc/7/status: CapEff has no CAP_SYS_TIME; CapBnd has it."},
		{"2000000", "2000000", "0", "EPERM", "/proc/7/status: CapEff has CAP_SYS_TIME, which counts in user:[1]; "},
		{"2000000", "2000000", "2", "EPERM", other},
		{"2000000", "2000000", "0", "EROFS", other},
	} {
		got := p.Why(attack.View{Snapshot: status(test.eff, test.bnd, test.seccomp)}, attack.Result{Errno: test.errno})
		if !strings.HasPrefix(got, test.want) {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
