package bomb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// ErrRefused is the interlock: the bomb does not explode.
var ErrRefused = errors.New("the fork bomb refuses to arm")

// Group is what the interlock read back from the kernel.
type Group struct {
	Dir string `json:"dir"` // the bomb's group
	Max int    `json:"max"` // its pids.max
}

// readBack asks the kernel where the process is and what limits it. It fails
// unless the process is alone in a group with a limit that the host can bear.
func readBack(pid int) (Group, error) {
	dir, err := cgroup.Of(pid, "pids")
	if err != nil {
		return Group{}, fmt.Errorf("%w: which group it is in cannot be read: %w", ErrRefused, err)
	}
	pids, err := cgroup.ReadPids(dir)
	if errors.Is(err, os.ErrNotExist) {
		return Group{}, fmt.Errorf("%w: it is in %s, the root group, which has no pids.max", ErrRefused, dir)
	}
	if err != nil {
		return Group{}, fmt.Errorf("%w: pids.max cannot be read: %w", ErrRefused, err)
	}
	if pids.Max == cgroup.NoLimit || pids.Max > steps.GuardPids {
		return Group{}, fmt.Errorf("%w: %s/pids.max reads %s; missing is a limit of at most %d", ErrRefused, dir, pids.Limit(), steps.GuardPids)
	}
	members, err := cgroup.Members(dir)
	if err != nil {
		return Group{}, fmt.Errorf("%w: the members of its group cannot be read: %w", ErrRefused, err)
	}
	if !slices.Equal(members, []int{pid}) {
		return Group{}, fmt.Errorf("%w: the members of %s are %v; missing is a group of its own for process %d", ErrRefused, dir, members, pid)
	}
	return Group{dir, pids.Max}, nil
}

// interlock is the watcher that arms the bomb: before its execve, while the
// child still waits, or never. It is there too when the bomb has ended.
type interlock struct {
	unsafe, fullCPU bool
	armed           func(Group)
	ended           func()
}

// Before reads back what limits the bomb. An error from here ends the run
// before the first instruction of the bomb.
func (i *interlock) Before(_ context.Context, m *container.Moment) error {
	if m.Name != "execve" {
		return nil
	}
	g, err := readBack(m.PID)
	if err != nil {
		return err
	}
	if i.unsafe {
		if err := liftLimit(&g); err != nil {
			return err
		}
	}
	if !i.fullCPU {
		if err := yieldCPU(m.PID); err != nil {
			return err
		}
	}
	i.armed(g)
	return nil
}

// lowest is the niceness of the lowest priority: against the processes of the same
// session, or of the same group with the cpu controller; see sched(7).
const lowest = 19

// yieldCPU gives the bomb the lowest priority for the CPUs, and reads that back:
// pids.max limits processes, and 32 of them that try to fork for ever can keep
// every CPU busy. What the children inherit is the niceness of the thread that
// executes the command, the first one.
func yieldCPU(pid int) error {
	if err := unix.Setpriority(unix.PRIO_PROCESS, pid, lowest); err != nil {
		return fmt.Errorf("%w: setpriority: %w", ErrRefused, err)
	}
	// getpriority(2) of the kernel itself gives 20 - niceness: never an error's number.
	got, err := unix.Getpriority(unix.PRIO_PROCESS, pid)
	if err != nil {
		return fmt.Errorf("%w: getpriority: %w", ErrRefused, err)
	}
	if 20-got != lowest {
		return fmt.Errorf("%w: its niceness reads %d, missing is %d", ErrRefused, 20-got, lowest)
	}
	return nil
}

// After tells of the end, while the group is still there.
func (i *interlock) After(_ context.Context, m *container.Moment) error {
	if m.Name == "wait" {
		i.ended()
	}
	return nil
}

// liftLimit takes the guard's limit away, where losing the machine costs nothing.
func liftLimit(g *Group) error {
	if vm := VM(); vm == "" {
		return fmt.Errorf("%w: --unsafe takes the last limit away, and no virtual machine is detected here", ErrRefused)
	}
	if err := cgroup.Write(g.Dir+"/pids.max", "max"); err != nil {
		return fmt.Errorf("%w: lift the limit: %w", ErrRefused, err)
	}
	g.Max = cgroup.NoLimit
	return nil
}
