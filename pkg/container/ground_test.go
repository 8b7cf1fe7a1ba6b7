package container

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TestTopRoot: a directory is above the root of a chroot, also where that is on the mount
// of what is above, and where it is a bind mount of it.
func TestTopRoot(t *testing.T) {
	testenv.Root(t)
	dir := t.TempDir()
	top := filepath.Join(dir, "top")
	if err := errors.Join(os.Mkdir(dir+"/proc", 0o755), os.Mkdir(top, 0o755), os.Mkdir(top+"/proc", 0o755)); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func() error
		want   error
	}{
		"none":        {func() error { return nil }, nil},
		"a directory": {func() error { return unix.Chroot(top) }, steps.ErrUnsupported},
		"a bind mount": {func() error {
			return errors.Join(unix.Mount(dir, top, "", unix.MS_BIND, ""), unix.Chroot(top))
		}, steps.ErrUnsupported},
	} {
		err := thread.Do(func() error {
			if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
				return err
			}
			if err := errors.Join(unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""), test.change(), unix.Chdir("/")); err != nil {
				return err
			}
			return topRoot()
		})
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}
