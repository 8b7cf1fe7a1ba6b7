package testenv

import (
	"fmt"
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

// TestThisMachine shows what was measured. In the guest without AppArmor it must
// fail, like every test that asks for it.
func TestThisMachine(t *testing.T) {
	for name, machine := range map[string]struct {
		need func(testing.TB)
		has  func() (bool, string)
	}{
		"AppArmor": {AppArmor, appArmor},
		"CgroupV1": {CgroupV1, cgroupV1},
		"CgroupV2": {CgroupV2, cgroupV2},
	} {
		t.Run(name, func(t *testing.T) {
			machine.need(t)
			ok, fact := machine.has()
			t.Log(fact)
			if !ok {
				t.Error("not there, and yet not skipped")
			}
		})
	}
}
