package container

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Exec is one more process for a container that runs already, as docker exec
// makes it. It enters the namespaces, the root and the cgroup of the container's
// first process, and takes those steps itself that change a process alone:
// capabilities, the label, the filter. A container that has not executed its command
// after a second is refused: it may not have its root yet.
//
// It is no descendant of the container's first process: what that one inherited
// from nobody, such as its resource limits (setrlimit(2)), it does not have.
type Exec struct {
	ID   string   // of the container, as journal.Running has it
	Args []string // the command: looked up in PATH inside the container
	Path string   // where it is, if it is not to be looked up by Args[0]
	Env  []string // nil is DefaultEnv

	Stdin, Stdout, Stderr *os.File // nil are those of this process
	Terminal              bool     // give the command a terminal of its own
}

// Run runs the command to its end and returns its exit code, as Container.Run.
func (e *Exec) Run(ctx context.Context) (int, error) {
	if len(e.Args) == 0 {
		return ExitFailed, ErrNoCommand
	}
	if err := OwnProc(); err != nil {
		return ExitFailed, err
	}
	return onThread(func(caught *signals) (int, error) { return e.supervise(ctx, caught) })
}

func (e *Exec) supervise(ctx context.Context, caught *signals) (int, error) {
	info, err := Find(e.ID)
	if err != nil {
		return 0, err
	}
	t, err := openTarget(info)
	if err != nil {
		return 0, orEnded(info, err)
	}
	defer t.close()
	c := &Container{
		Steps: t.steps, Spec: t.spec, Path: e.Path, Args: e.Args, Env: e.Env,
		Stdin: e.Stdin, Stdout: e.Stdout, Stderr: e.Stderr, Terminal: e.Terminal,
	}
	s := &supervisor{Container: c, into: t, signals: caught}
	s.Spec.Steps = steps.Names(c.Steps)
	defer s.close()
	code, err := s.live(ctx)
	return code, orEnded(info, err)
}

// orEnded says of an error that the container has ended, where it has.
func orEnded(info journal.Info, err error) error {
	if err == nil {
		return nil
	}
	if first, gone := observe.TakeStatus(info.PID); gone != nil || first.Ended() {
		return fmt.Errorf("the container has ended: %w", err)
	}
	return err
}

// Find gives the running container of that id. The error names the nearest one.
func Find(id string) (journal.Info, error) {
	running, err := journal.Running()
	if err != nil {
		return journal.Info{}, fmt.Errorf("read what runs: %w", err)
	}
	var ids []string
	for _, info := range running {
		if info.ID == id {
			return info, nil
		}
		ids = append(ids, info.ID)
	}
	return journal.Info{}, fmt.Errorf("no container %q runs%s; see: workshop ps", id, nearest.Hint(id, ids))
}

// target is a running container, held open: its namespaces and root stay what
// they are, whatever happens to its pid.
type target struct {
	info  journal.Info
	spec  steps.Spec
	steps []*steps.Step // those that a process takes for itself
	group string        // its cgroup; "" where it has none of its own

	flags           int
	pidfd           int
	root, proc, exe *os.File
}

func openTarget(info journal.Info) (t *target, err error) {
	t = &target{info: info, pidfd: -1}
	defer func() {
		if err != nil {
			t.close()
			err = fmt.Errorf("container %s: %w", info.ID, err)
		}
	}()
	if err := json.Unmarshal(info.Spec, &t.spec); err != nil {
		return t, fmt.Errorf("read its settings: %w", err)
	}
	if t.steps, err = ownSteps(info.Steps); err != nil {
		return t, err
	}
	if err := awaitBuilt(info.PID); err != nil {
		return t, err
	}
	if err := t.canStart(); err != nil {
		return t, err
	}
	if t.pidfd, err = unix.PidfdOpen(info.PID, 0); err != nil {
		return t, &steps.Error{Op: "pidfd_open", Path: strconv.Itoa(info.PID), Err: err}
	}
	if err := t.openFiles(); err != nil {
		return t, err
	}
	// Only now is it sure that the pid was never somebody else's.
	_, err = Find(info.ID)
	return t, err
}

// Building tells whether a container's first process takes its steps still, and has
// not executed its command: its root may be the host's, whatever the journal says.
func Building(pid int) bool {
	argv, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // of one that has ended there is none
	return bytes.HasPrefix(argv, []byte(childName+"\x00"))
}

// awaitBuilt gives a container the time to begin that nobody holds up.
func awaitBuilt(pid int) error {
	for end := time.Now().Add(time.Second); Building(pid); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			return errors.New("it is being built, and has not all its layers yet; let it go on to its command first")
		}
	}
	return nil
}

// ownSteps are the steps that each process takes for itself, and of those what
// happens in the child: what the supervisor made, such as a profile, is there.
func ownSteps(names []string) ([]*steps.Step, error) {
	all, err := steps.Resolve(names)
	if err != nil {
		return nil, err
	}
	var own []*steps.Step
	for _, s := range all {
		if s.InChild != nil && !s.Entered {
			own = append(own, &steps.Step{Name: s.Name, InChild: s.InChild, Verify: s.Verify})
		}
	}
	return own, nil
}

// canStart refuses to enter where the filter hands what a start needs to somebody:
// for a process that comes later there is nobody.
func (t *target) canStart() error {
	for _, call := range steps.NeededToStart() {
		number, _ := seccomp.Number(call)
		for _, action := range seccomp.Outcomes(t.spec.Seccomp.Filters, number) {
			if kind := action.Kind(); kind == seccomp.Trace || kind == seccomp.Notify {
				return fmt.Errorf("its filter has the action %s for %s, and nobody answers for a process that comes later: %w", kind, call, unix.ENOSYS)
			}
		}
	}
	return nil
}

// openFiles opens all that the entering process needs.
func (t *target) openFiles() (err error) {
	if t.flags, err = differingNamespaces(t.info.PID); err != nil {
		return err
	}
	root := fmt.Sprintf("/proc/%d/root", t.info.PID)
	if t.root, err = os.OpenFile(root, unix.O_PATH|unix.O_DIRECTORY, 0); err != nil {
		return err
	}
	if t.proc, err = os.OpenFile("/proc", unix.O_PATH|unix.O_DIRECTORY, 0); err != nil {
		return err
	}
	if t.exe, err = sealedSelf(); err != nil {
		return err
	}
	t.group, err = t.ownGroup()
	return err
}

// ownGroup is the container's cgroup, where it is another one than ours. Without a
// guard it is not: there is nothing to enter, and maybe no right to.
func (t *target) ownGroup() (string, error) {
	theirs, err := cgroup.Of(t.info.PID, "pids")
	if errors.Is(err, cgroup.ErrNotFound) {
		return "", nil
	}
	if ours, err2 := cgroup.Of(os.Getpid(), "pids"); err == nil && err2 == nil && ours == theirs {
		return "", nil
	}
	return theirs, err
}

// differingNamespaces are the ones that the process does not share with us:
// entering one's own user namespace is an error.
func differingNamespaces(pid int) (flags int, err error) {
	for _, name := range steps.NamespaceKinds() {
		theirs, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/%s", pid, name))
		if errors.Is(err, os.ErrNotExist) && name == "time" {
			continue // Linux before 5.6
		}
		if err != nil {
			return 0, err
		}
		ours, err := os.Readlink("/proc/thread-self/ns/" + name)
		if err != nil {
			return 0, err
		}
		if ours != theirs {
			flags |= steps.NamespaceFlag(name)
		}
	}
	return flags, nil
}

// sealedSelf is a copy of this program that nobody can write to. A process in
// the container can open /proc/PID/exe of the one that enters, and would reach
// the program on the host: CVE-2019-5736.
func sealedSelf() (*os.File, error) {
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	defer self.Close()
	fd, err := unix.MemfdCreate("workshop", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, &steps.Error{Op: "memfd_create", Err: err}
	}
	sealed := os.NewFile(uintptr(fd), "workshop")
	_, err = io.Copy(sealed, self)
	if err == nil {
		_, err = unix.FcntlInt(sealed.Fd(), unix.F_ADD_SEALS,
			unix.F_SEAL_SEAL|unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_WRITE)
	}
	if err != nil {
		sealed.Close()
		return nil, fmt.Errorf("copy this program: %w", err)
	}
	return sealed, nil
}

// spawn lets the child be born inside.
func (t *target) spawn(attr *syscall.SysProcAttr, files []uintptr) (*process, error) {
	// Processes in the container can open what this one has open: so it has no
	// door to the host but where its label must be written to one.
	if t.spec.Has(steps.AppArmor.Name) {
		files = append(files, t.proc.Fd())
	}
	e, err := newEntry(t.exe, attr, files)
	if err != nil {
		return nil, err
	}
	defer e.close()
	e.pidfd, e.flags, e.root = uintptr(t.pidfd), uintptr(t.flags), t.root.Fd()
	pid, err := e.enter()
	if err != nil {
		return nil, err
	}
	return &process{pid: pid}, nil
}

// join moves the process into the container's cgroup. It is the last thing
// before the execve: in a group that is full, the child could not go on.
func (t *target) join(pid int) error {
	if t.group == "" {
		return nil
	}
	file := t.group + "/cgroup.procs"
	if err := cgroup.Write(file, strconv.Itoa(pid)); err != nil {
		return &steps.Error{Op: fmt.Sprintf("write %d", pid), Path: file, Err: err}
	}
	return nil
}

func (t *target) close() {
	if t.pidfd >= 0 {
		unix.Close(t.pidfd)
	}
	for _, f := range []*os.File{t.root, t.proc, t.exe} {
		if f != nil {
			f.Close()
		}
	}
}
