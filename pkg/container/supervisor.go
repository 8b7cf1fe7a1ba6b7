package container

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
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

// cloneFlags names the flags of clone(2) that steps ask for.
func cloneFlags(flags uintptr) string {
	var names []string
	for _, f := range []struct {
		bit  uintptr
		name string
	}{
		{unix.CLONE_NEWUSER, "CLONE_NEWUSER"},
		{unix.CLONE_NEWNS, "CLONE_NEWNS"},
		{unix.CLONE_NEWPID, "CLONE_NEWPID"},
		{unix.CLONE_NEWUTS, "CLONE_NEWUTS"},
		{unix.CLONE_NEWIPC, "CLONE_NEWIPC"},
		{unix.CLONE_NEWNET, "CLONE_NEWNET"},
		{unix.CLONE_NEWCGROUP, "CLONE_NEWCGROUP"},
	} {
		if flags&f.bit != 0 {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, " ")
}

// start executes this program again as the child.
func (s *supervisor) start(ctx context.Context, attr *syscall.SysProcAttr) error {
	ours, childs, err := socketPair()
	if err != nil {
		return err
	}
	defer childs.Close()
	s.socket = newSocket(ours)
	files, err := s.files(attr)
	if err != nil {
		return err
	}
	if s.BeforeClone != nil {
		s.BeforeClone()
	}
	s.child, err = s.spawn(attr, append(files, childs.Fd()))
	childs.Close() // the child's copy is the last one: its end is our end of file
	if err != nil {
		return &steps.Error{Op: "clone", Path: cloneFlags(attr.Cloneflags), Err: err}
	}
	s.run.PID = s.child.pid
	context.AfterFunc(ctx, s.child.kill)
	if err := s.describe(); err != nil {
		return err
	}
	in := instructions{s.Spec, append(verbatim{s.path()}, s.Args...), s.env(), s.into != nil}
	return s.socket.say(in.values()...)
}

// spawn clones the child into its cgroup, so that nothing of it was ever outside:
// by clone3(2) where the tree is of version 2, else from inside of the group.
func (s *supervisor) spawn(attr *syscall.SysProcAttr, files []uintptr) (*process, error) {
	if s.into != nil {
		return s.into.spawn(attr, files)
	}
	// On version 2 never a member of a group that passes pids on to another one:
	// that one could have no members then (EOPNOTSUPP in cgroups(7)).
	group := cmp.Or(s.run.BirthGroup, s.run.Cgroup)
	if group == "" {
		return startProcess(attr, files)
	}
	if s.run.Tree.Version == 1 {
		return s.spawnFrom(group, attr, files)
	}
	child, err := s.spawnInto(group, attr, files)
	// ENOSYS is what a container's seccomp filter says of clone3, and EINVAL an
	// old kernel of a time namespace.
	if !errors.Is(err, unix.ENOSYS) && !errors.Is(err, unix.EINVAL) {
		return child, err
	}
	child, err = startProcess(attr, files)
	if err != nil {
		return nil, err
	}
	return child, cgroup.Write(group+"/cgroup.procs", strconv.Itoa(child.pid))
}

// spawnInto lets the child be born in a group: CLONE_INTO_CGROUP of clone3(2).
func (s *supervisor) spawnInto(group string, attr *syscall.SysProcAttr, files []uintptr) (*process, error) {
	dir, err := os.Open(group)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	into := *attr
	into.UseCgroupFD, into.CgroupFD = true, int(dir.Fd())
	return startProcess(&into, files)
}

// spawnFrom clones from inside of a group of version 1.
func (s *supervisor) spawnFrom(group string, attr *syscall.SysProcAttr, files []uintptr) (child *process, err error) {
	err = fromGroup(s.run.Tree, group, func() (err error) {
		child, err = startProcess(attr, files)
		return err
	})
	if err != nil && child != nil {
		child.kill() // what ends the group at the end would end us too
	}
	return child, err
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

// snapshot looks at a process, where somebody watches.
func (s *supervisor) snapshot(pid int) *observe.Snapshot { return s.look(observe.Take, pid) }

func (s *supervisor) look(take func(int) (*observe.Snapshot, error), pid int) *observe.Snapshot {
	if s.Watcher == nil {
		return nil
	}
	snap, err := take(pid)
	if err != nil {
		return s.last // gone between two looks: nothing changed that can be seen
	}
	s.last = snap
	return snap
}

func (s *supervisor) before(ctx context.Context, m *Moment) error {
	if s.Watcher == nil {
		return ctx.Err()
	}
	if _, hurries := s.Watcher.(Teller); !hurries {
		<-s.signals.caught // Ctrl-C may be the answer
	}
	return errors.Join(ctx.Err(), s.Watcher.Before(ctx, m))
}

func (s *supervisor) after(ctx context.Context, m *Moment) error {
	if s.Watcher == nil {
		return nil
	}
	return s.Watcher.After(ctx, m)
}

// meanwhile gives the watcher time while the child does something.
func (s *supervisor) meanwhile() {
	if w, ok := s.Watcher.(Teller); ok {
		w.Meanwhile()
	}
}

// describe writes into the journal what runs.
func (s *supervisor) describe() error {
	if s.into != nil {
		return nil // it is in the container's
	}
	spec, err := json.Marshal(&s.Spec)
	if err != nil {
		return err
	}
	return s.journal.Describe(journal.Info{
		PID: s.run.PID, Steps: s.Spec.Steps, Spec: spec, Command: s.Args,
		Started: time.Now().UTC().Format(time.RFC3339),
	})
}

func (s *supervisor) path() string { return cmp.Or(s.Path, s.Args[0]) }

func (s *supervisor) env() []string {
	if s.Env != nil {
		return s.Env
	}
	return DefaultEnv()
}

// files gives the child's 0, 1 and 2.
func (s *supervisor) files(attr *syscall.SysProcAttr) ([]uintptr, error) {
	if s.Terminal {
		var err error
		s.terminal, err = openTerminal(cmp.Or(s.Stdin, os.Stdin), cmp.Or(s.Stdout, os.Stdout))
		if err != nil {
			return nil, err
		}
		s.terminal.typed = s.typed
		// A session of its own, which the terminal controls: Ctrl-C reaches
		// the command and not us. See credentials(7).
		attr.Setsid, attr.Setctty, attr.Ctty = true, true, 0
		fd := s.terminal.slave.Fd()
		return []uintptr{fd, fd, fd}, nil
	}
	return []uintptr{cmp.Or(s.Stdin, os.Stdin).Fd(), cmp.Or(s.Stdout, os.Stdout).Fd(), cmp.Or(s.Stderr, os.Stderr).Fd()}, nil
}

func (s *supervisor) close() {
	if s.socket != nil {
		s.socket.file.Close()
	}
	if s.terminal != nil {
		s.terminal.close()
	}
}
