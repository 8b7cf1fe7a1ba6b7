package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
)

// takeEnv names what this process takes from itself before it calls the doctor,
// and hostEnv the mount namespace in which that would hurt others.
const (
	takeEnv = "DOCTOR_TEST_TAKE"
	hostEnv = "DOCTOR_TEST_HOST"
)

// outcome is what the doctor says of a lesson, and what the lesson does.
type outcome struct {
	Lesson
	Said     string // "" where its container runs
	SaidLess string // the same, without the layers that the doctor leaves out
}

func TestMain(m *testing.M) {
	if what := os.Getenv(takeEnv); what != "" {
		os.Exit(talkFromInside(what))
	}
	os.Exit(m.Run())
}

// talkFromInside takes something away and prints what the doctor finds and what
// then runs.
func talkFromInside(what string) int {
	if ns, _ := os.Readlink("/proc/self/ns/mnt"); what != "done" && ns == os.Getenv(hostEnv) {
		fmt.Fprintln(os.Stderr, "these are the mounts of the host")
		return 1
	}
	if err := takes[what](); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var list []outcome
	for _, l := range Judge(Measure()).Lessons {
		o := outcome{Lesson: l, Said: said(l.Number, nil)}
		if o.SaidLess = o.Said; l.Without != nil {
			o.SaidLess = said(l.Number, l.Without)
		}
		list = append(list, o)
	}
	if err := json.NewEncoder(os.Stdout).Encode(list); err != nil {
		return 1
	}
	return 0
}

func said(lesson int, without []string) string {
	if err := runTrue(context.Background(), lesson, without); err != nil {
		return err.Error()
	}
	return ""
}

// takes are what can be taken from a process with mounts of its own.
var takes = map[string]func() error{
	"done":             func() error { return nil },
	"nothing":          func() error { return nil },
	"cgroups":          func() error { return unix.Unmount("/sys/fs/cgroup", unix.MNT_DETACH) },
	"cgroup writes":    readOnlyCgroups,
	"writes to /run":   func() error { return readOnly("/run") },
	"root filesystems": func() error { return os.Setenv("WORKSHOP_ROOTFS", "/proc/self/fdinfo") },
	"/proc":            func() error { return unix.Unmount("/proc", unix.MNT_DETACH) },
	"root":             func() error { return syscall.Setuid(nobody) },
	"CAP_SYS_CHROOT":   func() error { return dropAndAgain(unix.CAP_SYS_CHROOT) },
	"CAP_SETPCAP":      func() error { return dropAndAgain(unix.CAP_SETPCAP) },
	"CAP_SYS_ADMIN":    func() error { return dropAndAgain(unix.CAP_SYS_ADMIN) },
}

const nobody = 65534

func readOnlyCgroups() error {
	s, err := cgroup.Look(os.Getpid())
	if err != nil {
		return err
	}
	for _, m := range s.Mounts {
		if err := unix.Mount("", m.At, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""); err != nil {
			return err
		}
	}
	return nil
}

func readOnly(dir string) error {
	if err := unix.Mount(dir, dir, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return err
	}
	return unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, "")
}

// dropAndAgain executes this program again, without a capability.
func dropAndAgain(capability uintptr) error {
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0); err != nil {
		return err
	}
	if err := os.Setenv(takeEnv, "done"); err != nil {
		return err
	}
	return syscall.Exec("/proc/self/exe", os.Args[:1], os.Environ())
}

// without asks the doctor in a process that lacks something.
func without(t *testing.T, what string) []outcome {
	t.Helper()
	ns, err := os.Readlink("/proc/self/ns/mnt")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe")
	cmd.Env = append(os.Environ(), takeEnv+"="+what, hostEnv+"="+ns)
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS} // which makes them private, too
	cmd.WaitDelay = time.Second
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("without %s: %v\n%s", what, err, errors.String())
	}
	var list []outcome
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return list
}

// TestAgreesWithTheLessons compares what the doctor says, without having run
// anything, with real runs of every lesson, on this machine and on worse ones.
func TestAgreesWithTheLessons(t *testing.T) {
	testroot.Busybox(t)
	here := stateOf(without(t, "nothing"), 8)
	for what, want := range map[string]string{ // of lessons 1 to 7; ? depends on the machine
		"nothing":          "???????",
		"cgroups":          "llllcll",
		"cgroup writes":    "llllcll",
		"writes to /run":   "ccccccc",
		"root filesystems": "rcccccc",
		"/proc":            "ccccccc",
		"CAP_SYS_CHROOT":   "rcrr?l?",
		"CAP_SETPCAP":      "?????c?",
		"CAP_SYS_ADMIN":    "ccccccc",
	} {
		t.Run("without "+what, func(t *testing.T) {
			list := without(t, what)
			for i, o := range list {
				agrees(t, o)
				if i < len(want) && want[i] != '?' && want[i] != o.State[0] {
					t.Errorf("lesson %d: %s, want %c; %q", o.Number, o.State, want[i], o.Facts)
				}
			}
			if got := stateOf(list, 8); got != Cannot && here == Cannot {
				t.Errorf("lesson 8 is %s here", got)
			}
		})
	}
}

func stateOf(list []outcome, number int) State {
	i := slices.IndexFunc(list, func(o outcome) bool { return o.Number == number })
	if i < 0 {
		return Cannot
	}
	return list[i].State
}

// agrees compares a state with what the lesson's container does.
func agrees(t *testing.T, o outcome) {
	t.Helper()
	switch {
	case o.State == Ready && o.Said != "", o.State == Limited && o.SaidLess != "":
		t.Errorf("lesson %d is %s (without %v), and its container does not run: %s", o.Number, o.State, o.Without, o.SaidLess)
	case o.State == Cannot && o.Said == "":
		t.Errorf("lesson %d cannot run, and its container runs; %q", o.Number, o.Facts)
	case o.State == Limited && o.Without != nil && o.Said == "":
		t.Errorf("lesson %d runs with all its layers, and the doctor leaves out %v", o.Number, o.Without)
	}
}

func TestWithoutRoot(t *testing.T) {
	testroot.Busybox(t)
	for _, o := range without(t, "root") {
		if o.State == Ready || o.Said == "" {
			t.Errorf("lesson %d: %s, and its container said %q", o.Number, o.State, o.Said)
		}
		if !slices.Contains(o.Mend, "sudo workshop doctor") {
			t.Errorf("lesson %d: mend %q", o.Number, o.Mend)
		}
	}
}

// TestGuestIsReady is about machines as the lessons are for. The guest has no
// Debian, which a transcript of lesson 2 needs, and no bwrap and runc, as lesson 9
// does: make test-provision asks for all nine.
func TestGuestIsReady(t *testing.T) {
	testenv.AppArmor(t)
	testenv.CgroupV2(t)
	testroot.Busybox(t)
	r := Judge(Measure())
	r.Run(t.Context())
	for _, l := range r.Lessons {
		if !l.Ran || (l.State != Ready && l.Number != 2 && l.Number != 9) {
			t.Errorf("lesson %d: %s, ran: %v; %q", l.Number, l.State, l.Ran, l.Facts)
		}
	}
}

// TestRunHasTheLastWord lets a lesson fail that was found to be ready.
func TestRunHasTheLastWord(t *testing.T) {
	testenv.Root(t)
	t.Setenv("WORKSHOP_ROOTFS", t.TempDir())
	r := Judge(good()) // which has root filesystems
	r.Run(t.Context())
	if got := states(r)[:3]; got != "rcc" {
		t.Errorf("states %s, want rcc; %+v", got, r.Findings)
	}
}

// TestRunStops: what a signal stops says nothing of the lessons.
func TestRunStops(t *testing.T) {
	testenv.Root(t)
	report := Judge(Measure())
	before := fmt.Sprintf("%+v", report)
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stopped)
	if err := report.Run(ctx); !errors.Is(err, stopped) {
		t.Errorf("it ended with %v", err)
	}
	if after := fmt.Sprintf("%+v", report); after != before {
		t.Errorf("the report was\n%s\nand is\n%s", before, after)
	}
}
