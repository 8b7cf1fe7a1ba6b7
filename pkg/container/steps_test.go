package container_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TestStepsInAnyOrder: Run takes them in theirs, each once, and without those that
// another one of them replaces.
func TestStepsInAnyOrder(t *testing.T) {
	for _, list := range [][]*steps.Step{
		{steps.Capabilities, steps.PivotRoot, steps.ForkExec},
		{steps.Chroot, steps.Chroot},
		steps.UpTo(steps.PivotRoot.Lesson),
	} {
		out, code, err := output(t, testroot.Container(t, list...), "cat", "/etc/hostname")
		if out != "workshop-busybox\n" || code != 0 || err != nil {
			t.Errorf("%q: %q, code %d, %v", steps.Names(list), out, code, err)
		}
	}
}

// TestNoSuchStep: the child knows the steps of this program by their names.
func TestNoSuchStep(t *testing.T) {
	c := container.Container{Steps: []*steps.Step{{Name: "chrot"}}, Args: []string{"true"}}
	if _, err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), `did you mean "chroot"`) {
		t.Error(err)
	}
}

// TestNoRootfs: a root that is not there is named before anything is started.
func TestNoRootfs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		rootfs string
		want   error
	}{
		{"", container.ErrNoRootfs},
		{"/no/such/directory", fs.ErrNotExist},
		{file, unix.ENOTDIR},
	} {
		c := testroot.Container(t, steps.Chroot)
		c.Rootfs, c.Args = test.rootfs, []string{"true"}
		code, err := c.Run(t.Context())
		if code != container.ExitFailed || !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.rootfs) {
			t.Errorf("%q: code %d, %v", test.rootfs, code, err)
		}
	}
}
