// Package cgroup finds the cgroup trees of this machine and makes, ends and
// removes groups in them. It knows the three worlds: version 2 alone, version 1
// alone, and hybrid, where controllers sit on version 1 beside a bare version 2
// tree. See cgroups(7).
package cgroup

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"
)

// Parent is the name of the group that holds every group of workshop.
const Parent = "workshop"

// ErrNotFound means that no mounted tree has the controller.
var ErrNotFound = errors.New("no mounted cgroup tree has this controller")

// Tree is one mounted cgroup hierarchy.
type Tree struct {
	Version int    // 1 or 2
	Mount   string // where it is mounted
	Root    string // which of its groups is mounted there: "/" is all of it
}

// Find gives the tree that has the controller, such as "pids".
func Find(controller string) (Tree, error) {
	mounts, err := mounted()
	if err != nil {
		return Tree{}, err
	}
	for _, m := range mounts {
		if m.FSType == "cgroup" && slices.Contains(strings.Split(m.VFSOptions, ","), controller) {
			return Tree{1, m.Mountpoint, m.Root}, nil
		}
	}
	for _, m := range mounts {
		if m.FSType == "cgroup2" && has(filepath.Join(m.Mountpoint, "cgroup.controllers"), controller) {
			return Tree{2, m.Mountpoint, m.Root}, nil
		}
	}
	return Tree{}, fmt.Errorf("%s: %w", controller, ErrNotFound)
}

// mounted gives the trees whose paths lead to them.
func mounted() ([]*mountinfo.Info, error) {
	mounts, err := mountinfo.GetMounts(mountinfo.FSTypeFilter("cgroup", "cgroup2"))
	if err != nil {
		return nil, fmt.Errorf("read /proc/self/mountinfo: %w", err)
	}
	return slices.DeleteFunc(mounts, hidden), nil
}

// hidden tells whether something else is mounted over a tree: its path leads elsewhere.
func hidden(m *mountinfo.Info) bool {
	var st unix.Stat_t
	err := unix.Stat(m.Mountpoint, &st)
	return err != nil || unix.Mkdev(uint32(m.Major), uint32(m.Minor)) != st.Dev
}

func has(file, word string) bool {
	b, _ := os.ReadFile(file)
	return slices.Contains(strings.Fields(string(b)), word)
}

// Path is the directory of the group of workshop with that name.
func (t Tree) Path(name string) string {
	return filepath.Join(t.Mount, Parent, name)
}

// Make makes the group Parent/name and lets the controller through to it.
func (t Tree) Make(name, controller string) (dir string, err error) {
	for range 10 { // the last run to end removes Parent, and may do so right now
		if dir, err = t.make(name, controller); !errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	return dir, err
}

func (t Tree) make(name, controller string) (string, error) {
	if err := os.MkdirAll(filepath.Join(t.Mount, Parent), 0o755); err != nil {
		return "", err
	}
	if t.Version == 2 {
		// A group has a controller only where every ancestor passes it on.
		passed := has(filepath.Join(t.Mount, subtreeControl), controller)
		for _, dir := range []string{t.Mount, filepath.Join(t.Mount, Parent)} {
			if err := delegate(dir, controller); err != nil {
				if !passed {
					_ = Write(filepath.Join(t.Mount, subtreeControl), "-"+controller)
				}
				return "", err
			}
		}
	}
	dir := t.Path(name)
	return dir, os.Mkdir(dir, 0o755)
}

const subtreeControl = "cgroup.subtree_control"

// delegate passes a controller on to the children of a version 2 group.
func delegate(dir, controller string) error {
	file := filepath.Join(dir, subtreeControl)
	if has(file, controller) {
		return nil
	}
	return Write(file, "+"+controller)
}

// Write writes a value into a cgroup file. Unlike os.WriteFile it never creates one.
func Write(file, value string) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	return errors.Join(err, f.Close())
}

// Read reads a one-line cgroup file.
func Read(file string) (string, error) {
	b, err := os.ReadFile(file)
	return string(bytes.TrimSpace(b)), err
}

// Members lists the processes of a group, without those of its children.
func Members(dir string) ([]int, error) {
	s, err := Read(filepath.Join(dir, "cgroup.procs"))
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, w := range strings.Fields(s) {
		// A process outside of our pid namespace reads as 0, and kill(0) would
		// reach ourselves.
		if pid, err := strconv.Atoi(w); err == nil && pid > 0 {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// patience is how long Kill waits for the next process to end.
var patience = 5 * time.Second

// Kill ends every process of the group and of its children, and waits until
// they are gone: hundreds take their time on a busy machine, so it goes on as long
// as they become fewer. Where they do not for five seconds the error is unix.EBUSY:
// a process that waits for a device cannot be killed. It is no error that the group is
// gone.
func Kill(dir string) error {
	if n, err := readNumber(filepath.Join(dir, "pids.current")); err == nil && n == 0 {
		return nil // it counts the children too
	}
	least, deadline := math.MaxInt, time.Time{}
	for wait := 100 * time.Microsecond; ; wait = min(2*wait, 20*time.Millisecond) {
		left, err := killOnce(dir)
		if err != nil || left == 0 {
			return err
		}
		if left < least {
			least, deadline = left, time.Now().Add(patience)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("kill %s: %d processes do not end: %w", dir, left, unix.EBUSY)
		}
		time.Sleep(wait)
	}
}

// killOnce kills what is in the group and says how many processes that were.
// Zero is the truth: a process that was forked meanwhile has a parent that
// was listed.
func killOnce(dir string) (int, error) {
	groups, err := subtree(dir)
	if err != nil {
		return 0, err
	}
	left := 0
	for _, g := range groups {
		// Version 2 kills a whole tree at once, since Linux 5.14.
		killed := Write(filepath.Join(g, "cgroup.kill"), "1") == nil
		if !killed {
			// No more forks: else we run after a bomb for ever.
			_ = Write(filepath.Join(g, "pids.max"), "0")
		}
		pids, err := Members(g)
		if err != nil && !isGone(err) {
			return 0, err
		}
		if !killed {
			for some := range slices.Chunk(pids, 64) { // so many descriptors at a time
				killMembers(g, some)
			}
		}
		left += len(pids)
	}
	return left, nil
}

// killMembers kills those of the processes that are in the group. It goes by pidfds,
// and asks for the members once more after it has them: so it cannot meet a process
// that got the pid later. See pidfd_open(2).
func killMembers(dir string, pids []int) {
	fds := make(map[int]int)
	for _, pid := range pids {
		if pid == os.Getpid() {
			continue
		}
		fd, err := unix.PidfdOpen(pid, 0)
		switch {
		case err == nil:
			defer unix.Close(fd)
			fds[pid] = fd
		case !errors.Is(err, unix.ESRCH): // Linux 5.2, somebody's filter, or no descriptor left
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
	members, _ := Members(dir) // none where it is gone
	for _, pid := range members {
		if fd, ok := fds[pid]; ok {
			_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
		}
	}
}

// isGone tells whether a group was removed before our open, or after it (ENODEV).
func isGone(err error) bool {
	return errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENODEV)
}

// subtree lists the group and all groups below it, the deepest last.
func subtree(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	groups := []string{dir}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		below, err := subtree(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		groups = append(groups, below...)
	}
	return groups, nil
}

// Count gives the number of processes in a group and all below it. A group that
// has gone has none. With an error it is too few.
func Count(dir string) (int, error) {
	groups, err := subtree(dir)
	total := 0
	for _, g := range groups {
		pids, unread := Members(g)
		if unread != nil && !isGone(unread) {
			err = errors.Join(err, unread)
		}
		total += len(pids)
	}
	return total, err
}

// Destroy kills and removes a group with all below it. Its errors are those of Kill,
// and unix.EBUSY where processes come into the group as often as it is emptied. It is
// no error that the group is gone already.
func Destroy(dir string) error {
	for try := 0; ; try++ {
		if err := Kill(dir); err != nil {
			return err
		}
		err := removeTree(dir)
		if !errors.Is(err, unix.EBUSY) || try == 3 {
			return err
		}
		// Somebody came in after the kill, as workshop exec can.
	}
}

// removeTree removes empty groups, the deepest first.
func removeTree(dir string) error {
	groups, err := subtree(dir)
	slices.Reverse(groups)
	for _, g := range groups {
		err = errors.Join(err, rmdir(g))
	}
	return err
}

// rmdir removes an empty group. A process that has just been killed may keep
// it busy for a moment more.
func rmdir(dir string) error {
	for try := 0; ; try++ {
		err := unix.Rmdir(dir)
		if err == nil || errors.Is(err, unix.ENOENT) {
			return nil
		}
		if !errors.Is(err, unix.EBUSY) || try == 100 {
			return &os.PathError{Op: "rmdir", Path: dir, Err: err}
		}
		time.Sleep(10 * time.Millisecond)
	}
}
