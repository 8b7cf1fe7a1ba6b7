// Package testenv says in one way what a test needs of the machine.
//
// A test that cannot run here skips with "needs X: <fact measured>". The test
// report looks for the same test in the other runs (the guests of make test-vm)
// and counts it as covered where one of them ran it.
package testenv

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/sys/mountinfo"
)

// Names of what a test can need, as they stand in its skip message.
const (
	NeedsRoot     = "root"
	NeedsAppArmor = "AppArmor"
	NeedsCgroupV1 = "pids on cgroup v1"
	NeedsCgroupV2 = "pids on cgroup v2"
	NeedsDebian   = "the debian root filesystem"
	NeedsMachine  = "the machine of make test-provision"
	NeedsVagrant  = "vagrant"
)

// NotInGuest lists what no guest of make test offers, so that a test which needs
// it runs only where the machine itself has it.
var NotInGuest = []string{NeedsCgroupV1, NeedsDebian, NeedsMachine}

// GuestEnv is the variable in which the guest's init names its architecture,
// and LacksEnv the one in which it names what was switched off on purpose.
const (
	GuestEnv = "WORKSHOP_GUEST"
	LacksEnv = "WORKSHOP_GUEST_LACKS"
)

// InGuest tells whether the test runs in the guest of make test-vm.
func InGuest() bool { return os.Getenv(GuestEnv) != "" }

// NotEmulated skips the test in a guest, which QEMU emulates and makes slow, where
// another run has all that the test needs: this machine, or the guest of another
// architecture. Name the architectures whose guests do run it.
func NotEmulated(t testing.TB, guests ...string) {
	t.Helper()
	Needs(t, "a machine that is not emulated", !InGuest() || slices.Contains(guests, runtime.GOARCH),
		"another run has all that this test needs")
}

// Patience is how long a test waits for what comes about, however busy the machine is
// that emulates the guest.
const Patience = 2 * time.Minute

// Needs skips the test where ok is false. what is a noun ("perl in PATH"), and
// fact is what was measured.
func Needs(t testing.TB, what string, ok bool, fact ...any) {
	t.Helper()
	if !ok {
		t.Skip(message(what, fact...))
	}
}

// Eventually waits until ok, and fails the test where it does not come about in that
// time. what is a sentence ("its child ends").
func Eventually(t testing.TB, within time.Duration, what string, ok func() bool) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < within; time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not within %v: %s", within, what)
}

// Root skips the test without user ID 0.
func Root(t testing.TB) {
	t.Helper()
	guestHas(t, NeedsRoot, os.Geteuid() == 0, fmt.Sprintf("the user ID is %d", os.Geteuid()))
}

// AppArmor skips the test where the kernel does not run AppArmor.
func AppArmor(t testing.TB) {
	t.Helper()
	ok, fact := appArmor()
	guestHas(t, NeedsAppArmor, ok, fact)
}

// CgroupV2 skips the test where no cgroup2 mount offers the pids controller.
func CgroupV2(t testing.TB) {
	t.Helper()
	ok, fact := cgroupV2()
	guestHas(t, NeedsCgroupV2, ok, fact)
}

// CgroupV1 skips the test where the pids controller is on no v1 hierarchy. The
// guest has cgroup v2 only.
func CgroupV1(t testing.TB) {
	t.Helper()
	ok, fact := cgroupV1()
	Needs(t, NeedsCgroupV1, ok, fact)
}

// guestHas is Needs for what the guest is there to offer: its absence in there
// is a failure. Where it was switched off on purpose the test runs all the same
// and logs what it asked for, to show that it can fail.
func guestHas(t testing.TB, what string, ok bool, fact string) {
	t.Helper()
	switch {
	case ok || !InGuest():
		Needs(t, what, ok, fact)
	case os.Getenv(LacksEnv) == what:
		t.Log(message(what, fact))
	default:
		t.Fatal(message(what, fact))
	}
}

func message(what string, fact ...any) string {
	m := "needs " + what
	if len(fact) > 0 {
		m += ": " + fmt.Sprint(fact...)
	}
	return m
}

func appArmor() (bool, string) {
	const file = "/sys/module/apparmor/parameters/enabled"
	b, err := os.ReadFile(file)
	if err != nil {
		return false, err.Error()
	}
	value := strings.TrimSpace(string(b))
	return value == "Y", file + " is " + value
}

func cgroupV2() (bool, string) {
	mounts, err := mountinfo.GetMounts(mountinfo.FSTypeFilter("cgroup2"))
	if err != nil {
		return false, err.Error()
	}
	if len(mounts) == 0 {
		return false, "no cgroup2 mount"
	}
	file := filepath.Join(mounts[0].Mountpoint, "cgroup.controllers")
	b, err := os.ReadFile(file)
	if err != nil {
		return false, err.Error()
	}
	controllers := strings.Fields(string(b))
	return slices.Contains(controllers, "pids"), fmt.Sprintf("%s has %q", file, controllers)
}

func cgroupV1() (bool, string) {
	mounts, err := mountinfo.GetMounts(mountinfo.FSTypeFilter("cgroup"))
	if err != nil {
		return false, err.Error()
	}
	for _, m := range mounts {
		if slices.Contains(strings.Split(m.VFSOptions, ","), "pids") {
			return true, "pids on " + m.Mountpoint
		}
	}
	return false, fmt.Sprintf("pids on none of %d cgroup mounts", len(mounts))
}
