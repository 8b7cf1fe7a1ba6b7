package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// inside tells whether a directory of a process, such as cwd, is below its root, by
// going up from the one until the other comes, or nothing more: names say nothing.
func inside(pid int, link string) (bool, error) {
	root, err := linked(pid, "root")
	if err != nil {
		return false, err
	}
	fd, err := unix.Open(fmt.Sprintf("/proc/%d/%s", pid, link), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false, err
	}
	defer func() { unix.Close(fd) }()
	for last := (id{}); ; {
		here, err := identity(fd, "")
		if err != nil || here == root {
			return err == nil, err
		}
		if here == last {
			return false, nil // the top
		}
		up, err := unix.Openat(fd, "..", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return false, err
		}
		unix.Close(fd)
		fd, last = up, here
	}
}

// id names a directory as the kernel does, whatever path leads there.
type id struct{ dev, ino, mount uint64 }

// linked is what a link in /proc/PID leads to.
func linked(pid int, link string) (id, error) {
	return identity(unix.AT_FDCWD, fmt.Sprintf("/proc/%d/%s", pid, link))
}

func identity(fd int, path string) (id, error) {
	var st unix.Statx_t
	err := unix.Statx(fd, path, unix.AT_EMPTY_PATH, unix.STATX_INO|unix.STATX_MNT_ID, &st)
	if err != nil {
		return id{}, &os.PathError{Op: "statx", Path: path, Err: err}
	}
	return id{unix.Mkdev(st.Dev_major, st.Dev_minor), st.Ino, st.Mnt_id}, nil
}

// ofTheKernel are filesystems that show the kernel, and hold nothing of the host's
// disks: a new mount of one may well be the same filesystem.
var ofTheKernel = []string{
	"proc", "sysfs", "cgroup", "cgroup2", "devpts", "devtmpfs", "mqueue", "securityfs", "debugfs", "tracefs",
	"bpf", "pstore", "configfs", "fusectl", "efivarfs", "hugetlbfs", "binfmt_misc", "selinuxfs", "nsfs",
}

// ofTheHost lists the mounts of a table that are mounts of the host: the same
// directory of the same filesystem. The mount that is the shell's root, own, is
// none of them.
func ofTheHost(table, host []*mountinfo.Info, own int) []*mountinfo.Info {
	var found []*mountinfo.Info
	for _, m := range table {
		same := slices.ContainsFunc(host, func(h *mountinfo.Info) bool {
			return h.Major == m.Major && h.Minor == m.Minor && h.Root == m.Root
		})
		if same && !slices.Contains(ofTheKernel, m.FSType) && m.ID != own {
			found = append(found, m)
		}
	}
	return found
}

// rootMount is the id of the mount whose root is the root of a process, or 0: a
// process in a chroot has a directory within a mount, and the host's own root is
// nobody else's.
func rootMount(s, host *observe.Snapshot) int {
	i := slices.IndexFunc(s.Mounts, func(m observe.Mount) bool {
		// Two mounts may lie on each other there; before Linux 5.8 nobody tells which it is.
		return m.Mountpoint == "/" && (s.Root.MountID == 0 || uint64(m.ID) == s.Root.MountID)
	})
	if i < 0 || s.Root.Same(host.Root) {
		return 0
	}
	return s.Mounts[i].ID
}

// procOf says whose processes the /proc inside shows: the pid namespace of the
// process that has the shell's number there, which must be the shell's own.
func procOf(pid int, s *observe.Snapshot) (shows bool, fact string) {
	pids := strings.Fields(s.Get("NSpid"))
	if len(pids) == 0 {
		return false, lang.T("its pid is not known")
	}
	inner := pids[len(pids)-1]
	proc := fmt.Sprintf("/proc/%d/root/proc", pid)
	var st unix.Statfs_t
	if err := unix.Statfs(proc, &st); err != nil || st.Type != unix.PROC_SUPER_MAGIC {
		return false, lang.T("nothing is mounted on /proc inside")
	}
	dir := proc + "/" + inner
	link, err := os.Readlink(dir + "/ns/pid")
	if errors.Is(err, fs.ErrNotExist) {
		return false, lang.F("/proc inside has no process %s, which the shell is", inner)
	}
	status, _ := os.ReadFile(dir + "/status")
	// From its own namespace a process has one number.
	own := slices.Contains(strings.Split(string(status), "\n"), "NSpid:\t"+inner)
	if err != nil || !own || link != s.Namespaces["pid"].Link {
		return false, lang.T("/proc inside shows another pid namespace: the one of who mounted it")
	}
	n, _ := filepath.Glob(proc + "/[0-9]*")
	return true, lang.F("/proc inside shows the pid namespace of the shell, which is process %s of %d", inner, len(n))
}

// group is the pids cgroup of a process.
type group struct {
	dir     string
	root    bool
	limited string // the group with the smallest limit: this one, or one above
	pids    cgroup.Pids
	err     error
}

// groupOf reads what limits a process from the kernel: the smallest pids.max of
// its group and of those above.
func groupOf(pid int) (g group) {
	g.pids.Max = cgroup.NoLimit
	tree, err := cgroup.Find("pids")
	if err == nil {
		g.dir, err = cgroup.Of(pid, "pids")
	}
	if err != nil {
		g.err = err
		return g
	}
	g.root = g.dir == tree.Mount
	for dir := g.dir; len(dir) > len(tree.Mount); dir = filepath.Dir(dir) {
		p, err := cgroup.ReadPids(dir)
		if err != nil {
			continue // version 2: a group whose parent does not pass the controller on
		}
		if p.Max != cgroup.NoLimit && (g.pids.Max == cgroup.NoLimit || p.Max < g.pids.Max) {
			g.limited, g.pids = dir, p
		}
	}
	return g
}

// groups lists the groups of the tree that has the pids controller.
func groups() map[string]bool {
	found := map[string]bool{}
	tree, err := cgroup.Find("pids")
	if err != nil {
		return found
	}
	_ = filepath.WalkDir(tree.Mount, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			found[path] = true
		}
		return nil // gone meanwhile
	})
	return found
}

// foreignABI tells whether this machine has a call that goes around by another ABI.
func foreignABI() bool { return runtime.GOARCH == "amd64" }
