package container_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// start runs a container of the named steps in the background until the test
// ends, and gives its entry in the journal.
func start(t *testing.T, c container.Container, names ...string) journal.Info {
	t.Helper()
	testenv.Root(t)
	list, err := steps.Only(names)
	if err != nil {
		t.Fatal(err)
	}
	born := make(chan int)
	c.Steps, c.Args, c.Watcher = list, []string{"/bin/sleep", "60"}, bornWatcher(born)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := c.Run(ctx)
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	select {
	case pid := <-born:
		return infoOf(t, pid)
	case err := <-ended:
		go func() { ended <- err }()
		t.Fatal(err)
	}
	panic("unreachable")
}

// bornWatcher tells the pid once the command executes.
type bornWatcher chan int

func (bornWatcher) Before(context.Context, *container.Moment) error { return nil }

func (w bornWatcher) After(_ context.Context, m *container.Moment) error {
	if m.Name == "execve" {
		w <- m.PID
	}
	return nil
}

func infoOf(t *testing.T, pid int) journal.Info {
	t.Helper()
	running, err := journal.Running()
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range running {
		if info.PID == pid {
			return info
		}
	}
	t.Fatalf("the journals do not know the container with the pid %d", pid)
	return journal.Info{}
}

// execIn runs a shell script in a running container.
func execIn(t *testing.T, id, script string) (string, int) {
	t.Helper()
	var code int
	text, err := testroot.Said(t, func(w *os.File) (err error) {
		e := &container.Exec{ID: id, Args: []string{"/bin/sh", "-c", script}, Stdout: w, Stderr: w}
		code, err = e.Run(t.Context())
		return err
	})
	if err != nil {
		t.Fatalf("exec %q: %v; it said %q", script, err, text)
	}
	return strings.TrimSpace(text), code
}

// Every test below asks the process itself and compares with the first one's.

func TestExecEntersGroup(t *testing.T) {
	info := start(t, container.Container{}, "fork-exec", "cgroup")
	want, err := cgroup.Of(info.PID, "pids")
	if err != nil {
		t.Fatal(err)
	}
	said, _ := execIn(t, info.ID, "cat /proc/self/cgroup")
	if name := strings.TrimPrefix(want, "/sys/fs/cgroup"); !strings.Contains(said, info.ID+"/limited") {
		t.Errorf("the process must be in %s: %s", name, said)
	}
}

func TestExecEntersNamespaces(t *testing.T) {
	info := start(t, container.Container{}, "fork-exec")
	said, _ := execIn(t, info.ID, "readlink /proc/self/ns/mnt")
	want, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/mnt", info.PID))
	if err != nil {
		t.Fatal(err)
	}
	ours, _ := os.Readlink("/proc/self/ns/mnt")
	if said != want || want == ours {
		t.Errorf("mount namespace: %s, the container's is %s, the host's %s", said, want, ours)
	}
}

// TestExecEntersRoot: the root of a chroot is in none of its namespaces.
func TestExecEntersRoot(t *testing.T) {
	info := start(t, container.Container{Rootfs: testroot.Busybox(t)}, "chroot")
	said, _ := execIn(t, info.ID, "stat -c %d:%i / .")
	var root unix.Stat_t
	if err := unix.Stat(fmt.Sprintf("/proc/%d/root/", info.PID), &root); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%d:%d", root.Dev, root.Ino); said != want+"\n"+want {
		t.Errorf("/ and the working directory are %q, and the container's / is %s", said, want)
	}
}

func TestExecPassesExitCodeOn(t *testing.T) {
	info := start(t, container.Container{}, "fork-exec")
	if _, code := execIn(t, info.ID, "exit 42"); code != 42 {
		t.Errorf("exit 42 gave %d", code)
	}
	e := &container.Exec{ID: info.ID, Args: []string{"/no/such"}}
	if code, err := e.Run(t.Context()); code != container.ExitNotFound {
		t.Errorf("a command that is not there gave %d (%v)", code, err)
	}
}

// TestExecTakesOwnSteps: what belongs to a process and not to the container, the
// process that enters takes itself. Layers that do nothing hold it up by nothing.
func TestExecTakesOwnSteps(t *testing.T) {
	const fields = "grep -E '^(CapBnd|CapEff|Seccomp):' /proc/self/status"
	host, err := observe.TakeStatus(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	c := container.Container{}
	c.Spec.Capabilities.Drop = []string{"CAP_SYS_TIME"}
	info := start(t, c, "fork-exec", "capabilities", "seccomp")
	first, err := observe.TakeStatus(info.PID)
	if err != nil {
		t.Fatal(err)
	}
	said, code := execIn(t, info.ID, fields)
	for _, field := range []string{"CapBnd", "CapEff", "Seccomp"} {
		want := field + ":\t" + first.Get(field)
		if code != 0 || !strings.Contains(said, want) || first.Get(field) == host.Get(field) {
			t.Errorf("exit code %d, it said %q, the container's is %q, the host's %q", code, said, want, host.Get(field))
		}
	}
	c.Spec.Capabilities = steps.CapabilitySettings{Privileged: true}
	c.Spec.Seccomp.Profile = steps.Unconfined
	info = start(t, c, "fork-exec", "capabilities", "seccomp")
	if said, code := execIn(t, info.ID, fields); code != 0 || !strings.Contains(said, "Seccomp:\t0") {
		t.Errorf("privileged: exit code %d, it said %q", code, said)
	}
}

// TestExecTakesLabel: it is written to the host's /proc, before and after the root has
// changed.
func TestExecTakesLabel(t *testing.T) {
	testenv.AppArmor(t)
	for _, layers := range [][]string{{"fork-exec", "apparmor"}, {"namespaces", "pivot-root", "capabilities", "apparmor", "seccomp"}} {
		c := container.Container{}
		if len(layers) > 2 {
			c.Rootfs = testenv.Rootfs(t)
		}
		info := start(t, c, layers...)
		want, err := os.ReadFile(fmt.Sprintf("/proc/%d/attr/apparmor/current", info.PID))
		if err != nil || !strings.HasPrefix(string(want), "workshop-"+info.ID) {
			t.Fatalf("the first process has the label %q: %v", want, err)
		}
		if said, code := execIn(t, info.ID, "cat /proc/self/attr/apparmor/current"); code != 0 || said != strings.TrimSpace(string(want)) {
			t.Errorf("%v: exit code %d, it said %q, the container's is %q", layers, code, said, want)
		}
	}
}

// TestExecNobodyAnswers: a filter that asks a tracer about what a start needs would
// leave a process that comes later without one.
func TestExecNobodyAnswers(t *testing.T) {
	for _, call := range steps.NeededToStart() {
		c := container.Container{}
		c.Spec.Seccomp.Rules = []string{"trace:" + call}
		info := start(t, c, "fork-exec", "seccomp")
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		e := &container.Exec{ID: info.ID, Args: []string{"/bin/true"}}
		if _, err := e.Run(ctx); !errors.Is(err, unix.ENOSYS) || !strings.Contains(err.Error(), "trace for "+call) {
			t.Errorf("%s: got %v", call, err)
		}
	}
}

func TestExecUnknownContainer(t *testing.T) {
	testenv.Root(t)
	e := &container.Exec{ID: "nosuch", Args: []string{"/bin/true"}}
	if _, err := e.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "workshop ps") {
		t.Errorf("the error must say what to do: %v", err)
	}
}

// heldWatcher holds the child up before it takes its last step.
type heldWatcher struct{ held, goOn chan int }

func (w heldWatcher) Before(_ context.Context, m *container.Moment) error {
	if m.Name == "capabilities" {
		w.held <- m.PID
		<-w.goOn
	}
	return nil
}

func (heldWatcher) After(context.Context, *container.Moment) error { return nil }

// TestExecWaitsForAllLayers: who enters a container before it has its root would be on
// the host.
func TestExecWaitsForAllLayers(t *testing.T) {
	testenv.Root(t)
	for name, holds := range map[string]time.Duration{"for long": time.Minute, "for a moment": 100 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			w := heldWatcher{make(chan int), make(chan int)}
			list, err := steps.Only([]string{"capabilities"})
			if err != nil {
				t.Fatal(err)
			}
			c := container.Container{Steps: list, Args: []string{"/bin/sleep", "60"}, Watcher: w}
			ctx, cancel := context.WithCancel(t.Context())
			over := make(chan error)
			go func() {
				_, err := c.Run(ctx)
				over <- err
			}()
			info := infoOf(t, <-w.held)
			held := time.AfterFunc(holds, func() { close(w.goOn) })
			e := &container.Exec{ID: info.ID, Args: []string{"/bin/true"}}
			_, err = e.Run(t.Context())
			if refused := err != nil && strings.Contains(err.Error(), "it is being built"); refused != (holds > time.Second) || !refused && err != nil {
				t.Errorf("got %v", err)
			}
			if held.Stop() {
				close(w.goOn)
			}
			cancel()
			<-over
		})
	}
}

// endWatcher tells that the command has ended, and holds up what follows: the journal
// still says that the container runs.
type endWatcher struct{ ended, goOn chan int }

func (endWatcher) Before(context.Context, *container.Moment) error { return nil }

func (w endWatcher) After(_ context.Context, m *container.Moment) error {
	if m.Name == "wait" {
		w.ended <- m.PID
		<-w.goOn
	}
	return nil
}

func TestExecSaysThatItHasEnded(t *testing.T) {
	testenv.Root(t)
	w := endWatcher{make(chan int), make(chan int)}
	c := container.Container{Args: []string{"/bin/true"}, Watcher: w}
	over := make(chan error)
	go func() {
		_, err := c.Run(t.Context())
		over <- err
	}()
	info := infoOf(t, <-w.ended)
	e := &container.Exec{ID: info.ID, Args: []string{"/bin/true"}}
	if _, err := e.Run(t.Context()); !errors.Is(err, unix.ESRCH) || !strings.HasPrefix(err.Error(), "the container has ended: ") {
		t.Errorf("got %v", err)
	}
	close(w.goOn)
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// The process that entered dies with the container: the group is killed.
func TestExecEndsWithContainer(t *testing.T) {
	info := start(t, container.Container{}, "fork-exec", "cgroup")
	group, err := cgroup.Of(info.PID, "pids")
	if err != nil {
		t.Fatal(err)
	}
	up, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer up.Close()
	ended := make(chan int, 1)
	go func() {
		defer w.Close()
		e := &container.Exec{ID: info.ID, Args: []string{"/bin/sh", "-c", "echo up; exec sleep 60"}, Stdout: w}
		code, err := e.Run(context.Background())
		if err != nil {
			t.Error(err)
		}
		ended <- code
	}()
	// Killed between its birth and its execve it would be a failed start, with 125.
	if _, err := io.ReadFull(up, make([]byte, len("up"))); err != nil {
		t.Error("the command does not run:", err)
	}
	if err := cgroup.Kill(group); err != nil {
		t.Fatal(err)
	}
	if code := <-ended; code != 128+9 {
		t.Errorf("it must be ended by SIGKILL: exit code %d", code)
	}
}
