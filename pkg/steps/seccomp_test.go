package steps_test

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// filtered is a container on the host's root with the seccomp layer alone.
func filtered(t *testing.T, rules ...string) container.Container {
	t.Helper()
	c := layers(t, "seccomp")
	c.Spec.Seccomp.Rules = rules
	return c
}

// TestTalksDemo is S23: a root shell whose mkdir and chown are killed, and which can
// do everything else.
func TestTalksDemo(t *testing.T) {
	dir := t.TempDir()
	script := "cd " + dir + "; mkdir d; : > f; chown 1 f; stat -c %u f; ls"
	if got := output(t, layers(t, "fork-exec"), script); got != "1\nd\nf\n" {
		t.Fatalf("without the layer: %q", got)
	}
	dir = t.TempDir()
	script = "cd " + dir + "; mkdir d; : > f; chown 1 f; stat -c %u f; ls"
	got := output(t, filtered(t), script)
	if strings.Count(got, "Bad system call") != 2 || !strings.HasSuffix(got, "0\nf\n") {
		t.Errorf("with the layer: %q", got)
	}
}

// TestActions is S22. Each script fails to say what is wanted without the layer.
func TestActions(t *testing.T) {
	for _, a := range []struct{ rule, script, want string }{
		{"kill:chdir", "cd /tmp; echo alive", ""},
		{"trap:chdir", "trap 'echo caught' SYS; cd /tmp; echo alive", "caught"},
		{"errno=EXDEV:chdir", "cd /tmp || pwd", "\n/"},
		{"errno=EROFS:mkdir,mkdirat", "LC_ALL=C mkdir d", "Read-only file system"},
		{"errno=38:mkdir,mkdirat", "LC_ALL=C mkdir d", "Function not implemented"},
		{"notify=EDQUOT:mkdir,mkdirat", "LC_ALL=C mkdir d", "Disk quota exceeded"},
		{"notify=0:mkdir,mkdirat", "mkdir d && test ! -e d && echo lied to", "lied to"},
	} {
		t.Run(a.rule, func(t *testing.T) {
			run := func(c container.Container) string {
				if strings.Contains(a.rule, "chdir") {
					return output(t, c, a.script)
				}
				return output(t, c, "cd "+t.TempDir()+"\n"+a.script)
			}
			without, with := run(layers(t, "fork-exec")), run(filtered(t, a.rule))
			if a.want == "" { // dead before it could say anything
				if !strings.Contains(without, "alive") || with != "" {
					t.Errorf("without the layer %q, with it %q", without, with)
				}
				return
			}
			if strings.Contains(without, a.want) || !strings.Contains(with, a.want) {
				t.Errorf("want %q; without the layer %q, with it %q", a.want, without, with)
			}
		})
	}
}

// TestTraceListsCalls is S24: what the command and its children ask for, in order.
func TestTraceListsCalls(t *testing.T) {
	dir := t.TempDir()
	c := filtered(t, "trace:mkdir,mkdirat,chdir,execve")
	calls := record(&c)
	if got := output(t, c, "cd "+dir+"; mkdir one; mkdir two; ls"); got != "one\ntwo\n" {
		t.Errorf("traced, the command does %q", got)
	}
	var seen []string
	for _, call := range calls() {
		if call.Name != "execve" {
			seen = append(seen, call.Paths...)
		}
	}
	if want := []string{dir, "one", "two"}; !slices.Equal(seen, want) {
		t.Errorf("saw %q, want %q", seen, want)
	}
	if first := calls()[0]; first.Name != "execve" || first.Paths[0] != "/bin/sh" {
		t.Errorf("the first call is %v", first)
	}
}

// TestTraceChosenCalls: the execve need not be among them.
func TestTraceChosenCalls(t *testing.T) {
	c := filtered(t, "trace:chdir")
	calls := record(&c)
	output(t, c, "cd /tmp; pwd")
	if got := calls(); len(got) != 1 || got[0].String() != `chdir("/tmp")` {
		t.Errorf("saw %v", got)
	}
}

// TestTraceEverything: every call of the child itself stops too, until its execve.
func TestTraceEverything(t *testing.T) {
	c := filtered(t, "trace:*")
	calls := record(&c)
	if got := output(t, c, "(echo in the background) & wait; echo done"); !strings.HasSuffix(got, "done\n") {
		t.Errorf("traced, the command says %q", got)
	}
	pids := make(map[int]bool)
	for _, call := range calls() {
		pids[call.PID] = true
	}
	if len(pids) != 2 {
		t.Errorf("calls of %d processes were seen, want 2", len(pids))
	}
}

// TestNotify: the supervisor says what was asked, and its answer is the result.
func TestNotify(t *testing.T) {
	dir := t.TempDir()
	c := filtered(t, "notify:mkdir,mkdirat")
	calls := record(&c)
	if got := output(t, c, "cd "+dir+"; mkdir d && ls"); got != "d\n" {
		t.Errorf("told to go on, the command does %q", got)
	}
	if got := calls(); len(got) != 1 || got[0].Paths[0] != "d" || !got[0].Answer.Continue {
		t.Errorf("the supervisor was asked %v", got)
	}
}

// TestLastCallIsTold: what is told of a call comes after the answer, and never
// after the run.
func TestLastCallIsTold(t *testing.T) {
	c := filtered(t, "notify=0:mkdir,mkdirat")
	var told atomic.Int32
	c.Calls = func(seccomp.Call) {
		time.Sleep(50 * time.Millisecond) // the command has ended by then
		told.Add(1)
	}
	if output(t, c, "exec mkdir /never"); told.Load() != 1 {
		t.Errorf("told of %d calls when the run is over", told.Load())
	}
}

// TestLayerBeforeIsShown: a command that is not there is found missing before the
// filter, and the layer before that has been put on and is shown.
func TestLayerBeforeIsShown(t *testing.T) {
	c := layers(t, "capabilities", "seccomp")
	l := looker{}
	c.Watcher, c.Args = l, []string{"/no/such"}
	if code, err := c.Run(t.Context()); code != container.ExitNotFound {
		t.Errorf("exit code %d, %v", code, err)
	}
	if l["capabilities"] == nil || l["seccomp"] != nil {
		t.Errorf("shown were %v", slices.Collect(maps.Keys(l)))
	}
}

// record collects the calls that are handed over.
func record(c *container.Container) func() []seccomp.Call {
	var mu sync.Mutex
	var list []seccomp.Call
	c.Calls = func(call seccomp.Call) {
		mu.Lock()
		defer mu.Unlock()
		list = append(list, call)
	}
	return func() []seccomp.Call {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(list)
	}
}

// TestDockersProfile is S25, and that the profile asks for the capabilities.
func TestDockersProfile(t *testing.T) {
	const script = "unshare -m true 2>/dev/null && echo unshared"
	c := layers(t, "fork-exec", "seccomp")
	c.Spec.Seccomp.Profile = seccomp.Docker
	if got := output(t, c, script); got != "unshared\n" {
		t.Errorf("with CAP_SYS_ADMIN the profile allows unshare; the shell said %q", got)
	}
	c = layers(t, "capabilities", "seccomp")
	c.Spec.Seccomp.Profile = seccomp.Docker
	got := output(t, c, "grep -E '^(Seccomp|NoNewPrivs)' /proc/self/status; "+script+"; echo end")
	for _, want := range []string{"NoNewPrivs:\t1", "Seccomp:\t2", "Seccomp_filters:\t1", "end"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if strings.Contains(got, "unshared") {
		t.Errorf("without CAP_SYS_ADMIN: %q", got)
	}
}

// TestNoNewPrivs is set only where the kernel wants it.
func TestNoNewPrivs(t *testing.T) {
	for want, names := range map[string][]string{"0": {"seccomp"}, "1": {"capabilities", "seccomp"}} {
		got := output(t, layers(t, names...), "grep NoNewPrivs /proc/self/status")
		if got != "NoNewPrivs:\t"+want+"\n" {
			t.Errorf("%v: %q, want %s", names, got, want)
		}
	}
}

// TestOwnRule: a filter that forbids what the child or the command needs is not
// mistaken for a fault of the container.
func TestOwnRule(t *testing.T) {
	for _, rule := range []string{"kill:execve", "errno=EPERM:*", "trap:futex", "notify:futex", "notify=0:execve", "notify=ENOENT:execve"} {
		c := filtered(t, rule)
		c.Args = []string{"true"}
		code, err := c.Run(t.Context())
		if code != container.ExitFailed || err == nil || !strings.Contains(err.Error(), "your own rule, "+rule) {
			t.Errorf("%s: exit code %d, %v", rule, code, err)
		}
	}
	// These hit the command, and neither the child nor the conversation.
	for rule, want := range map[string]int{
		"kill:write": 128 + 31, "errno=EPERM:write": 1, "kill:read": 0, "notify=continue:execve": 0, "kill:close_range,getcwd,newfstatat,faccessat2": 0,
	} {
		c := filtered(t, rule)
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		c.Stdout, c.Stderr = null, null
		c.Args = []string{"busybox", "echo", "hi"}
		if code, err := c.Run(t.Context()); code != want || err != nil {
			t.Errorf("%s: exit code %d, %v; want %d", rule, code, err, want)
		}
		null.Close()
	}
}

// TestAllowlist is what is left when everything is forbidden: what a trace saw.
func TestAllowlist(t *testing.T) {
	c := filtered(t, "trace:*")
	calls := record(&c)
	c.Args = []string{"busybox", "true"}
	if _, err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{"futex": true}
	for _, call := range calls() {
		names[call.Name] = true
	}
	var allowed []string
	for name := range names {
		allowed = append(allowed, name)
	}
	for _, run := range []struct {
		args []string
		want int
	}{{[]string{"busybox", "true"}, 0}, {[]string{"busybox", "mkdir", t.TempDir() + "/d"}, 128 + 31}} {
		c := filtered(t, "kill:*", "allow:"+strings.Join(allowed, ","))
		c.Args = run.args
		if code, err := c.Run(t.Context()); code != run.want || err != nil {
			t.Errorf("%v: exit code %d, %v; want %d", run.args, code, err, run.want)
		}
	}
}

// TestEndsOfTheTraced: no end of a traced command is lost, and none hangs.
func TestEndsOfTheTraced(t *testing.T) {
	for script, want := range map[string]int{
		"exit 3": 3, "kill -9 $$": 137,
		"f=$(mktemp -u); (kill -STOP $$; sleep 0.3; : >$f; kill -CONT $$) & sleep 0.1; : <$f; rm $f; exit 4": 4,
		"sleep 1000 & exit 5": 5, "exec sh -c 'exit 6'": 6,
	} {
		c := filtered(t, "trace:*")
		c.Args = []string{"/bin/sh", "-c", script}
		if code, err := c.Run(t.Context()); code != want || err != nil {
			t.Errorf("%s: exit code %d, %v; want %d", script, code, err, want)
		}
	}
	c := filtered(t, "trace:*")
	c.Args = []string{filepath.Join(t.TempDir(), "none")}
	if code, err := c.Run(t.Context()); code != container.ExitNotFound || err == nil {
		t.Errorf("no such command: exit code %d, %v", code, err)
	}
}

// TestTwoFilters: rules and profile together, whichever forbids seccomp(2).
func TestTwoFilters(t *testing.T) {
	dir := t.TempDir()
	profile := filepath.Join(dir, "p.json")
	text := `{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["chdir"],"action":"SCMP_ACT_ERRNO"}]}`
	if err := os.WriteFile(profile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, rule := range []string{"errno=EROFS:mkdir,mkdirat", "errno=EROFS:mkdir,mkdirat,seccomp"} {
		c := filtered(t, rule)
		c.Spec.Seccomp.Profile = profile
		got := output(t, c, "cd "+dir+" || echo no chdir; LC_ALL=C mkdir "+dir+"/d; grep Seccomp_f /proc/self/status")
		for _, want := range []string{"no chdir", "Read-only", "Seccomp_filters:\t2"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in %q", rule, want, got)
			}
		}
	}
	c := filtered(t, "kill:seccomp")
	c.Spec.Seccomp.Profile = steps.Unconfined
	if got := output(t, c, "grep Seccomp_f /proc/self/status"); got != "Seccomp_filters:\t1\n" {
		t.Errorf("unconfined and a rule: %q", got)
	}
	c = layers(t, "seccomp")
	c.Spec.Seccomp.Profile = steps.Unconfined
	if got := output(t, c, "grep Seccomp: /proc/self/status"); got != "Seccomp:\t0\n" {
		t.Errorf("unconfined: %q", got)
	}
}

// TestOpenFiles: the soft limit of open files, which Go raises for itself, is the
// old one again in the command, also where the filter refuses to lower it.
func TestOpenFiles(t *testing.T) {
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was) })
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 300, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	for _, rule := range []string{"log:prlimit64", "errno=EPERM:prlimit64"} {
		got := output(t, filtered(t, rule), "cat /proc/self/limits")
		if !regexp.MustCompile(`Max open files +300 `).MatchString(got) {
			t.Errorf("%s: %s", rule, got)
		}
	}
}

// TestDeadChild: a child that has ended is not one without a filter.
func TestDeadChild(t *testing.T) {
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	spec := &steps.Spec{Seccomp: steps.SeccompSettings{Filters: []seccomp.Filter{{}}}}
	err := steps.Seccomp.Verify(spec, &steps.Run{PID: cmd.Process.Pid})
	if !errors.Is(err, syscall.ESRCH) {
		t.Error(err)
	}
}
