package container

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// childEnv is the child's environment. The Go runtime may not interrupt its
// threads by signals, for a filter may forbid the return from one. And one processor
// is enough: the child does one thing at a time.
var childEnv = [...]string{"GODEBUG=asyncpreemptoff=1", "GOMAXPROCS=1"}

// childName is argv[0] of the child, and socketFD the descriptor it inherits;
// one that enters a running container inherits procFD too.
const (
	childName = "workshop-child"
	socketFD  = 3
	procFD    = 4
)

// init is the child's main function.
func init() {
	if os.Args[0] != childName {
		return
	}
	// Capabilities, filters and namespaces belong to a thread, and execve keeps
	// those of the thread that calls it: it must be the first one, which
	// /proc/PID/status shows. An init function runs there anyway; but from a thread
	// that is locked by name the scheduler makes no other, which would inherit all that.
	runtime.LockOSThread()
	// The collector would stop this thread by calls that a filter may forbid.
	debug.SetGCPercent(-1)
	// The kernel calls us exe, as in /proc/self/exe; see PR_SET_NAME in prctl(2).
	_ = os.WriteFile("/proc/self/comm", []byte(childName), 0)
	c := &child{socket: newSocket(os.NewFile(socketFD, "supervisor"))}
	err := c.run() // else the command runs in our place
	_ = c.say(toWire(c.taking, err))
	os.Exit(ExitFailed)
}

// child is the process between fork and exec.
type child struct {
	socket  *socket
	taking  string   // the step that it takes, if it takes one
	command *command // once found
	aside   *aside   // speaks in the place of this thread, which has a filter then
}

func (c *child) run() error {
	unix.CloseOnExec(socketFD)
	var in instructions
	if err := c.socket.hear(in.values()...); err != nil {
		return fmt.Errorf("this is the inside of a container and not a command: %w", err)
	}
	for _, fd := range in.Inherited {
		unix.CloseOnExec(fd)
	}
	list, err := steps.Resolve(in.Spec.Steps)
	if err != nil {
		return err
	}
	if in.Spec.Has(steps.AppArmor.Name) {
		if in.Spec.Proc, err = hostProc(&in); err != nil {
			return &steps.Error{Op: "open", Path: "/proc", Err: err}
		}
	}
	for _, s := range list {
		if err := c.step(s, &in); err != nil {
			return err
		}
	}
	return c.exec(&in)
}

// hostProc is a descriptor of the host's /proc, to which a label is written.
func hostProc(in *instructions) (int, error) {
	if in.Enters {
		unix.CloseOnExec(procFD)
		return procFD, nil
	}
	return unix.Open("/proc", unix.O_PATH|unix.O_CLOEXEC, 0)
}

// step says that the child is ready for the step, and takes it when told to.
func (c *child) step(s *steps.Step, in *instructions) error {
	if s.InChild == nil {
		return nil
	}
	if err := c.say(s.Name); err != nil { // the step before is done, and is looked at now
		return err
	}
	var unprepared error
	if s == steps.Seccomp { // which may forbid what is to be done before execve
		unprepared = c.prepare(in)
		c.aside = startAside()
	}
	if err := cmp.Or(c.hear(s.Name), unprepared); err != nil {
		return err
	}
	c.taking = s.Name
	if err := s.InChild(&in.Spec); err != nil {
		return err
	}
	c.taking = ""
	return nil
}

// hear waits until the child is told to go on with what it said it was ready for.
func (c *child) hear(name string) error {
	return c.apart(func() error { return c.told(name) })
}

func (c *child) told(name string) error {
	var told string
	if err := c.socket.hear(&told); err != nil {
		return err
	}
	if told != name {
		return fmt.Errorf("the child is ready for %s, and was told %q", name, told)
	}
	return nil
}

func (c *child) say(thing any) error {
	return c.apart(func() error { return c.socket.say(thing) })
}

// apart does what this thread's filter may forbid on another one.
func (c *child) apart(f func() error) error {
	if c.aside == nil {
		return f()
	}
	return c.aside.call(f)
}

// lowerOpenFiles takes back what Go has done to the soft limit of open files:
// syscall.Exec does, and one that fails too.
func lowerOpenFiles() { _ = syscall.Exec("", nil, nil) }

// prepare does what has to be done before the execve.
func (c *child) prepare(in *instructions) error {
	path, err := lookPath(in.Command[0], in.Env)
	if err != nil {
		return err
	}
	// A working directory outside of the root would be a way out: CVE-2024-21626.
	if err := insideRoot(); err != nil {
		return err
	}
	// Nothing but 0, 1 and 2 may live on: an open directory would be a way out too.
	// Without the flag (EINVAL before Linux 5.11) or the call (ENOSYS before 5.9) it is
	// what was inherited, which is marked already: we open nothing that lives on.
	err = unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC)
	if err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOSYS) {
		return &steps.Error{Op: "close_range", Err: err}
	}
	lowerOpenFiles()
	c.command, err = newCommand(path, in.Command[1:], in.Env)
	return err
}

// exec replaces this program by the command.
func (c *child) exec(in *instructions) error {
	if c.aside != nil {
		return c.aside.execve(c.ordered, c.command)
	}
	if err := c.ordered(); err != nil {
		return err
	}
	if err := c.prepare(in); err != nil {
		return err
	}
	return c.command.failed(c.command.execve())
}

// ordered says that the child is ready for the execve, and waits until it is told to.
func (c *child) ordered() error {
	if err := c.socket.say("execve"); err != nil { // the last step is done, and is looked at now
		return err
	}
	return c.told("execve")
}

// insideRoot fails where the working directory is not under /; see getcwd(2).
func insideRoot() error {
	buf := make([]byte, unix.PathMax)
	n, err := unix.Getcwd(buf)
	switch {
	case errors.Is(err, unix.ENOENT):
		return &steps.Error{Op: "getcwd", Path: "the working directory has been removed: cd to another one", Err: err}
	case err == nil && (n == 0 || buf[0] != '/'): // "(unreachable)/..."
		return &steps.Error{Op: "getcwd", Path: "the working directory is outside of the root", Err: unix.ENOENT}
	case err != nil:
		return &steps.Error{Op: "getcwd", Err: err}
	}
	return nil
}

// lookPath finds the command in the PATH of its own environment.
func lookPath(name string, env []string) (string, error) {
	for _, v := range env {
		if path, ok := strings.CutPrefix(v, "PATH="); ok {
			os.Setenv("PATH", path)
		}
	}
	return exec.LookPath(name)
}
