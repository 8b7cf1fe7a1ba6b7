// Package container is the shared core: it clones a child, talks it through its
// steps, watches it from outside, lets it execute its command, and takes back
// what the run made.
//
// The child is this same program, executed again through /proc/self/exe: Go
// cannot run Go code between a bare fork and exec. The package's init function
// notices that it is the child and never returns, so a program that imports
// this package needs to do nothing more.
package container

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"

	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Exit codes for what is not the command's own, as docker run has them.
const (
	ExitFailed       = 125 // workshop itself failed
	ExitCannotInvoke = 126 // the command cannot be executed
	ExitNotFound     = 127 // there is no such command
)

// Container says what to run and inside which layers. It is for one Run at a time,
// which puts Steps into the order in which the child takes them, without those that
// others of them replace, and writes into Spec what it finds out.
type Container struct {
	Steps  []*steps.Step // of steps.All, in any order; nil is a bare fork and exec
	Spec   steps.Spec    // the settings of the steps
	Rootfs string        // the directory that becomes /, and stays as it is, where Steps has Chroot or PivotRoot
	Tools  string        // a directory that is laid over Rootfs, read-only; may be ""

	Args []string // the command, never empty: looked up in PATH inside the new root
	Path string   // where it is, if it is not to be looked up by Args[0]
	Env  []string // nil is DefaultEnv

	Stdin, Stdout, Stderr *os.File // nil are those of this process
	Terminal              bool     // give the command a terminal of its own; Stdin and Stdout must be one

	Watcher Watcher     // nil: nobody watches
	Warn    func(error) // told what is wrong and does not stop the run; may be nil
	Began   func()      // called while the command runs, once; may be nil

	// BeforeClone is called on the thread that makes the child, just before that:
	// what it changes of the thread, the child inherits. It may be nil.
	BeforeClone func()

	// Calls is told of each call that a trace or notify rule of the seccomp
	// step hands over, from a thread of its own: until a second after the command
	// has ended, where it leaves processes behind. It may be nil.
	Calls func(seccomp.Call)
}

// NewRoot tells whether the command finds the root filesystem at /, and not the
// host's.
func (c *Container) NewRoot() bool {
	return slices.Contains(c.Steps, steps.Chroot) || slices.Contains(c.Steps, steps.PivotRoot)
}

// Moment is one point in the life of the child.
type Moment struct {
	Name string      // "clone", the name of a step, "execve" or "wait"
	Step *steps.Step // nil where it is none
	PID  int         // the child, as the host sees it

	CloneFlags string // at clone: what the steps ask of clone(2), such as "CLONE_NEWNS"

	Before *observe.Snapshot // after clone: the supervisor's thread, whose attributes the child inherits
	After  *observe.Snapshot // nil while the moment lies ahead
}

// Watcher is told what happens to the child, while it waits. An error from it
// ends the run. The context ends when a signal arrives.
type Watcher interface {
	Before(context.Context, *Moment) error
	After(context.Context, *Moment) error
}

// Teller is a Watcher that keeps nobody waiting: no key is awaited in Before and
// After, and what takes its time is done in Meanwhile. That is called while the
// child is busy, and once more where the run fails.
type Teller interface {
	Watcher
	Meanwhile()
}

// EnvName is the value of the variable "container" inside: systemd's convention.
const EnvName = "workshop"

// DefaultEnv is the environment of a command that is given none.
func DefaultEnv() []string {
	env := []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root",
		"TERM=" + os.Getenv("TERM"),
		"container=" + EnvName,
	}
	if value := os.Getenv("NO_COLOR"); value != "" { // an empty one asks for nothing: no-color.org
		env = append(env, "NO_COLOR="+value)
	}
	return env
}

// Interrupted is the error of a run that a signal ended before the execve.
type Interrupted struct{ Signal syscall.Signal }

func (e *Interrupted) Error() string { return "stopped by " + e.Signal.String() }

// ExecError is the error of an execve that failed; see execve(2).
type ExecError struct {
	Command string
	Err     error
}

func (e *ExecError) Error() string { return fmt.Sprintf("execve %s: %v", e.Command, e.Err) }

// Unwrap gives the errno.
func (e *ExecError) Unwrap() error { return e.Err }

// ErrNoCommand is the error of a run whose Args are empty.
var ErrNoCommand = errors.New("there is no command to run")

// ErrNoRootfs is the error of a run whose steps change the root, and whose Rootfs
// is empty.
var ErrNoRootfs = errors.New("there is no root filesystem: set Rootfs to a directory, such as that of rootfs.Find")

// SettingError is the error of a step whose settings cannot work. Nothing has been
// started then. What this machine alone cannot do is [steps.ErrUnsupported] instead.
type SettingError struct {
	Step string
	Err  error
}

func (e *SettingError) Error() string { return e.Step + ": " + e.Err.Error() }

// Unwrap gives what the step said.
func (e *SettingError) Unwrap() error { return e.Err }

// ExitCode is the exit code for an error of Run.
func ExitCode(err error) int {
	var stopped *Interrupted
	var exec *ExecError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &stopped):
		return 128 + int(stopped.Signal)
	case errors.As(err, &exec) && errors.Is(err, os.ErrNotExist):
		return ExitNotFound
	case errors.As(err, &exec):
		return ExitCannotInvoke
	}
	return ExitFailed
}

// Run runs the container to its end and returns the command's exit code, or
// 128+N where signal N ended it. With an error the code is that of ExitCode. When
// the context ends, the command is killed, and the error is the context's cause.
//
// The supervisor is one thread, which lives as long as the run: the mount
// namespace is its own, and the child dies with it (PR_SET_PDEATHSIG in
// prctl(2) means the thread and not the process).
func (c *Container) Run(ctx context.Context) (int, error) {
	if len(c.Args) == 0 {
		return ExitFailed, ErrNoCommand
	}
	if err := OwnProc(); err != nil {
		return ExitFailed, err
	}
	// Before the signals are caught: a profile may be a FIFO, which only a signal ends.
	if err := c.check(); err != nil {
		return ExitCode(err), err
	}
	return onThread(func(caught *signals) (int, error) { return c.supervise(ctx, caught) })
}

// onThread gives the supervisor its thread, and the signals that it handles.
func onThread(supervise func(*signals) (int, error)) (code int, err error) {
	caught := catchSignals()
	defer caught.release()
	err = thread.Do(func() error {
		code, err = supervise(caught)
		return err
	})
	if err != nil {
		err = Refusal(err)
		code = ExitCode(err)
	}
	return code, err
}

// check asks each step whether its settings are possible here.
func (c *Container) check() error {
	list, err := steps.Only(steps.Names(c.Steps)) // in their order, each once
	if err != nil {
		return err
	}
	c.Steps = steps.Effective(list)
	if err := c.checkRootfs(); err != nil {
		return err
	}
	c.Spec.Steps = steps.Names(c.Steps)
	for _, step := range c.Steps {
		if step.Check == nil {
			continue
		}
		switch err := step.Check(&c.Spec); {
		case errors.Is(err, steps.ErrUnsupported):
			return fmt.Errorf("%s: %w", step.Name, err)
		case err != nil:
			return &SettingError{step.Name, err}
		}
	}
	return nil
}

// checkRootfs looks for what mount(2) of an overlay would not name.
func (c *Container) checkRootfs() error {
	if c.NewRoot() && c.Rootfs == "" && c.Spec.Root == "" {
		return ErrNoRootfs
	}
	for _, dir := range []string{c.Rootfs, c.Tools} {
		if dir == "" {
			continue
		}
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			err = &os.PathError{Op: "stat", Path: dir, Err: syscall.ENOTDIR}
		}
		if err != nil {
			return fmt.Errorf("the root filesystem: %w", err)
		}
	}
	return nil
}

func (c *Container) supervise(ctx context.Context, caught *signals) (code int, err error) {
	if err := Sweep(); err != nil {
		c.warn(fmt.Errorf("could not take back what an earlier run left: %w", err))
	}
	j, err := journal.Create()
	if err != nil {
		return 0, fmt.Errorf("begin the journal: %w", err)
	}
	defer func() { err = errors.Join(err, j.Close(undo)) }()

	s, err := c.prepare(j)
	if err != nil {
		return 0, err
	}
	defer s.close()
	s.signals = caught
	return s.live(ctx)
}

func (c *Container) warn(err error) {
	if c.Warn != nil {
		c.Warn(err)
	}
}

// undo takes back one entry of a journal.
func undo(e journal.Entry) error {
	if e.Step == guardEntry {
		return removeGuard(e.Name)
	}
	s, err := steps.Lookup(e.Step)
	if err == nil && s.Undo == nil {
		err = errors.New("this version makes nothing of the kind that outlives a run")
	}
	if err != nil {
		return fmt.Errorf("%w; another one wrote it down: nothing under %s is left after a reboot", err, journal.Dir)
	}
	return s.Undo(e.Name)
}
