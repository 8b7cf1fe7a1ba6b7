package attack_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
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
	}
}

// TestEscapeInShellOfUserNamespace: nobody tells a shell which root is the host's, and
// its root may not read the journals that say so.
func TestEscapeInShellOfUserNamespace(t *testing.T) {
	testenv.Root(t)
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	c := container.Container{
		Steps:  []*steps.Step{steps.Namespaces},
		Spec:   steps.Spec{Namespaces: steps.NamespaceSettings{Kinds: []string{"user"}}},
		Stdout: in,
	}
	attack.SelfAs(&c, "probe", attack.ChrootEscape.Name, "--report")
	if code, err := c.Run(t.Context()); err != nil || code != 0 {
		t.Errorf("exit code %d, %v", code, err)
	}
	in.Close()
	said, err := io.ReadAll(out)
	if err != nil || !strings.Contains(string(said), `"allowed":true`) || strings.Contains(string(said), "mkdir") {
		t.Errorf("it said %s, %v", said, err)
	}
}
