package attack_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// hiddenBy lists the probes of the namespaces: the kind that hides, and the
// errno, which is "" where every call succeeds and the host feels nothing.
var hiddenBy = map[string]struct{ kind, errno string }{
	"host-processes":    {"pid", "ESRCH"},
	"kill-host-process": {"pid", "ESRCH"},
	"rename-host":       {"uts", ""},
	"shared-memory":     {"ipc", "EINVAL"},
	"message-queue":     {"ipc", "ENOENT"},
	"host-loopback":     {"net", "ECONNREFUSED"},
	"abstract-socket":   {"net", "ECONNREFUSED"},
	"host-cgroup":       {"cgroup", ""},
	"host-uptime":       {"time", ""},
	"mount-outside":     {"mnt", ""},
}

// TestNamespaceProbes is S7 and S8, and the calibration: each attack succeeds
// without the layer and with every kind but its own, and fails with that alone.
func TestNamespaceProbes(t *testing.T) {
	for name, want := range hiddenBy {
		t.Run(name, func(t *testing.T) {
			if want.kind != "cgroup" {
				testenv.NotEmulated(t)
			}
			others := slices.DeleteFunc(steps.NamespaceKinds(), func(k string) bool {
				return k == "user" || k == want.kind
			})
			against := func(settings steps.NamespaceSettings, list ...*steps.Step) attack.Result {
				c := testroot.Container(t, append(list, steps.Chroot)...)
				c.Spec.Namespaces = settings
				r, err := attack.Against(t.Context(), name, c)
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			if r := against(steps.NamespaceSettings{}); !r.Allowed {
				t.Errorf("without the layer: %+v", r)
			}
			if r := against(steps.NamespaceSettings{Kinds: others}, steps.Namespaces); !r.Allowed {
				t.Errorf("with %v: %+v", others, r)
			}
			kinds := []string{want.kind}
			if r := against(steps.NamespaceSettings{Kinds: kinds}, steps.Namespaces); r.Allowed || r.Errno != want.errno || r.Reason == "" {
				t.Errorf("with %s alone: %+v, want the errno %q", want.kind, r, want.errno)
			}
			if r := against(steps.NamespaceSettings{}, steps.Namespaces); r.Allowed || r.Why == "" {
				t.Errorf("with the lesson's default: %+v", r)
			}
		})
	}
}

// TestKillByNumber: the host's /proc is there, and what it shows has no number in
// a pid namespace of one's own.
func TestKillByNumber(t *testing.T) {
	testenv.Root(t)
	pid := steps.Spec{Namespaces: steps.NamespaceSettings{Kinds: []string{"pid"}}}
	r, err := attack.Against(t.Context(), "kill-host-process", container.Container{Steps: []*steps.Step{steps.Namespaces}, Spec: pid})
	if err != nil || r.Allowed || !r.Tried() || r.Errno != "ESRCH" || r.Facts[attack.DecoyFact] == "" {
		t.Errorf("%+v, %v", r, err)
	}
	if said, err := attack.LivesOn(); said == nil || err != nil {
		t.Errorf("a process that lives counts as killed: %v", err)
	}
}

// TestNotForOthers: a scene that begins on the thread that clones the container is none
// for a container of somebody else.
func TestNotForOthers(t *testing.T) {
	for p, want := range map[*attack.Probe]bool{attack.Rename: false, attack.HostProcesses: true} {
		f, err := attack.Prepare(p, attack.Ask{})
		if (err == nil) != want {
			t.Errorf("%s: %v", p.Name, err)
		}
		if err == nil {
			f.End()
		}
	}
}

// TestUnreadableProc: that nothing is found in a /proc that cannot be read is no
// result.
func TestUnreadableProc(t *testing.T) {
	r := probeWith(t, "host-processes", steps.SeccompSettings{Rules: []string{"errno=EPERM:openat"}}, "seccomp")
	if r.Allowed || !r.Tried() || r.Errno != "EPERM" || !strings.HasSuffix(r.Why, "the host's own: so something else stopped it.") {
		t.Errorf("%+v", r)
	}
}

// TestHostnameStays: the probe that renames never renames this machine.
func TestHostnameStays(t *testing.T) {
	testenv.Root(t)
	before, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	r, err := attack.Against(t.Context(), "rename-host", container.Container{})
	if err != nil || !r.Allowed {
		t.Errorf("%+v, %v", r, err)
	}
	if after, err := os.Hostname(); after != before || err != nil {
		t.Errorf("the hostname was %q and is %q (%v)", before, after, err)
	}
}

// TestSceneEnds: the process that stands for one of the host ends too where its
// container never began.
func TestSceneEnds(t *testing.T) {
	testenv.Root(t)
	for _, name := range []string{"host-processes", "kill-host-process"} {
		if _, err := attack.Against(t.Context(), name, container.Container{Steps: []*steps.Step{steps.Chroot}}); !errors.Is(err, container.ErrNoRootfs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(lists) == 0 {
		t.Fatal(lists, err)
	}
	for _, list := range lists {
		if b, _ := os.ReadFile(list); len(b) > 0 { // a thread may have ended
			t.Errorf("still there: %s", b)
		}
	}
}

// TestTargetNeedsTheHost: inside of a container there is nothing to attack.
func TestTargetNeedsTheHost(t *testing.T) {
	for name := range hiddenBy {
		p, err := attack.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		if p.Scene == nil || name == "host-uptime" { // these only read
			continue
		}
		if r := attack.Try(p, io.Discard); r.Allowed || r.Errno != "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestChrootEscapeInUserNamespace is S5: every call of the escape succeeds, the
// root is the host's, and nothing of the host's root can be read there.
func TestChrootEscapeInUserNamespace(t *testing.T) {
	escape := func(user bool) attack.Result {
		c := testroot.Container(t, steps.Namespaces, steps.Chroot)
		c.Spec.Namespaces.Kinds = []string{"none"}
		c.Spec.Namespaces.User = user
		r, err := attack.Against(t.Context(), "chroot-escape", c)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	out, nobody := escape(false), escape(true)
	want, err := attack.Marker()
	if err != nil {
		t.Fatal(err)
	}
	if !out.Allowed || out.Facts[attack.MarkerFact] != want {
		t.Errorf("as root: %+v", out)
	}
	if nobody.Allowed || nobody.Errno != "EACCES" || nobody.Facts[attack.MarkerFact] != "" {
		t.Errorf("in a user namespace: %+v", nobody)
	}
	if nobody.Facts[attack.RootAfter] != out.Facts[attack.RootAfter] {
		t.Errorf("it did not reach the host's root: %v", nobody.Facts)
	}
	last := nobody.Calls[len(nobody.Calls)-1]
	for _, c := range nobody.Calls {
		if c.Errno != "" && c != last {
			t.Errorf("%s failed with %s", c.Call, c.Errno)
		}
	}
}
