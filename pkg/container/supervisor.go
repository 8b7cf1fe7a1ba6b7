package container

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// supervisor is one run as its parent sees it. Everything in it happens on one
// thread, for ptrace(2) and the death signal belong to the thread that cloned.
type supervisor struct {
	*Container
	journal  *journal.Journal
	run      steps.Run
	child    *process
	socket   *socket
	terminal *terminal // nil where the command uses our descriptors
	tty      *os.File  // controls our session, and not the command's, which has none; else nil
	hears    bool      // a terminal is one of the command's descriptors
	last     *observe.Snapshot
	into     *target // the container that the child enters; nil where it is a new one
	signals  *signals

	answering chan struct{} // closed when no call of a notify rule can come any more; nil where none can

	executing atomic.Bool // the command runs: signals are for it
}

// prepare makes what must be there before the child is born.
func (c *Container) prepare(j *journal.Journal) (*supervisor, error) {
	s := &supervisor{Container: c, journal: j}
	s.run = steps.Run{ID: j.ID, Record: j.Record}
	if err := s.mount(); err != nil {
		return nil, err
	}
	var err error
	s.run.Tree, s.run.Cgroup, err = makeGuard(j)
	var not *unrecorded
	switch s.run.NoCgroup = err; {
	case errors.As(err, &not):
		return nil, fmt.Errorf("write the journal: %w", err)
	case err != nil:
		c.warn(fmt.Errorf("this run has no guard cgroup, and may leave processes behind: %w", err))
	}
	return s, nil
}

// mount changes the mounts of this thread alone.
func (s *supervisor) mount() error {
	if err := ownMounts(); err != nil || s.Rootfs == "" {
		return err
	}
	s.Spec.Root = Root
	return mountRoot(s.Tools, s.Rootfs)
}

// live is the life of the child, from clone to wait.
func (s *supervisor) live(ctx context.Context) (int, error) {
	ctx, stop := s.handleSignals(ctx)
	defer stop()
	err := s.untilExec(ctx)
	if err != nil {
		return 0, s.end(ctx, err)
	}
	code, err := s.wait(ctx)
	return code, cmp.Or(context.Cause(ctx), err)
}

// untilExec is the conversation.
func (s *supervisor) untilExec(ctx context.Context) error {
	if err := s.clone(ctx); err != nil {
		return err
	}
	for _, step := range s.Steps {
		if err := s.step(ctx, step); err != nil {
			return err
		}
	}
	if s.into != nil {
		if err := s.into.join(s.run.PID); err != nil {
			return err
		}
	}
	return s.execve(ctx)
}

// clone makes the child and tells it what is to be done.
func (s *supervisor) clone(ctx context.Context) error {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	for _, step := range s.Steps {
		if step.AtClone != nil {
			if err := step.AtClone(&s.Spec, &s.run, attr); err != nil {
				return fmt.Errorf("%s: %w", step.Name, err)
			}
		}
	}
	m := &Moment{Name: "clone", CloneFlags: cloneFlags(attr.Cloneflags)}
	if err := s.before(ctx, m); err != nil {
		return err
	}
	if err := s.start(ctx, attr); err != nil {
		return err
	}
	// The child's program takes a while to come up: time to tell, and for a look at
	// its parent.
	s.meanwhile()
	m.Before = s.snapshot(unix.Gettid())
	if err := s.await("ready for its first step"); err != nil {
		return err
	}
	m.PID, m.After = s.run.PID, s.snapshot(s.run.PID)
	return s.after(ctx, m)
}

// step takes one step: our half, the child's half, and a look at the result.
func (s *supervisor) step(ctx context.Context, step *steps.Step) error {
	m := &Moment{Name: step.Name, Step: step, PID: s.run.PID, Before: s.last}
	if err := s.before(ctx, m); err != nil {
		return err
	}
	if step.InSupervisor != nil {
		if err := step.InSupervisor(&s.Spec, &s.run); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
	}
	if step.InChild != nil {
		if err := s.inChild(step); err != nil {
			return err
		}
	}
	if step.Verify != nil {
		if err := step.Verify(&s.Spec, &s.run); err != nil {
			return fmt.Errorf("%s: the layer does not hold: %w", step.Name, err)
		}
	}
	if m.After = s.last; step.Acts() {
		m.After = s.snapshot(s.run.PID)
	}
	return s.after(ctx, m)
}

// inChild lets the child take its half.
func (s *supervisor) inChild(step *steps.Step) error {
	if err := s.beforeFilter(step); err != nil {
		return fmt.Errorf("%s: %w", step.Name, err)
	}
	if err := s.say(step.Name); err != nil {
		return err
	}
	if !s.socket.answers(time.Millisecond) { // else it would only be kept waiting
		s.meanwhile()
	}
	if err := s.await("ready for what follows " + step.Name); err != nil {
		return err
	}
	if err := s.afterFilter(step); err != nil {
		return fmt.Errorf("%s: %w", step.Name, err)
	}
	return nil
}

// execve lets the child execute its command. With a watcher it is stopped at the
// first instruction of the new program, so that it can be looked at.
func (s *supervisor) execve(ctx context.Context) error {
	m := &Moment{Name: "execve", PID: s.run.PID, Before: s.last}
	if err := s.before(ctx, m); err != nil {
		return err
	}
	<-s.signals.caught
	stopped := s.stopAtExec()
	if err := s.say("execve"); err != nil {
		return err
	}
	s.meanwhile()
	if stopped != nil {
		stopped.waitExec()
	}
	if err := s.awaitExec(); err != nil {
		return err
	}
	m.After = s.snapshot(s.run.PID)
	if err := s.after(ctx, m); err != nil {
		return err
	}
	return s.begin(stopped)
}

// begin lets the command go on by itself.
func (s *supervisor) begin(stopped stopper) error {
	s.executing.Store(true)
	if s.tty != nil && s.hears {
		s.signals.catchStop()
	}
	if s.terminal != nil {
		if err := s.terminal.begin(); err != nil {
			return err
		}
	}
	if stopped != nil {
		if err := stopped.detach(); err != nil {
			return err
		}
	}
	if s.Began != nil {
		s.Began()
	}
	return nil
}

// wait waits for the command's end, and looks at the zombie before reaping it.
func (s *supervisor) wait(ctx context.Context) (int, error) {
	m := &Moment{Name: "wait", PID: s.run.PID, Before: s.last}
	s.child.waitZombie()
	m.After = s.look(observe.TakeStatus, s.run.PID) // a zombie has nothing else left
	code := s.reap()
	return code, s.after(ctx, m)
}

// reap takes the exit status, and ends what the command left in the background.
func (s *supervisor) reap() int {
	code := s.child.reap()
	if s.run.Cgroup != "" {
		_ = cgroup.Kill(s.run.Cgroup) // the journal's end tries again, and says so
	}
	s.awaitTold()
	if s.terminal != nil {
		s.terminal.end()
	}
	return code
}

// end is the other way out: something failed before the execve was over.
func (s *supervisor) end(ctx context.Context, err error) error {
	if s.child != nil {
		s.child.kill()
		s.reap()
	}
	s.meanwhile()
	return cmp.Or(context.Cause(ctx), err)
}

// say gives the order to go on.
func (s *supervisor) say(name string) error {
	err := s.socket.say(name)
	if errors.Is(err, unix.EPIPE) {
		return s.childDied("told to take "+name, err)
	}
	return err
}

// await hears what the child is ready for next, or why there is nothing next.
func (s *supervisor) await(what string) error {
	var said json.RawMessage
	if err := s.socket.hear(&said); err != nil {
		return s.childDied(what, err)
	}
	return failure(said)
}

// awaitExec hears nothing where the execve succeeded: the socket just closes.
func (s *supervisor) awaitExec() error {
	var said json.RawMessage
	err := s.socket.hear(&said)
	switch {
	case err == nil:
		return cmp.Or(failure(said), fmt.Errorf("the child says %s, and should have executed the command", said))
	case !errors.Is(err, io.EOF):
		return s.childDied("executing the command", err)
	}
	return nil
}

// childDied says how the child ended that should still have talked.
func (s *supervisor) childDied(what string, err error) error {
	s.child.reap()
	return fmt.Errorf("the child ended before it was %s: %s: %w", what, ending(s.child.status), err)
}

func (s *supervisor) close() {
	if s.socket != nil {
		s.socket.file.Close()
	}
	if s.terminal != nil {
		s.terminal.close()
	}
	if s.tty != nil {
		s.tty.Close()
	}
}
