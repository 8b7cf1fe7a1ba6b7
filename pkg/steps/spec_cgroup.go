package steps

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
)

// CgroupSettings are the settings of the cgroup step.
type CgroupSettings struct {
	PidsMax string // what goes into pids.max: "" is DefaultPidsMax
}

// What pids.max may be. pids.max counts threads, and until its execve the child
// is a Go program, which needs some. Above GuardPids the guard bites first.
const (
	DefaultPidsMax = 32
	MinPidsMax     = 16
	GuardPids      = 512 // pids.max of the guard, the group around every run
)

// limit is the number, after Check found it good.
func (c CgroupSettings) limit() int {
	n, err := strconv.Atoi(c.PidsMax)
	if err != nil {
		return DefaultPidsMax
	}
	return n
}

func checkCgroup(s *Spec) error {
	if err := s.Cgroup.Check(); err != nil {
		return err
	}
	return canLimit()
}

// Check says why the limit cannot work.
func (c CgroupSettings) Check() error {
	switch c.PidsMax {
	case "":
		return nil
	case "max":
		return errors.New("pids.max max: that is no limit; to see what happens without one: --without cgroup")
	}
	n, err := strconv.Atoi(c.PidsMax)
	switch {
	case err != nil:
		return fmt.Errorf("pids.max %q: not a number; say a number of processes from %d to %d, such as %d",
			c.PidsMax, MinPidsMax, GuardPids, DefaultPidsMax)
	case n < 1:
		return fmt.Errorf("pids.max %d: a container is at least one process; say %d to %d", n, MinPidsMax, GuardPids)
	case n < MinPidsMax:
		return fmt.Errorf("pids.max %d: too few for the child: pids.max counts threads, and until its execve "+
			"the child is a Go program that has several; say %d to %d", n, MinPidsMax, GuardPids)
	case n > GuardPids:
		return fmt.Errorf("pids.max %d: the guard around every run allows %d and would stop it first; say %d to %d",
			n, GuardPids, MinPidsMax, GuardPids)
	}
	return nil
}

// canLimit asks the kernel whether there is a tree with the pids controller
// that lets us make groups.
func canLimit() error {
	tree, err := cgroup.Find("pids")
	if errors.Is(err, cgroup.ErrNotFound) {
		return &Unsupported{
			What:    "no mounted cgroup tree offers the pids controller: inside of a container whose runtime did not delegate it, or a kernel without CONFIG_CGROUP_PIDS",
			Instead: "see workshop cgroups; a VM has it",
			Err:     err,
		}
	}
	if err != nil {
		return err
	}
	if err := unix.Access(tree.Mount, unix.W_OK); err != nil {
		return noGroup(tree, err)
	}
	return nil
}

// noGroup says why no group could be made in the tree.
func noGroup(tree cgroup.Tree, err error) error {
	why, instead := "this process may not make groups there", "run it on the host or in a VM"
	switch {
	case tree.Version == 2 && errors.Is(err, unix.EOPNOTSUPP):
		why = "its topmost group has processes, and so no group below it can have any: " + err.Error()
		instead = fmt.Sprintf("move them, as in a container with a cgroup namespace: cd %s; mkdir init; for p in $(cat cgroup.procs); do echo $p >init/cgroup.procs; done", tree.Mount)
	case errors.Is(err, unix.EROFS):
		why = "it is mounted read-only, as in a container"
	case errors.Is(err, unix.EACCES) && os.Geteuid() != 0:
		why = "only root may make groups there"
	case err != nil:
		why += ": " + err.Error()
	}
	return &Unsupported{
		What:    fmt.Sprintf("the cgroup tree at %s: %s", tree.Mount, why),
		Instead: "every other layer works: --without cgroup; or " + instead,
		Err:     err,
	}
}
