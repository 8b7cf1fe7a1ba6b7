package bomb

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
)

// Attached is what two processes of one user in one container could make: the
// first one, which has a resource limit, and one that came later.
type Attached struct {
	First, Attached Forked
}

// Attach starts a Forker as the container's first process, with its limit, and
// then the same without a limit through container.Exec. c.Path is this program.
func Attach(ctx context.Context, c container.Container, f Forker) (a Attached, err error) {
	stdin, hold, err := os.Pipe()
	if err != nil {
		return a, err
	}
	defer stdin.Close()
	defer hold.Close()
	out, output, err := os.Pipe()
	if err != nil {
		return a, err
	}
	defer out.Close()
	c.Args, c.Stdin, c.Stdout, c.Terminal = f.args(), stdin, output, false
	born := make(birth, 1)
	c.Watcher = born
	ended := make(chan error, 1)
	go func() {
		_, err := c.Run(ctx)
		output.Close()
		ended <- err
	}()
	if err := json.NewDecoder(out).Decode(&a.First); err != nil {
		return a, cmp.Or(<-ended, fmt.Errorf("the first process said nothing: %w", err))
	}
	f.Rlimit = 0
	a.Attached, err = attached(ctx, <-born, c.Path, f)
	hold.Close() // the first process ends, and the container with it
	return a, cmp.Or(err, <-ended)
}

// attached runs a Forker in the container whose first process is pid.
func attached(ctx context.Context, pid int, self string, f Forker) (found Forked, err error) {
	info, err := infoOf(pid)
	if err != nil {
		return found, err
	}
	out, output, err := os.Pipe()
	if err != nil {
		return found, err
	}
	defer out.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return found, err
	}
	defer null.Close()
	e := &container.Exec{ID: info.ID, Path: self, Args: f.args(), Stdin: null, Stdout: output}
	_, err = e.Run(ctx)
	output.Close()
	if err != nil {
		return found, err
	}
	return found, json.NewDecoder(out).Decode(&found)
}

func infoOf(pid int) (journal.Info, error) {
	running, err := journal.Running()
	for _, info := range running {
		if info.PID == pid {
			return info, nil
		}
	}
	return journal.Info{}, cmp.Or(err, fmt.Errorf("the container of process %d has ended", pid))
}

// birth is a watcher that tells the pid before the execve.
type birth chan int

// Before tells the pid.
func (b birth) Before(_ context.Context, m *container.Moment) error {
	if m.Name == "execve" {
		b <- m.PID
	}
	return nil
}

// After has nothing to do.
func (birth) After(context.Context, *container.Moment) error { return nil }
