package container

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Where the root filesystem of a run is mounted, in the mount namespace of its
// supervisor. Every run has the same two paths: no other process sees its mounts.
const (
	Root    = journal.Dir + "/root"
	scratch = journal.Dir + "/scratch"
)

// ownMounts gives this thread a mount namespace of its own, so that every mount
// of the run ends with it; see mount_namespaces(7).
func ownMounts() error {
	// CLONE_FS too: a thread that shares its root with others may not leave.
	if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
		return &steps.Error{Op: "unshare", Path: "CLONE_NEWNS", Err: err}
	}
	if err := topRoot(); err != nil {
		return err
	}
	// Private: nothing that is mounted here reaches the host.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return &steps.Error{Op: "mount --make-rprivate", Path: "/", Err: err}
	}
	return nil
}

// mountRoot mounts an overlay on Root: what is written goes to memory, so
// rm -rf / costs nothing. See the kernel's Documentation/filesystems/overlayfs.rst.
func mountRoot(lower ...string) error {
	for _, dir := range []string{scratch, Root} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount("tmpfs", scratch, "tmpfs", 0, "mode=755,size=50%"); err != nil {
		return &steps.Error{Op: "mount tmpfs", Path: scratch, Err: err}
	}
	upper, work := scratch+"/upper", scratch+"/work"
	// The umask is the user's, and the mode of upper is that of / in the container.
	if err := errors.Join(os.Mkdir(upper, 0o755), os.Chmod(upper, 0o755), os.Mkdir(work, 0o755)); err != nil {
		return err
	}
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", lowerdir(lower), upper, work)
	err := unix.Mount("overlay", Root, "overlay", 0, options)
	if errors.Is(err, unix.ENODEV) {
		return &steps.Unsupported{What: "mount overlay: this kernel has no overlayfs (ENODEV)", Instead: "modprobe overlay", Err: err}
	}
	if err != nil {
		return &steps.Error{Op: "mount overlay", Path: Root, Err: err}
	}
	return nil
}

// lowerdir joins the directories, the topmost first.
func lowerdir(dirs []string) string {
	escape := strings.NewReplacer(`\`, `\\`, `:`, `\:`, `,`, `\,`)
	var escaped []string
	for _, d := range dirs {
		if d != "" {
			escaped = append(escaped, escape.Replace(d))
		}
	}
	return strings.Join(escaped, ":")
}

const guardEntry = "guard"

// unrecorded is the error of what was not made, for it could not be written down.
type unrecorded struct{ error }

func (e *unrecorded) Unwrap() error { return e.error }

// makeGuard makes the cgroup that every run is born into, so that all of it can
// be found and ended.
func makeGuard(j *journal.Journal) (tree cgroup.Tree, dir string, err error) {
	if tree, err = cgroup.Find("pids"); err != nil {
		return tree, "", err
	}
	if tree.Version == 2 && strings.HasPrefix(tree.Root, "/..") {
		return tree, "", fmt.Errorf("the cgroup tree at %s begins above our cgroup namespace, and no process comes there; "+
			"mount the one of the namespace: mount -t cgroup2 cgroup2 %s: %w", tree.Mount, tree.Mount, unix.ENOENT)
	}
	if tree.Version == 1 { // see fromGroup
		if _, err := tree.Of(unix.Gettid(), "pids"); err != nil {
			return tree, "", err
		}
	}
	if err := j.Record(guardEntry, tree.Path(j.ID)); err != nil {
		return tree, "", &unrecorded{err}
	}
	if dir, err = tree.Make(j.ID, "pids"); err != nil {
		return tree, "", err
	}
	if err := cgroup.Write(dir+"/pids.max", strconv.Itoa(steps.GuardPids)); err != nil {
		return tree, "", err // it has no limit, and takes in nobody
	}
	return tree, dir, nil
}

// removeGuard ends what is left of a run. The parent group goes with the last one.
func removeGuard(dir string) error {
	if filepath.Base(filepath.Dir(dir)) != cgroup.Parent { // a bad line must not end the machine
		return fmt.Errorf("%s is no group of workshop, and stays", dir)
	}
	if err := cgroup.Destroy(dir); err != nil {
		return err
	}
	_ = unix.Rmdir(filepath.Dir(dir)) // busy while others run
	return nil
}
