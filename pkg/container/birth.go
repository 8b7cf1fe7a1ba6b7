package container

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/internal/job"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

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
	open, err := inheritable()
	if err != nil {
		return err
	}
	in := instructions{s.Spec, append(verbatim{s.path()}, s.Args...), s.env(), s.into != nil, open}
	return s.socket.say(in.values()...)
}

// inheritable are our descriptors that live on in every program that we execute.
func inheritable() (list []int, err error) {
	names, err := os.ReadDir("/proc/self/fd")
	for _, name := range names {
		fd, _ := strconv.Atoi(name.Name())
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if fd > 2 && err == nil && flags&unix.FD_CLOEXEC == 0 {
			list = append(list, fd)
		}
	}
	return list, err
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

// files gives the child's 0, 1 and 2.
func (s *supervisor) files(attr *syscall.SysProcAttr) ([]uintptr, error) {
	if s.Terminal {
		var err error
		s.terminal, err = openTerminal(cmp.Or(s.Stdin, os.Stdin), cmp.Or(s.Stdout, os.Stdout))
		if err != nil {
			return nil, err
		}
		s.terminal.typed, s.terminal.gone = s.typed, s.gone
		// A session of its own, which the terminal controls: Ctrl-C reaches
		// the command and not us. See credentials(7).
		attr.Setsid, attr.Setctty, attr.Ctty = true, true, 0
		fd := s.terminal.slave.Fd()
		return []uintptr{fd, fd, fd}, nil
	}
	fds := []uintptr{cmp.Or(s.Stdin, os.Stdin).Fd(), cmp.Or(s.Stdout, os.Stdout).Fd(), cmp.Or(s.Stderr, os.Stderr).Fd()}
	// A session without a terminal: else the command could type what the person's
	// shell reads next. See TIOCSTI in ioctl_tty(2).
	s.hears = slices.ContainsFunc(fds, func(fd uintptr) bool { return term.IsTerminal(int(fd)) })
	s.tty = ourTerminal(s.hears)
	attr.Setsid = s.tty != nil
	return fds, nil
}

// ourTerminal opens the terminal that controls our session; nil where there is none. So
// it is where we are in its background and the command can hear its keys: only who is in
// the session is kept from taking the person's there.
func ourTerminal(hears bool) *os.File {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return nil
	}
	if hears && job.Background(int(tty.Fd())) {
		tty.Close()
		return nil
	}
	return tty
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
