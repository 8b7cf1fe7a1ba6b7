package container_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// The moments at which something goes wrong, before and after each.
var moments = []string{"clone", "pivot-root", "execve"}

// hook is a watcher that does something at one moment.
type hook struct {
	moment string
	after  bool
	do     func(context.Context, *container.Moment) error
}

func (h *hook) Before(ctx context.Context, m *container.Moment) error {
	if m.Name == h.moment && !h.after {
		return h.do(ctx, m)
	}
	return nil
}

func (h *hook) After(ctx context.Context, m *container.Moment) error {
	if m.Name == h.moment && h.after {
		return h.do(ctx, m)
	}
	return nil
}

// superviseEnv makes the test binary a supervisor that stops at a moment.
const superviseEnv = "WORKSHOP_TEST_SUPERVISE"

func superviseIfAsked() {
	at, dir, ok := strings.Cut(os.Getenv(superviseEnv), ":")
	if !ok {
		return
	}
	moment, after := strings.CutPrefix(at, "after ")
	c := container.Container{Steps: []*steps.Step{steps.PivotRoot}, Rootfs: dir, Args: []string{"sleep", "60"}}
	c.Watcher = &hook{moment, after, func(ctx context.Context, m *container.Moment) error {
		fmt.Println("pid", m.PID)
		<-ctx.Done()
		return ctx.Err()
	}}
	if at == "running" {
		c.Watcher, c.Args = nil, []string{"sh", "-c", "echo pid $$; exec sleep 60"}
	}
	if at == "check" {
		steps.PivotRoot.Check = func(*steps.Spec) error {
			time.Sleep(300 * time.Millisecond) // for signals to be caught, if they are
			fmt.Println("pid", os.Getpid())
			time.Sleep(5 * time.Second)
			return errors.New("no signal ended it")
		}
	}
	code, err := c.Run(context.Background())
	fmt.Fprintln(os.Stderr, err)
	os.Exit(code)
}

// execEnv makes the test binary enter a running container.
const execEnv = "WORKSHOP_TEST_EXEC"

func execIfAsked() {
	id := os.Getenv(execEnv)
	if id == "" {
		return
	}
	e := &container.Exec{ID: id, Args: []string{"/bin/sh", "-c", "echo pid $$; exec sleep 60"}}
	code, err := e.Run(context.Background())
	fmt.Fprintln(os.Stderr, err)
	os.Exit(code)
}

// supervisorAt starts a supervisor and waits until it is at the moment.
func supervisorAt(t *testing.T, moment string) (cmd *exec.Cmd, child int) {
	t.Helper()
	return supervisorOf(t, superviseEnv+"="+moment+":"+testroot.Busybox(t))
}

// supervisorOf is this test binary with that variable, which tells the pid of a child.
func supervisorOf(t *testing.T, variable string) (cmd *exec.Cmd, child int) {
	t.Helper()
	cmd = exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), variable)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("with %s the supervisor told no pid: %v", variable, err)
	}
	if _, err := fmt.Sscanf(line, "pid %d", &child); err != nil {
		t.Fatal(err)
	}
	return cmd, child
}

func eachMoment(t *testing.T, test func(t *testing.T, moment string)) {
	for _, m := range moments {
		for _, at := range []string{m, "after " + m} {
			t.Run(at, func(t *testing.T) { test(t, at) })
		}
	}
}

// TestSupervisorKilled: the child dies with it, and the next run sweeps the rest.
func TestSupervisorKilled(t *testing.T) {
	eachMoment(t, func(t *testing.T, moment string) {
		cmd, child := supervisorAt(t, moment)
		left := journalsOf(t, cmd.Process.Pid)
		kill(t, cmd, syscall.SIGKILL)
		gone(t, child)
		if _, _, err := output(t, testroot.Container(t, steps.Chroot), "true"); err != nil {
			t.Fatal(err)
		}
		nothingLeft(t, left)
	})
	cmd, child := supervisorAt(t, "running")
	kill(t, cmd, syscall.SIGKILL)
	gone(t, child)
}

// TestExecKilled: what entered a container dies with the one that let it in, and the
// container lives on.
func TestExecKilled(t *testing.T) {
	info := start(t, container.Container{}, "fork-exec")
	cmd, child := supervisorOf(t, execEnv+"="+info.ID)
	kill(t, cmd, syscall.SIGKILL)
	if gone(t, child); t.Failed() {
		_ = unix.Kill(child, unix.SIGKILL)
	}
	infoOf(t, info.PID) // fails where the container is gone too
}

// TestSupervisorSignalled: it takes everything back itself.
func TestSupervisorSignalled(t *testing.T) {
	for _, sig := range []syscall.Signal{unix.SIGINT, unix.SIGQUIT, unix.SIGHUP, unix.SIGTERM} {
		eachMoment(t, func(t *testing.T, moment string) {
			cmd, child := supervisorAt(t, moment)
			left := journalsOf(t, cmd.Process.Pid)
			if code := kill(t, cmd, sig); code != 128+int(sig) {
				t.Errorf("%v: exit code %d", sig, code)
			}
			gone(t, child)
			nothingLeft(t, left)
		})
	}
}

// TestSignalledWhileChecking: a check that waits, for who writes a FIFO, is ended too.
func TestSignalledWhileChecking(t *testing.T) {
	cmd, _ := supervisorAt(t, "check")
	if kill(t, cmd, unix.SIGTERM); !cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled() {
		t.Errorf("it ended by itself: %v", cmd.ProcessState)
	}
}

// TestChildKilled: the supervisor says so, and does not hang.
func TestChildKilled(t *testing.T) {
	eachMoment(t, func(t *testing.T, at string) {
		if at == "clone" {
			return // there is no child yet
		}
		moment, after := strings.CutPrefix(at, "after ")
		c := testroot.Container(t, steps.PivotRoot)
		var left []string
		c.Watcher = &hook{moment, after, func(_ context.Context, m *container.Moment) error {
			left = journalsOf(t, os.Getpid())
			return unix.Kill(m.PID, unix.SIGKILL)
		}}
		_, code, err := output(t, c, "sleep", "60")
		if at == "after execve" {
			if code != 128+9 {
				t.Errorf("code %d, error %v", code, err)
			}
		} else if code != container.ExitFailed || !strings.Contains(fmt.Sprint(err), "SIGKILL") {
			t.Errorf("code %d, error %v: does not say that the child was killed", code, err)
		}
		nothingLeft(t, left)
	})
}

// TestWatcherFails: an error of the watcher ends the run at each moment.
func TestWatcherFails(t *testing.T) {
	enough := errors.New("enough")
	eachMoment(t, func(t *testing.T, at string) {
		moment, after := strings.CutPrefix(at, "after ")
		c := testroot.Container(t, steps.PivotRoot)
		var left []string
		c.Watcher = &hook{moment, after, func(context.Context, *container.Moment) error {
			left = journalsOf(t, os.Getpid())
			return enough
		}}
		if _, code, err := output(t, c, "sleep", "60"); !errors.Is(err, enough) || code != container.ExitFailed {
			t.Errorf("code %d, error %v", code, err)
		}
		nothingLeft(t, left)
	})
}

// TestContextEnds: at each moment the child ends, and the error is the cause.
func TestContextEnds(t *testing.T) {
	enough := errors.New("enough")
	eachMoment(t, func(t *testing.T, at string) {
		moment, after := strings.CutPrefix(at, "after ")
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		c := testroot.Container(t, steps.PivotRoot)
		c.Args = []string{"sleep", "60"}
		var left []string
		c.Watcher = &hook{moment, after, func(context.Context, *container.Moment) error {
			left = journalsOf(t, os.Getpid())
			cancel(enough)
			return nil
		}}
		if code, err := c.Run(ctx); !errors.Is(err, enough) || code != container.ExitFailed {
			t.Errorf("code %d, error %v", code, err)
		}
		nothingLeft(t, left)
	})
}

// TestBackground: what the command left behind ends with it.
func TestBackground(t *testing.T) {
	c := testroot.Container(t, steps.Chroot)
	out, _, err := output(t, c, "sh", "-c", "sleep 60 >/dev/null 2>&1 & echo pid $!")
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscanf(out, "pid %d", &pid); err != nil {
		t.Fatal(err)
	}
	gone(t, pid)
}

func kill(t *testing.T, cmd *exec.Cmd, sig syscall.Signal) (code int) {
	t.Helper()
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the supervisor does not end")
	}
	return cmd.ProcessState.ExitCode()
}

// gone waits until a process has ended; its new parent may be slow to reap it.
func gone(t *testing.T, pid int) {
	t.Helper()
	testenv.Eventually(t, 5*time.Second, fmt.Sprintf("process %d ends", pid), func() bool {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		return err != nil || strings.Contains(string(status), "State:\tZ")
	})
}

// journalsOf lists the journals of a process that runs containers, and of no other one:
// it has them open.
func journalsOf(t *testing.T, pid int) (journals []string) {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, file := range files {
		if to, _ := os.Readlink(file); strings.HasPrefix(to, journal.Dir+"/") && strings.HasSuffix(to, ".journal") {
			journals = append(journals, to)
		}
	}
	if err != nil || len(journals) == 0 {
		t.Errorf("process %d has no journal: this test would see nothing: %v", pid, err)
	}
	return journals
}

// nothingLeft looks for what belonged to those journals: the files, the
// cgroups, and mounts in this process's namespace, which is the host's.
func nothingLeft(t *testing.T, journals []string) {
	t.Helper()
	tree, treeErr := cgroup.Find("pids")
	for _, j := range journals {
		if _, err := os.Stat(j); !errors.Is(err, os.ErrNotExist) && !owned(j) {
			t.Errorf("%s is left", j)
		}
		id := strings.TrimSuffix(filepath.Base(j), ".journal")
		if _, err := os.Stat(tree.Path(id)); treeErr == nil && err == nil && !owned(j) {
			t.Errorf("the cgroup %s is left", tree.Path(id))
		}
	}
	mounts, err := mountinfo.GetMounts(mountinfo.PrefixFilter(journal.Dir))
	if err != nil || len(mounts) > 0 {
		t.Errorf("mounts below %s on the host: %v %v", journal.Dir, mounts, err)
	}
}

// owned tells whether somebody holds a journal, such as who sweeps it just now.
func owned(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil
}
