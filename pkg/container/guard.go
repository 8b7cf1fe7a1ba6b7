package container

import (
	"errors"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
)

// Guard is the guard cgroup around a program that is no container of ours: it
// has the limit of every run, and what is in it can be ended.
type Guard struct {
	Dir     string // the group's directory
	tree    cgroup.Tree
	journal *journal.Journal
}

// NewGuard makes a guard, and writes it down for the next start. Call Close.
func NewGuard() (*Guard, error) {
	if err := Sweep(); err != nil {
		return nil, err
	}
	j, err := journal.Create()
	if err != nil {
		return nil, err
	}
	g := &Guard{journal: j}
	if g.tree, g.Dir, err = makeGuard(j); err != nil {
		return nil, errors.Join(err, j.Close(undo))
	}
	return g, nil
}

// Sweep takes back what runs left whose process was killed.
func Sweep() error { return journal.Sweep(undo) }

// Close ends what is in the guard, and takes it away.
func (g *Guard) Close() error { return g.journal.Close(undo) }

// Start starts a process that is born in the guard. It is called on a locked
// thread, and start makes one attempt with the attributes that it is given.
func (g *Guard) Start(attr syscall.SysProcAttr, start func(*syscall.SysProcAttr) (pid int, err error)) error {
	if g.tree.Version == 1 {
		return fromGroup(g.tree, g.Dir, func() error {
			_, err := start(&attr)
			return err
		})
	}
	dir, err := os.Open(g.Dir)
	if err != nil {
		return err
	}
	defer dir.Close()
	into := attr
	into.UseCgroupFD, into.CgroupFD = true, int(dir.Fd())
	_, err = start(&into)
	if !errors.Is(err, unix.ENOSYS) { // what a container's seccomp filter says of clone3
		return err
	}
	pid, err := start(&attr)
	if err != nil {
		return err
	}
	return cgroup.Write(g.Dir+"/cgroup.procs", strconv.Itoa(pid))
}

// fromGroup lets this thread be in a group of version 1 while it starts a child,
// for a child is born where its parent is. A thread may move by itself there, and
// a move of oneself alone does not wait for all processors as any other does.
func fromGroup(tree cgroup.Tree, group string, start func() error) error {
	home, err := tree.Of(unix.Gettid(), "pids")
	if err != nil {
		return err
	}
	// Opened now: the child may be in our mount namespace, and move our root.
	back, err := os.OpenFile(home+"/tasks", os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer back.Close()
	if err := cgroup.Write(group+"/tasks", "0"); err != nil {
		return err
	}
	err = start()
	_, writeErr := back.WriteString("0")
	return errors.Join(err, writeErr)
}
