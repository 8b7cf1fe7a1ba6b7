package steps_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// inNamespaces runs a command with the namespaces layer alone, and looks.
func inNamespaces(t *testing.T, settings steps.NamespaceSettings, args ...string) (looker, string) {
	t.Helper()
	testenv.Root(t)
	return watched(t, container.Container{
		Steps: []*steps.Step{steps.Namespaces}, Spec: steps.Spec{Namespaces: settings}, Args: args,
	})
}

func watched(t *testing.T, c container.Container) (looker, string) {
	t.Helper()
	out, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	l := looker{}
	c.Stdout, c.Watcher = out, l
	if code, err := c.Run(t.Context()); code != 0 || err != nil {
		t.Fatalf("%v: exit code %d, %v", c.Args, code, err)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return l, string(text)
}

// TestEachNamespaceAlone is S8: with its flag a kind is new, and all others are
// the host's, as the inode numbers in /proc/PID/ns say after the execve.
func TestEachNamespaceAlone(t *testing.T) {
	for _, kind := range append(steps.NamespaceKinds(), "none") {
		t.Run(kind, func(t *testing.T) {
			l, _ := inNamespaces(t, steps.NamespaceSettings{Kinds: []string{kind}}, "true")
			for _, k := range steps.NamespaceKinds() {
				if k == "mnt" && kind != "mnt" {
					continue // the supervisor's own: compared below
				}
				host, err := os.Readlink("/proc/self/ns/" + k)
				if err != nil {
					t.Fatal(err)
				}
				if same := l["execve"].Namespaces[k].Link == host; same == (k == kind) {
					t.Errorf("%s: ours is %s, the command's %s", k, host, l["execve"].Namespaces[k].Link)
				}
			}
			if kind == "user" {
				if got := strings.Join(strings.Fields(l["execve"].UIDMap), " "); got != "0 65534 1" {
					t.Errorf("uid_map is %q", got)
				}
				if got := strings.Fields(l["execve"].Get("Uid"))[0]; got != "65534" {
					t.Errorf("root inside is user %s outside", got)
				}
			}
		})
	}
}

// TestAllNamespaces is S11, with a root of its own, as a command inside sees it.
func TestAllNamespaces(t *testing.T) {
	for _, user := range []bool{false, true} {
		c := testroot.Container(t, steps.Namespaces, steps.PivotRoot)
		c.Spec.Namespaces.User = user
		c.Args = []string{"sh", "-c", "echo $$; hostname; cat /proc/[0-9]*/stat | wc -l; grep -c lo: /proc/net/dev; " +
			"cut -d. -f1 /proc/uptime; cut -d: -f3 /proc/self/cgroup | sort -u; id -u; touch /x && ls -ln /x | tr -s ' ' | cut -d' ' -f3"}
		l, got := watched(t, c)
		lines := strings.Fields(got)
		if len(lines) != 8 {
			t.Fatalf("user %v: it said %q", user, got)
		}
		uptime, err := strconv.Atoi(lines[4])
		if err != nil || uptime > 5 {
			t.Errorf("user %v: the uptime is %s, %v", user, lines[4], err)
		}
		lines[2], lines[4] = "", "" // two or three processes of the pipe
		if want := []string{"1", "container", "", "1", "", "/", "0", "0"}; !slices.Equal(lines, want) {
			t.Errorf("user %v: it said %q, want %q", user, lines, want)
		}
		for _, kind := range steps.NamespaceKinds() {
			host, err := os.Readlink("/proc/self/ns/" + kind)
			if err != nil {
				t.Fatal(err)
			}
			if differs := l["execve"].Namespaces[kind].Link != host; differs != (kind != "user" || user) {
				t.Errorf("user %v: %s differs: %v", user, kind, differs)
			}
		}
	}
}

// TestUptime: the clock begins where it is told to, and without the namespace it
// is the host's.
func TestUptime(t *testing.T) {
	var host unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &host); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		kind string
		want int64
	}{{"time", 100000}, {"uts", host.Sec}} {
		_, out := inNamespaces(t, steps.NamespaceSettings{Kinds: []string{test.kind}, Uptime: 100000}, "cut", "-d.", "-f1", "/proc/uptime")
		got, err := strconv.ParseInt(strings.TrimSpace(out), 10, 64)
		if err != nil || got < test.want || got > test.want+5 {
			t.Errorf("%s: %d, want %d (%v)", test.kind, got, test.want, err)
		}
	}
}

// otherNamespaces starts a process in new namespaces, and gives its pid.
func otherNamespaces(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("sleep", "60")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWPID | unix.CLONE_NEWCGROUP,
		Pdeathsig:  syscall.SIGKILL,
	}
	runtime.LockOSThread() // the death signal is this thread's end
	t.Cleanup(runtime.UnlockOSThread)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd.Process.Pid
}

// TestJoin enters existing namespaces, each alone, and stays in the host's others.
func TestJoin(t *testing.T) {
	testenv.Root(t)
	other := otherNamespaces(t)
	for _, kind := range []string{"net", "uts", "ipc", "pid", "cgroup"} {
		t.Run(kind, func(t *testing.T) {
			join := fmt.Sprintf("%s=%d", kind, other)
			l, _ := inNamespaces(t, steps.NamespaceSettings{Kinds: []string{"none"}, Join: []string{join}}, "true")
			if groups := fmt.Sprint(l["execve"].Cgroups); !strings.Contains(groups, "/"+cgroup.Parent+"/") {
				t.Errorf("it is outside of the guard: %s", groups)
			}
			for _, k := range []string{"net", "uts", "ipc", "pid", "cgroup", "user", "time"} {
				pid := os.Getpid()
				if k == kind {
					pid = other
				}
				want, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/%s", pid, k))
				if err != nil {
					t.Fatal(err)
				}
				if got := l["execve"].Namespaces[k].Link; got != want {
					t.Errorf("%s is %s, want %s", k, got, want)
				}
			}
		})
	}
}
