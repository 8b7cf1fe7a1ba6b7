package attack_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TestRootfsInTheWay: a root filesystem has a marker of its own, and the directory
// that the escape would make.
func TestRootfsInTheWay(t *testing.T) {
	testenv.Root(t)
	want, err := attack.Marker()
	if err != nil {
		t.Fatal(err)
	}
	tools, err := rootfs.Tools()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{".escape", "run/workshop"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "run/workshop/marker"), []byte("another\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, allowed := range map[string]bool{"host-file": false, "chroot-escape": true} {
		r, err := attack.Against(t.Context(), name, container.Container{Steps: []*steps.Step{steps.Chroot}, Rootfs: dir, Tools: tools})
		if err != nil || r.Allowed != allowed || !r.Tried() {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if read := r.Facts[attack.MarkerFact]; (read == want) != allowed {
			t.Errorf("%s read %q", name, read)
		}
	}
}

// TestEscapeSays: what came of the escape, where it left nothing and where it left
// for nothing.
func TestEscapeSays(t *testing.T) {
	testenv.Root(t)
	tools, err := rootfs.Tools()
	if err != nil {
		t.Fatal(err)
	}
	user := steps.Spec{Namespaces: steps.NamespaceSettings{Kinds: []string{"user"}}}
	for _, test := range []struct {
		spec  steps.Spec
		steps []*steps.Step
		want  string
	}{
		{steps.Spec{}, nil, "This is the host's root already"},
		{steps.Spec{}, []*steps.Step{steps.Chroot}, "The attack succeeded: leave"},
		{user, []*steps.Step{steps.Namespaces, steps.Chroot}, "The attack left, and gained little: it may read there what"},
		{user, []*steps.Step{steps.Namespaces}, "The attack was stopped: it may read there what"},
		{steps.Spec{}, []*steps.Step{steps.PivotRoot}, "The attack was stopped: every call succeeded"},
	} {
		r, err := attack.Against(t.Context(), "chroot-escape", container.Container{
			Steps: test.steps, Spec: test.spec, Rootfs: t.TempDir(), Tools: tools,
		})
		if says := attack.ChrootEscape.Verdict(r); err != nil || !strings.HasPrefix(says, test.want) {
			t.Errorf("with %v: %q, %v; want %q", steps.Names(test.steps), says, err, test.want)
		}
		// Where every call succeeded, it is the mount table that shows why.
		nowhere := slices.Contains(test.steps, steps.PivotRoot)
		if got := strings.Contains(r.Why, "all that the process can reach"); got != nowhere {
			t.Errorf("with %v: why %q", steps.Names(test.steps), r.Why)
		}
	}
}

// TestEscapeInShell: nobody tells a shell which root is the host's. The journals of what
// runs do, which root of a user namespace may not read; a root that hides a directory of
// that name is none.
func TestEscapeInShell(t *testing.T) {
	testenv.Root(t)
	tools, err := rootfs.Tools()
	if err != nil {
		t.Fatal(err)
	}
	hides := t.TempDir()
	if err := os.MkdirAll(filepath.Join(hides, "run/workshop"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		steps  []*steps.Step
		rootfs string
		kinds  string
		climbs bool
	}{
		{nil, "", "", false},
		{[]*steps.Step{steps.Namespaces}, "", "user", false},
		{[]*steps.Step{steps.Chroot}, t.TempDir(), "", true},
		{[]*steps.Step{steps.Namespaces, steps.Chroot}, hides, "user", true},
	} {
		c := container.Container{
			Steps: test.steps, Rootfs: test.rootfs, Tools: tools,
			Spec: steps.Spec{Namespaces: steps.NamespaceSettings{Kinds: []string{test.kinds}}},
		}
		attack.SelfAs(&c, "probe", attack.ChrootEscape.Name, "--report")
		said, err := testroot.Said(t, func(w *os.File) error {
			c.Stdout = w
			_, err := c.Run(t.Context())
			return err
		})
		climbs := strings.Contains(said, "chroot(")
		if err != nil || climbs != test.climbs || !climbs && !strings.Contains(said, `"allowed":true`) {
			t.Errorf("with %v: %v, it said %s", steps.Names(test.steps), err, said)
		}
	}
}
