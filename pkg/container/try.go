package container

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TryGuard makes the cgroup that a run would be in, and removes it again.
func TryGuard() error {
	j, err := journal.Create()
	if err != nil {
		return err
	}
	_, _, err = makeGuard(j)
	return errors.Join(err, j.Close(undo))
}

// TryRoot mounts what a run would mount on a root filesystem, where nobody else
// sees it. With "" an empty directory stands for the root filesystem.
func TryRoot(rootfs string) error {
	return thread.Do(func() error {
		if err := ownMounts(); err != nil {
			return err
		}
		if rootfs == "" {
			rootfs = journal.Dir + "/lower"
			if err := unix.Mount("tmpfs", journal.Dir, "tmpfs", 0, "mode=755"); err != nil {
				return &steps.Error{Op: "mount tmpfs", Path: journal.Dir, Err: err}
			}
			if err := os.Mkdir(rootfs, 0o755); err != nil {
				return err
			}
		}
		return mountRoot(rootfs)
	})
}
