package steps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
)

// TestVerifySees: this process took no step, and each layer must miss its own.
func TestVerifySees(t *testing.T) {
	none := []string{"none"}
	outside := t.TempDir()
	for _, test := range []struct {
		name   string
		verify func(*Spec, *Run) error
		spec   Spec
		says   string // "" where it must be content
	}{
		{"the root is this one", Chroot.Verify, Spec{Root: "/"}, ""},
		{"another root", Chroot.Verify, Spec{Root: outside}, "/ is not " + outside},
		{"the old root", PivotRoot.Verify, Spec{Root: "/"}, "the host's root is still mounted at /"},
		{"another root and the old one", PivotRoot.Verify, Spec{Root: outside}, "/ is not " + outside},

		{"no namespace is new", Namespaces.Verify, Spec{Namespaces: NamespaceSettings{Kinds: none}}, ""},
		{"one is the old one", Namespaces.Verify, Spec{Namespaces: NamespaceSettings{Kinds: []string{"uts"}}}, "ns/uts is the namespace of"},
		{"the mounts are the old ones", Namespaces.Verify, Spec{Steps: []string{"pivot-root"}, Namespaces: NamespaceSettings{Kinds: none}}, "ns/mnt is the namespace of"},
		{"not the joined one", Namespaces.Verify, Spec{Namespaces: NamespaceSettings{Kinds: none, Join: []string{"uts=/proc/self/ns/ipc"}}}, "ns/uts is not the namespace of /proc/self/ns/ipc"},
		{"root is root", Namespaces.Verify, Spec{Namespaces: NamespaceSettings{Kinds: none, User: true}}, "uid_map reads"},
		{"no proc", Namespaces.Verify, Spec{Root: outside, Steps: []string{"chroot"}, Namespaces: NamespaceSettings{Kinds: none}}, "no proc is mounted on " + outside + "/proc"},

		{"no filter is wanted", Seccomp.Verify, Spec{}, ""},
		{"a filter", Seccomp.Verify, Spec{Seccomp: SeccompSettings{Filters: []seccomp.Filter{{}}}}, "the child "}, // of a container it has one
	} {
		t.Run(test.name, func(t *testing.T) {
			says(t, test.verify(&test.spec, &Run{PID: os.Getpid()}), test.says)
		})
	}
}

// says compares an error with a part of its text, "" for none.
func says(t *testing.T, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// TestVerifyCgroup reads groups of a tree that is none: files in a directory.
func TestVerifyCgroup(t *testing.T) {
	tree := cgroup.Tree{Version: 2, Mount: t.TempDir(), Root: "/"}
	group, err := tree.Of(os.Getpid(), "pids")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(group, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, birth, max, says string }{
		{"it holds", group, "20", ""},
		{"another limit", group, "32", "pids.max reads 32, not 20"},
		{"no limit", group, "max", "pids.max reads max, not 20"},
		{"another group", group + "/limited", "20", "the child is in " + group},
	} {
		t.Run(test.name, func(t *testing.T) {
			for file, text := range map[string]string{"pids.current": "1", "pids.max": test.max, "pids.events": "max 0"} {
				if err := os.WriteFile(filepath.Join(group, file), []byte(text+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			spec := &Spec{Cgroup: CgroupSettings{PidsMax: "20"}}
			says(t, Cgroup.Verify(spec, &Run{PID: os.Getpid(), Tree: tree, BirthGroup: test.birth}), test.says)
		})
	}
}

// TestVerifyCountsFilters: a thread with one filter, where one is wanted and two.
func TestVerifyCountsFilters(t *testing.T) {
	_, before, err := seccomp.Status(os.Getpid())
	testenv.Needs(t, "Seccomp_filters in /proc/PID/status", err == nil && before >= 0, err)
	const ret = unix.BPF_RET | unix.BPF_K
	allow := seccomp.Filter{Code: seccomp.Program{{Code: ret, K: unix.SECCOMP_RET_ALLOW}}}
	one := &Spec{Seccomp: SeccompSettings{Filters: []seccomp.Filter{allow}}}
	two := &Spec{Seccomp: SeccompSettings{Filters: []seccomp.Filter{allow, allow}}}
	err = thread.Do(func() error {
		if err := filterCalls(one); err != nil {
			return err
		}
		r := &Run{PID: unix.Gettid()}
		says(t, Seccomp.Verify(one, r), "")
		says(t, Seccomp.Verify(two, r), "and should have")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPivotRootAmongSharedMounts: the supervisor's mounts are private already, and
// those of a program that imports the step alone may be as systemd leaves them.
func TestPivotRootAmongSharedMounts(t *testing.T) {
	testenv.Root(t)
	spec := &Spec{Root: t.TempDir()}
	err := thread.Do(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
			return err
		}
		// Private first: what is shared from then on has no peer on the host.
		for _, kind := range []uintptr{unix.MS_PRIVATE, unix.MS_SHARED} {
			if err := unix.Mount("", "/", "", unix.MS_REC|kind, ""); err != nil {
				return err
			}
		}
		return PivotRoot.InChild(spec)
	})
	if err != nil {
		t.Error(err)
	}
}
