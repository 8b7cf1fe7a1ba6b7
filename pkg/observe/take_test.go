package observe_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// TestChanges has a child change one thing, after it changed nothing: the
// fields that differ must be exactly those.
func TestChanges(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name string
		root bool
		acts []string // DIR stands for a directory
		want map[string]string
	}{
		{"umask", false, []string{"umask"}, map[string]string{"Umask": "0022 → 0077"}},
		{"no_new_privs", false, []string{"no_new_privs"}, map[string]string{"NoNewPrivs": "0 (off) → 1 (on)"}},
		{"seccomp", false, []string{"no_new_privs", "seccomp"}, map[string]string{
			"NoNewPrivs": "0 (off) → 1 (on)", "Seccomp": "0 (none) → 2 (filter)", "Seccomp_filters": "0 → 1",
		}},
		{"signals", false, []string{"ignore"}, map[string]string{"SigIgn": "+ SIGUSR1", "SigCgt": "− SIGUSR1"}},
		{"a descriptor", false, []string{"open /dev/null"}, map[string]string{"fd": "+ N → /dev/null"}},
		{"a limit", false, []string{"nofile"}, map[string]string{"limits Max open files": "* → soft 99, hard 100"}},
		{"working directory", false, []string{"chdir DIR"}, map[string]string{"cwd": "* → DIR (*)"}},
		{"bounding set", true, []string{"bounding 25", "bounding 18"}, map[string]string{
			"CapBnd": "− CAP_SYS_CHROOT, − CAP_SYS_TIME",
		}},
		{"hostname of its own", true, []string{"unshare 0x04000000"}, map[string]string{"ns/uts": "uts:* → uts:*"}},
		{"pids for its children", true, []string{"unshare 0x20000000"}, map[string]string{
			"ns/pid_for_children": "pid:* → none",
		}},
		{"chroot", true, []string{"chroot DIR"}, map[string]string{
			"root": "/ (*) → DIR (*)", "mountinfo": "* → 0 mounts",
		}},
		{"user", true, []string{"setuid"}, map[string]string{
			"Uid": "0 → 65534", "CapPrm CapEff": "* → none",
		}},
		{"a mount", true, []string{"unshare 0x00020000", "private", "mount tmpfs DIR"}, map[string]string{
			"ns/mnt": "mnt:* → mnt:*", "mountinfo": "+ tmpfs on DIR",
		}},
		{
			"pivot_root", true,
			[]string{"unshare 0x00020000", "private", "mount tmpfs DIR", "chdir DIR", "pivot"},
			map[string]string{
				"ns/mnt": "mnt:* → mnt:*", "root": "/ (*) → / (*)", "cwd": "* → / (*)",
				"mountinfo": "* → 1 mount: tmpfs on /",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.root {
				testenv.Root(t)
			}
			unix.Umask(0o22)
			c := newChild(t)
			before := c.observed()
			c.does("nothing")
			if changes := observe.Diff(before, c.observed()); len(changes) != 0 {
				t.Fatalf("nothing was done, and yet: %+v", changes)
			}
			for _, a := range test.acts {
				c.does(strings.ReplaceAll(a, "DIR", dir))
			}
			expect(t, observe.Diff(before, c.observed()), test.want, dir)
		})
	}
}

// mayFollow are fields that a change brings along on some machines only.
var mayFollow = []string{"Speculation_Store_Bypass", "SpeculationIndirectBranch", "mountinfo propagation"}

// expect compares the summaries with patterns in which * is any text and N a
// number.
func expect(t *testing.T, changes []observe.Change, want map[string]string, dir string) {
	t.Helper()
	got := map[string]string{}
	for _, c := range changes {
		pattern, ok := want[c.Field]
		if !ok && slices.Contains(mayFollow, c.Field) {
			continue
		}
		got[c.Field] = c.Summary()
		if ok && matches(strings.ReplaceAll(pattern, "DIR", dir), c.Summary()) {
			got[c.Field] = pattern
		}
		if c.Meaning == "" || c.Group == "" {
			t.Errorf("%s has no meaning or no group", c.Field)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func matches(pattern, text string) bool {
	for i, piece := range strings.FieldsFunc(pattern, func(r rune) bool { return r == '*' || r == 'N' }) {
		at := strings.Index(text, piece)
		if at < 0 || i == 0 && at > 0 && !strings.HasPrefix(pattern, "*") {
			return false
		}
		text = text[at+len(piece):]
	}
	return text == "" || strings.HasSuffix(pattern, "*")
}

// TestTakeStatus: it is what Take gives, and nothing else.
func TestTakeStatus(t *testing.T) {
	c := newChild(t)
	// It answers before it sleeps.
	testenv.Eventually(t, 5*time.Second, "the child waits for its next command", func() bool {
		return strings.HasPrefix(c.observed().Get("State"), "S")
	})
	whole := c.observed()
	status, err := observe.TakeStatus(whole.PID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&observe.Snapshot{PID: whole.PID, Status: whole.Status}, status); diff != "" {
		t.Error(diff)
	}
	if _, err := observe.TakeStatus(1 << 22); !errors.Is(err, unix.ESRCH) {
		t.Errorf("no such process: %v", err)
	}
}

// TestExecve: the same process becomes another program, and keeps the rest.
func TestExecve(t *testing.T) {
	c := newChild(t)
	before := c.observed()
	c.tell("execve /bin/cat")
	for c.observed().Exe.Same(before.Exe) {
		runtime.Gosched() // what is sent earlier goes to the old program
	}
	c.tell("hello")
	if answer := c.answer(); answer != "hello" {
		t.Fatal(answer)
	}
	after := c.observed()
	changed := map[string]string{}
	for _, change := range observe.Diff(before, after) {
		changed[change.Field] = change.Summary()
	}
	for _, field := range []string{"exe", "Name", "cmdline", "Threads", "SigCgt", "maps"} {
		if changed[field] == "" {
			t.Errorf("%s did not change at execve", field)
		}
	}
	for _, field := range []string{"Pid", "root", "cwd", "Uid", "ns/mnt", "CapEff", "CapPrm", "cgroup", "mountinfo"} {
		if changed[field] != "" {
			t.Errorf("%s changed at execve: %s", field, changed[field])
		}
	}
}

func TestPivotedRootIsToldByItsInode(t *testing.T) {
	testenv.Root(t)
	dir := t.TempDir()
	c := newChild(t)
	before := c.observed()
	for _, a := range []string{"unshare 0x00020000", "private", "mount tmpfs DIR", "chdir DIR", "pivot"} {
		c.does(strings.ReplaceAll(a, "DIR", dir))
	}
	after := c.observed()
	if before.Root.Path != "/" || after.Root.Path != "/" || before.Root.Same(after.Root) {
		t.Errorf("%v and %v", before.Root, after.Root)
	}
	if len(after.Mounts) != 1 || uint64(after.Mounts[0].ID) != after.Root.MountID {
		t.Errorf("root is on mount %d, mounts are %+v", after.Root.MountID, after.Mounts)
	}
}

func TestStoppedAndContinued(t *testing.T) {
	c := newChild(t)
	before := c.observed()
	c.tell("stop")
	var status unix.WaitStatus
	if _, err := unix.Wait4(c.pid(), &status, unix.WUNTRACED, nil); err != nil {
		t.Fatal(err)
	}
	stopped := c.observed()
	if got := observe.Diff(before, stopped); len(got) != 1 || got[0].New != "T (stopped)" {
		t.Errorf("got %+v", got)
	}
	if err := unix.Kill(c.pid(), unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	c.answer()
	if got := observe.Diff(stopped, c.observed()); len(got) != 1 || got[0].Old != "T (stopped)" {
		t.Errorf("got %+v", got)
	}
}

func TestTraced(t *testing.T) {
	runtime.LockOSThread() // ptrace(2) holds for one thread
	defer runtime.UnlockOSThread()
	cmd := exec.Command("/bin/sh", "-c", "exit 0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	if _, err := unix.Wait4(cmd.Process.Pid, nil, 0, nil); err != nil {
		t.Fatal(err)
	}
	s, err := observe.Take(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if s.Get("State") != "t (tracing stop)" || s.Root.Path != "/" || len(s.Mounts) == 0 || s.Ended() {
		t.Errorf("state %q, root %v, %d mounts", s.Get("State"), s.Root, len(s.Mounts))
	}
}

func TestZombie(t *testing.T) {
	c := newChild(t)
	before := c.observed()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// WNOWAIT: it has ended and stays a zombie.
	if err := unix.Waitid(unix.P_PID, c.pid(), nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	s := c.observed()
	if !s.Ended() || before.Ended() {
		t.Errorf("ended: before %v, after %v", before.Ended(), s.Ended())
	}
	if s.Root != (observe.Link{}) || len(s.Mounts)+len(s.FDs)+len(s.Cmdline) > 0 {
		t.Errorf("a zombie has root %v, %d mounts, %d descriptors, argv %q",
			s.Root, len(s.Mounts), len(s.FDs), s.Cmdline)
	}
	if got := observe.Diff(before, s); len(got) != 1 || got[0].Field != "State" {
		t.Errorf("got %+v", got)
	}
	c.cmd.Wait()
	if _, err := observe.Take(c.pid()); !errors.Is(err, unix.ESRCH) {
		t.Errorf("after wait: %v, want ESRCH", err)
	}
}

// TestEndsWhileRead: what is read of a process that ends is whole, or says that
// it ended.
func TestEndsWhileRead(t *testing.T) {
	taken, ended, gone := 0, 0, 0
	for range 200 {
		cmd := exec.Command("/bin/true")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go cmd.Wait()
		for {
			s, err := observe.Take(cmd.Process.Pid)
			if errors.Is(err, unix.ESRCH) {
				gone++
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			taken++
			if s.Ended() {
				ended++
			} else if s.Root.Path == "" || s.Exe.Path == "" || len(s.Mounts) == 0 || len(s.Namespaces) < 7 {
				t.Fatalf("alive, and yet root %v, exe %v, %d mounts, namespaces %v", s.Root, s.Exe, len(s.Mounts), s.Namespaces)
			}
		}
	}
	t.Logf("%d snapshots, %d of them of an ended process; %d times it was gone", taken, ended, gone)
}

// TestAnotherUser: without privilege the kernel tells less, and Take says of
// what.
func TestAnotherUser(t *testing.T) {
	testenv.Root(t)
	reader, other := newChild(t), newChild(t)
	want := []string{"ns", "root", "cwd", "exe", "fd", "maps"}
	if s := reader.takes(other.pid()); len(s.Denied) != 0 || s.Root.Path != "/" {
		t.Errorf("root is denied %v", s.Denied)
	}
	before := other.observed()
	reader.does("setuid")
	s := reader.takes(other.pid())
	if diff := cmp.Diff(want, s.Denied); diff != "" {
		t.Error(diff)
	}
	if s.Root.Path != "" || s.Get("CapEff") == "" || len(s.Cgroups) == 0 {
		t.Errorf("root %v, CapEff %q, cgroups %v", s.Root, s.Get("CapEff"), s.Cgroups)
	}
	if got := observe.Diff(before, s); len(got) != 0 {
		t.Errorf("what was not read did not change: %+v", got)
	}
}

func TestLabel(t *testing.T) {
	testenv.AppArmor(t)
	s, err := observe.Take(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if s.Label != "unconfined" {
		t.Errorf("label is %q, want unconfined", s.Label)
	}
}

func TestErrors(t *testing.T) {
	gone := exec.Command("/bin/true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		pid   int
		errno error
		says  string
	}{
		{"ended", gone.Process.Pid, unix.ESRCH, fmt.Sprintf("observe process %d: no such process (ESRCH): ", gone.Process.Pid)},
		{"zero", 0, unix.EINVAL, "observe process 0: invalid argument (EINVAL): "},
		{"negative", -1, unix.EINVAL, "observe process -1: invalid argument (EINVAL): "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := observe.Take(test.pid)
			if s != nil || !errors.Is(err, test.errno) || !strings.HasPrefix(err.Error(), test.says) {
				t.Errorf("got %v, %v", s, err)
			}
		})
	}
}

// TestNoInit: the package costs nothing at the start of a program, which a
// container pays for twice.
func TestNoInit(t *testing.T) {
	cmd := exec.Command("/proc/self/exe", "-test.list", "^$")
	cmd.Env = []string{"GODEBUG=inittrace=1"}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "init os @") {
		t.Fatalf("%v: %s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "init ") && strings.HasSuffix(strings.Fields(line)[1], "pkg/observe") {
			t.Error(line)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	for b.Loop() {
		if _, err := observe.Take(os.Getpid()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDiff(b *testing.B) {
	old, err := observe.Take(1)
	if err != nil {
		b.Fatal(err)
	}
	new, err := observe.Take(os.Getpid())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		observe.Diff(old, new)
	}
}

// TestShortOfDescriptors: a reader without descriptors must not take a full
// process for an empty one.
func TestShortOfDescriptors(t *testing.T) {
	c := newChild(t)
	c.does("nofile")
	if s := c.takes(os.Getpid()); s.Root.Path == "" {
		t.Error("with 99 descriptors there is no root")
	}
	for {
		c.tell("open /dev/null")
		if c.answer() != "ok" {
			break
		}
	}
	c.does("close 98") // the highest, left for /proc/PID itself
	c.tell("take " + fmt.Sprint(os.Getpid()))
	if got := c.answer(); !strings.Contains(got, "too many open files (EMFILE)") {
		t.Errorf("got %.200s", got)
	}
}
