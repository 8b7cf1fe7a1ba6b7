package attack_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// probeWith runs a probe on the host's root with the named steps.
func probeWith(t *testing.T, probe string, settings steps.SeccompSettings, names ...string) attack.Result {
	t.Helper()
	testenv.Root(t)
	list, err := steps.Only(names)
	if err != nil {
		t.Fatal(err)
	}
	r, err := attack.Against(t.Context(), probe, container.Container{
		Steps: list, Spec: steps.Spec{Seccomp: settings},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ofSeccomp lists the probes that a filter stops.
func ofSeccomp() []*attack.Probe {
	return slices.DeleteFunc(slices.Clone(attack.All()), func(p *attack.Probe) bool {
		return p.Stops != "seccomp" || p == attack.ForeignABI && runtime.GOARCH != "amd64"
	})
}

// TestSeccompProbes is the calibration: each call comes through without a
// filter, with every capability and with the default ones, and none comes
// through the lesson's default filter.
func TestSeccompProbes(t *testing.T) {
	if len(ofSeccomp()) < 11 {
		t.Fatal("too few probes")
	}
	for _, p := range ofSeccomp() {
		t.Run(p.Name, func(t *testing.T) {
			if p != attack.ForeignABI {
				testenv.NotEmulated(t, "arm64") // whose calls have other numbers
			}
			for _, names := range [][]string{{"fork-exec"}, {"capabilities"}} {
				if r := probeWith(t, p.Name, steps.SeccompSettings{}, names...); !r.Allowed {
					t.Errorf("with %v and no filter: %+v", names, r)
				}
			}
			r := probeWith(t, p.Name, steps.SeccompSettings{}, "capabilities", "seccomp")
			if r.Allowed || r.Errno == "" && !strings.Contains(r.Why, "Seccomp is 2") {
				t.Errorf("with the default filter: %+v", r)
			}
		})
	}
}

// TestSeccompProbesSeeTheFilter: it is the filter that stopped the call, for its
// own errno comes back; also where the mistake of this call, or of another probe's,
// would have given the same.
func TestSeccompProbesSeeTheFilter(t *testing.T) {
	calls := map[string]string{
		"mkdir": "mkdirat", "mount-call": "mount", "perf-event": "perf_event_open", "vsock": "socket",
		"set-clock": "settimeofday", "open-by-handle": "open_by_handle_at",
	}
	for _, p := range append(ofSeccomp(), attack.SetClock, attack.Reboot, attack.OpenHandle) {
		if p == attack.ForeignABI {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			testenv.NotEmulated(t, "arm64") // whose calls have other numbers
			call := cmp.Or(calls[p.Name], p.Name)
			free := probeWith(t, p.Name, steps.SeccompSettings{}, "fork-exec")
			seesTheFilter(t, p.Name, call, cmp.Or(free.Calls[0].Errno, "EPERM"))
			for _, errno := range []string{"EXFULL", "EBADF"} {
				t.Run(errno, func(t *testing.T) {
					testenv.NotEmulated(t)
					seesTheFilter(t, p.Name, call, errno)
				})
			}
		})
	}
}

func seesTheFilter(t *testing.T, probe, call, errno string) {
	t.Helper()
	r := probeWith(t, probe, steps.SeccompSettings{Rules: []string{"errno=" + errno + ":" + call}}, "seccomp")
	if r.Allowed || r.Errno != errno || r.Note != "" {
		t.Errorf("%+v", r)
	}
	r = probeWith(t, probe, steps.SeccompSettings{Rules: []string{"notify=" + errno + ":" + call}}, "seccomp")
	if r.Allowed || r.Errno != errno {
		t.Errorf("where the supervisor answers: %+v", r)
	}
}

// TestFilterOfArguments: a filter may give the errno of the mistake for the arguments
// that the probe passes, for others, or for what is not known of them.
func TestFilterOfArguments(t *testing.T) {
	for _, test := range []struct {
		probe, call, errno, op string
		index, value           int
		allowed                bool
		note                   string
	}{
		{"unshare", "unshare", "22", "SCMP_CMP_EQ", 0, 1, false, ""},
		{"unshare", "unshare", "22", "SCMP_CMP_EQ", 0, 2, true, "on purpose"},
		{"unshare", "unshare", "22", "SCMP_CMP_EQ", 5, 0, false, ""},
		{"vsock", "socket", "22", "SCMP_CMP_EQ", 0, 40, false, ""},
		{"reboot", "reboot", "22", "SCMP_CMP_EQ", 2, 0, false, ""},
		{"set-clock", "settimeofday", "22", "SCMP_CMP_EQ", 0, 0, false, ""},
		{"set-clock", "settimeofday", "22", "SCMP_CMP_GT", 1, 1, true, "the filter's"},
		{"open-by-handle", "open_by_handle_at", "116", "SCMP_CMP_EQ", 2, unix.O_RDONLY | unix.O_CLOEXEC, false, ""},
		{"set-clock", "settimeofday", "1", "SCMP_CMP_GT", 1, 1, false, ""},
	} {
		file := filepath.Join(t.TempDir(), "profile.json")
		text := fmt.Sprintf(`{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": [%q], "action": "SCMP_ACT_ERRNO",
			"errnoRet": %s, "args": [{"index": %d, "value": %d, "op": %q}]}]}`, test.call, test.errno, test.index, test.value, test.op)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r := probeWith(t, test.probe, steps.SeccompSettings{Profile: file}, "seccomp")
		if r.Allowed != test.allowed || !strings.Contains(r.Note, test.note) || test.note == "" && r.Note != "" {
			t.Errorf("%+v: %+v", test, r)
		}
	}
}

// TestTriesTheCallAlone: that the call reaches the kernel's code is all that these
// measure. To do more with it takes a capability, or a file.
func TestTriesTheCallAlone(t *testing.T) {
	for _, p := range []*attack.Probe{attack.Keyctl, attack.MountCall, attack.BPF, attack.PerfEvent, attack.Userfaultfd} {
		if !strings.HasPrefix(p.Tries, "call ") {
			t.Errorf("%s claims more than the call: %s", p.Name, p.Tries)
		}
	}
}

// TestForeignABI is the hole: a filter that kills mkdir, without and with the
// guard. The directory is really made.
func TestForeignABI(t *testing.T) {
	testenv.Needs(t, "amd64", runtime.GOARCH == "amd64", runtime.GOARCH)
	rules := []string{"kill:mkdir,mkdirat"}
	r := probeWith(t, "foreign-abi", steps.SeccompSettings{Rules: rules, ForeignABI: true}, "seccomp")
	if !r.Allowed {
		t.Errorf("without the guard: %+v", r)
	}
	r = probeWith(t, "foreign-abi", steps.SeccompSettings{Rules: rules}, "seccomp")
	if r.Allowed || !strings.Contains(r.Reason, "SIGSYS") {
		t.Errorf("with the guard: %+v", r)
	}
	// A filter that has the number of one of them on its list is no guard.
	for _, call := range []string{"getpid", "pwritev"} {
		settings := steps.SeccompSettings{Rules: []string{"errno=EPERM:" + call}, ForeignABI: true}
		if r := probeWith(t, "foreign-abi", settings, "seccomp"); !r.Allowed {
			t.Errorf("without the guard, and without %s: %+v", call, r)
		}
	}
	settings := steps.SeccompSettings{Rules: []string{"errno=EPERM:getpid,pwritev"}, ForeignABI: true}
	if r := probeWith(t, "foreign-abi", settings, "seccomp"); r.Allowed || r.Errno != "EPERM" {
		t.Errorf("without the guard, and with both their numbers forbidden: %+v", r)
	}
	if left, err := filepath.Glob(".foreign-*"); err != nil || len(left) > 0 {
		t.Errorf("it is still there: %v, %v", left, err)
	}
	if r := probeWith(t, "mkdir", steps.SeccompSettings{Rules: rules, ForeignABI: true}, "seccomp"); r.Allowed {
		t.Errorf("without the guard the native call must be killed all the same: %+v", r)
	}
}

// TestEscapeStoppedByRule is S5's variant: chroot alone, and the escape fails
// for the filter refuses the second chroot.
func TestEscapeStoppedByRule(t *testing.T) {
	testenv.Root(t)
	dir, err := rootfs.Find("")
	testenv.Needs(t, "a root filesystem", err == nil, err)
	tools, err := rootfs.Tools()
	if err != nil {
		t.Fatal(err)
	}
	escape := func(names ...string) attack.Result {
		list, err := steps.Only(names)
		if err != nil {
			t.Fatal(err)
		}
		c := container.Container{Steps: list, Rootfs: dir, Tools: tools}
		c.Spec.Seccomp.Rules = []string{"errno=EPERM:chroot"}
		r, err := attack.Against(t.Context(), "chroot-escape", c)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := escape("chroot"); !r.Allowed {
		t.Errorf("chroot alone: %+v", r)
	}
	if r := escape("chroot", "seccomp"); r.Allowed || r.Errno != "EPERM" {
		t.Errorf("chroot and the rule: %+v", r)
	}
}

// TestWhyCountsFilters: one filter has nothing beside it, and of several the strictest
// answer counts.
func TestWhyCountsFilters(t *testing.T) {
	for _, test := range []struct{ mode, filters, want string }{
		{"0", "0", "/proc/7/status: Seccomp is 0, so something else stopped it."},
		{"2", "1", "/proc/7/status: Seccomp is 2 (filter), with one filter."},
		{"2", "2", "/proc/7/status: Seccomp is 2 (filter), with 2 filters; the strictest answer counts."},
	} {
		status := []observe.Field{{Name: "Seccomp", Value: test.mode}, {Name: "Seccomp_filters", Value: test.filters}}
		got := attack.Mkdir.Why(attack.View{Snapshot: &observe.Snapshot{PID: 7, Status: status}}, attack.Result{})
		if got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
