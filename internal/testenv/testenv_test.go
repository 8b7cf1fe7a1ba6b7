package testenv

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// recorder stands in for a test and notes how it would have ended.
type recorder struct {
	testing.TB
	end string
}

func (r *recorder) Helper()        {}
func (r *recorder) Skip(a ...any)  { r.end = "skip " + fmt.Sprint(a...) }
func (r *recorder) Fatal(a ...any) { r.end = "fatal " + fmt.Sprint(a...) }
func (r *recorder) Log(a ...any)   { r.end = "log " + fmt.Sprint(a...) }

func TestGuestHas(t *testing.T) {
	tests := []struct {
		name, guest, lacks string
		ok                 bool
		want               string
	}{
		{"there", "", "", true, ""},
		{"absent on a host", "", "", false, "skip needs AppArmor: no file"},
		{"there in the guest", "amd64", "", true, ""},
		{"absent in the guest", "amd64", "", false, "fatal needs AppArmor: no file"},
		{"switched off in the guest", "amd64", "AppArmor", false, "log needs AppArmor: no file"},
		{"another switched off", "amd64", "root", false, "fatal needs AppArmor: no file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(GuestEnv, test.guest)
			t.Setenv(LacksEnv, test.lacks)
			r := &recorder{TB: t}
			guestHas(r, NeedsAppArmor, test.ok, "no file")
			if r.end != test.want {
				t.Errorf("ended with %q, want %q", r.end, test.want)
			}
		})
	}
}

func TestNeedsWithoutFact(t *testing.T) {
	r := &recorder{TB: t}
	Needs(r, "a terminal", false)
	if want := "skip needs a terminal"; r.end != want {
		t.Errorf("ended with %q, want %q", r.end, want)
	}
}

// TestThisMachine shows what was measured, and asks the kernel in another way. In the
// guest without AppArmor it must fail, like every test that asks for it.
func TestThisMachine(t *testing.T) {
	for name, machine := range map[string]struct {
		need func(testing.TB)
		has  func() (bool, string)
		also func() bool
	}{
		"AppArmor": {AppArmor, appArmor, hasLabel},
		"CgroupV1": {CgroupV1, cgroupV1, func() bool { return pidsHierarchy() > 0 }},
		"CgroupV2": {CgroupV2, cgroupV2, func() bool { return pidsHierarchy() <= 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			machine.need(t)
			ok, fact := machine.has()
			t.Log(fact)
			if !ok || !machine.also() {
				t.Error("not there, and yet not skipped")
			}
		})
	}
}

// hasLabel tells whether this process has a label of AppArmor.
func hasLabel() bool {
	label, err := os.ReadFile("/proc/self/attr/apparmor/current")
	return err == nil && len(label) > 0
}

// pidsHierarchy is the number of the pids controller's tree of version 1, 0 where it
// is in none, and -1 where the kernel does not know: /proc/cgroups in cgroups(7).
func pidsHierarchy() int {
	text, _ := os.ReadFile("/proc/cgroups")
	for line := range strings.Lines(string(text)) {
		var name string
		var hierarchy int
		if n, _ := fmt.Sscan(line, &name, &hierarchy); n == 2 && name == "pids" {
			return hierarchy
		}
	}
	return -1
}
