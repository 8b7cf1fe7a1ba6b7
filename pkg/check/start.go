package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"github.com/creack/pty"
	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// run is one start of the program. A thread with a mount namespace of its own
// starts it and waits; who judges is on another, for what the program mounts, and
// a pivot_root(2) in that namespace, must not change what is seen of it.
type run struct {
	*Check
	guard   *container.Guard
	others  map[int]bool // children of this process that have nothing to do with it
	host    *observe.Snapshot
	mounts  []*mountinfo.Info // of the host, before
	cgroups map[string]bool   // the groups of the host, before

	subreaper int32 // whether this process was one before

	thread int           // the one that started the program
	over   chan struct{} // closed when that thread may end

	pid    int
	kill   func() error // ends the program alone
	stdin  *os.File     // our end
	output *output
	files  []*os.File
	ended  chan struct{}
	state  *os.ProcessState // once ended
	pty    bool
	warn   []string
}

// start starts the program: in a session of its own, below this process as its
// subreaper, in a guard, and in a copy of the host's mount namespace, so that
// nothing that it mounts stays behind.
func (r *run) start(ctx context.Context) error {
	if err := unix.Prctl(unix.PR_GET_CHILD_SUBREAPER, uintptr(unsafe.Pointer(&r.subreaper)), 0, 0, 0); err != nil {
		return fmt.Errorf("prctl(PR_GET_CHILD_SUBREAPER): %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("prctl(PR_SET_CHILD_SUBREAPER): %w", err)
	}
	r.others = map[int]bool{}
	for _, p := range all() {
		r.others[p.pid] = p.parent == os.Getpid()
	}
	var err error
	if r.guard, err = container.NewGuard(); err != nil {
		r.warn = append(r.warn, fmt.Sprintf("this run has no guard cgroup: %v", err))
	}
	r.cgroups = groups()
	started := make(chan error)
	r.over = make(chan struct{})
	go func() {
		_ = thread.Do(func() error {
			started <- r.startHere(ctx)
			<-r.over // the program's death signal is this thread's
			return nil
		})
	}()
	return <-started
}

// startHere starts the program from this thread.
func (r *run) startHere(ctx context.Context) (err error) {
	if err := ownMounts(); err != nil {
		return err
	}
	r.thread = unix.Gettid()
	if r.host, err = observe.Take(r.thread); err != nil {
		return err
	}
	r.mounts, _ = mountsOf(r.thread)
	return r.spawn(ctx)
}

// spawn executes the program with our descriptors.
func (r *run) spawn(ctx context.Context) error {
	cmd := &exec.Cmd{Path: r.Path, Args: r.Command, Dir: r.Dir, Env: r.env()}
	if cmd.Path == "" {
		path, err := exec.LookPath(r.Command[0])
		if err != nil && !errors.Is(err, exec.ErrDot) {
			return &notStarted{err}
		}
		cmd.Path = path
	}
	if err := r.connect(cmd); err != nil {
		return err
	}
	attr := syscall.SysProcAttr{Setsid: true, Setctty: r.pty, Pdeathsig: syscall.SIGKILL}
	start := func(attr *syscall.SysProcAttr) (int, error) {
		again := *cmd
		again.SysProcAttr = attr
		err := again.Start()
		if err == nil {
			r.watch(&again)
		}
		return r.pid, err
	}
	var err error
	if r.guard != nil {
		err = r.guard.Start(attr, start)
	} else {
		_, err = start(&attr)
	}
	for _, f := range []any{cmd.Stdin, cmd.Stdout, cmd.Stderr} {
		f.(*os.File).Close()
	}
	var exec *os.PathError
	if errors.As(err, &exec) && exec.Op == "fork/exec" {
		return &notStarted{err}
	}
	return cmp.Or(err, context.Cause(ctx))
}

// watch notes how the program ends.
func (r *run) watch(cmd *exec.Cmd) {
	r.pid, r.kill, r.ended = cmd.Process.Pid, cmd.Process.Kill, make(chan struct{})
	go func() {
		r.state, _ = cmd.Process.Wait()
		close(r.ended)
	}()
}

// connect gives the program pipes, or a terminal.
func (r *run) connect(cmd *exec.Cmd) error {
	r.output = newOutput()
	if r.pty {
		return r.connectTerminal(cmd)
	}
	var ends [6]*os.File
	for i := 0; i < len(ends); i += 2 {
		var err error
		if ends[i], ends[i+1], err = os.Pipe(); err != nil {
			for _, f := range ends[:i] {
				f.Close()
			}
			return err
		}
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = ends[0], ends[3], ends[5]
	r.stdin, r.files = ends[1], []*os.File{ends[2], ends[4]}
	r.output.read(ends[2], true)
	r.output.read(ends[4], false)
	return nil
}

func (r *run) connectTerminal(cmd *exec.Cmd) error {
	master, slave, err := pty.Open()
	if err != nil {
		return fmt.Errorf("open a pseudo-terminal: %w", err)
	}
	// Without echo: what we write is no answer.
	if settings, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS); err == nil {
		settings.Lflag &^= unix.ECHO
		_ = unix.IoctlSetTermios(int(slave.Fd()), unix.TCSETS, settings)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	r.stdin, r.files = master, []*os.File{master}
	r.output.read(master, true)
	return nil
}

// notStarted is the error of a program that could not be executed.
type notStarted struct{ error }

func (e *notStarted) Unwrap() error { return e.error }

// end ends all of it, and takes back what was made.
func (r *run) end() error {
	var err error
	if r.pid != 0 {
		err = errors.Join(r.killTree(), r.killProgram())
	}
	if r.over != nil {
		close(r.over)
	}
	if r.stdin != nil && !r.pty {
		r.stdin.Close()
	}
	if r.output != nil {
		for _, f := range r.files {
			_ = f.SetReadDeadline(time.Now().Add(time.Second)) // somebody outside may hold the other end
		}
		r.output.readers.Wait()
		for _, f := range r.files {
			f.Close()
		}
	}
	if r.guard != nil {
		err = errors.Join(err, r.guard.Close())
	}
	// It may have been workshop. What cannot be taken back, the next run tells of.
	_ = container.Sweep()
	return errors.Join(err, unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, uintptr(r.subreaper), 0, 0, 0))
}

// ownMounts gives this thread a copy of the host's mounts, which is as the host's
// but for one thing: nothing that is done to it reaches the host. What is shared
// there is shared here, among ourselves, for programs stumble over it.
func ownMounts() error {
	// CLONE_FS too: a thread that shares its root with others may not leave.
	if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
		return &steps.Error{Op: "unshare", Path: "CLONE_NEWNS", Err: err}
	}
	before, err := mountsOf(unix.Gettid())
	if err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return &steps.Error{Op: "mount --make-rslave", Path: "/", Err: err}
	}
	for _, m := range before {
		if strings.Contains(m.Optional, "shared:") {
			// One that another mount covers has no name, and nobody stumbles over it.
			_ = unix.Mount("", m.Mountpoint, "", unix.MS_SHARED, "")
		}
	}
	return nil
}

// mountsOf reads the mount table of a thread of ours, as seen from its root.
func mountsOf(thread int) ([]*mountinfo.Info, error) {
	f, err := os.Open(fmt.Sprintf("/proc/self/task/%d/mountinfo", thread))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return mountinfo.GetMountsFromReader(f, nil)
}
