package steps_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/audit"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// confined is a container of the named steps and apparmor, in a root filesystem
// of BusyBox where top is a file of its own.
func confined(t *testing.T, names ...string) container.Container {
	t.Helper()
	testenv.AppArmor(t)
	c := layers(t, append(names, "apparmor")...)
	c.Rootfs = testenv.Rootfs(t)
	return c
}

// unconfined is the same container without the layer.
func unconfined(t *testing.T, c container.Container) container.Container {
	t.Helper()
	var names []string
	for _, s := range c.Steps {
		if s.Name != "apparmor" {
			names = append(names, s.Name)
		}
	}
	without := layers(t, names...)
	without.Rootfs = c.Rootfs
	return without
}

// labelAt notes the label at every moment.
type labelAt struct {
	labels map[string]string
	name   string // of the profile
}

func (*labelAt) Before(context.Context, *container.Moment) error { return nil }

func (l *labelAt) After(_ context.Context, m *container.Moment) error {
	if l.labels == nil {
		l.labels = map[string]string{}
	}
	if m.After != nil {
		l.labels[m.Name] = m.After.Label
	}
	if label := apparmor.ParseLabel(l.labels[m.Name]); strings.HasPrefix(label.Profile, apparmor.Prefix) {
		l.name = label.Profile
	}
	return nil
}

// TestLabelComesAtExec: S28. The label changes at execve and not before, and the
// profile is gone after the run.
func TestLabelComesAtExec(t *testing.T) {
	c := confined(t, "fork-exec", "pivot-root")
	w := &labelAt{}
	c.Watcher = w
	output(t, c, "true")
	if got := w.labels["apparmor"]; got != apparmor.Unconfined {
		t.Errorf("after the step the label is %q", got)
	}
	if got := apparmor.ParseLabel(w.labels["execve"]); got.Profile != w.name || got.Mode != "enforce" || w.name == "" {
		t.Errorf("after execve the label is %q", got)
	}
	if isLoaded(t, w.name) {
		t.Errorf("%s is still loaded", w.name)
	}
	without := unconfined(t, c)
	w = &labelAt{}
	without.Watcher = w
	output(t, without, "true")
	if got := w.labels["execve"]; got != apparmor.Unconfined {
		t.Errorf("without the layer the label is %q", got)
	}
}

func isLoaded(t *testing.T, name string) bool {
	t.Helper()
	list, err := apparmor.Loaded()
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(list, func(p apparmor.Profile) bool { return p.Name == name })
}

// The attacks of the lesson as a shell makes them: S26, S28 and S29.
var confinedScripts = []struct{ name, script, without, with string }{
	{"top", "/usr/bin/top --help >/dev/null 2>&1 && echo runs || echo refused", "runs", "refused"},
	{"a signal of its own", "trap 'echo got it' USR1; kill -USR1 $$ 2>/dev/null || echo refused", "got it", "got it"},
	{"top by another name", "/bin/busybox uptime >/dev/null && echo runs", "runs", "runs"},
	{"the owner's file", "cd /root; echo x >diary; chmod 777 diary; cat diary 2>/dev/null || echo refused", "x", "refused"},
	{"mount", "mount -t tmpfs x /tmp 2>/dev/null && echo mounted || echo refused", "mounted", "refused"},
}

func TestConfined(t *testing.T) {
	for _, test := range confinedScripts {
		t.Run(test.name, func(t *testing.T) {
			c := confined(t, "fork-exec", "pivot-root")
			if got := strings.TrimSpace(output(t, unconfined(t, c), test.script)); got != test.without {
				t.Errorf("without the layer: %q, want %q", got, test.without)
			}
			if got := strings.TrimSpace(output(t, c, test.script)); got != test.with {
				t.Errorf("with the layer: %q, want %q", got, test.with)
			}
		})
	}
}

// TestChrootRelative: with chroot alone paths begin at the new root as well.
func TestChrootRelative(t *testing.T) {
	c := confined(t, "fork-exec", "chroot")
	for _, test := range confinedScripts {
		if got := strings.TrimSpace(output(t, c, test.script)); got != test.with {
			t.Errorf("%s: %q, want %q", test.name, got, test.with)
		}
	}
}

// TestPlainDeny: a deny without audit refuses in complain mode too, as aa-complain(8)
// says, and nothing is written down.
func TestPlainDeny(t *testing.T) {
	const script = "mkdir -p /m && mount -t tmpfs none /m && echo mounted || echo refused"
	c := confined(t, "fork-exec", "pivot-root")
	if got := output(t, unconfined(t, c), script); !strings.HasSuffix(got, "mounted\n") {
		t.Errorf("without the layer the shell said %q", got)
	}
	for _, complain := range []bool{false, true} {
		c.Spec.AppArmor.Complain = complain
		if got := output(t, c, script); !strings.HasSuffix(got, "refused\n") {
			t.Errorf("complain %v: the shell said %q", complain, got)
		}
	}
}

// TestComplain: S27. What complain mode lets through leaves a record.
func TestComplain(t *testing.T) {
	const script = "cd /root; echo x >diary; cat diary 2>/dev/null || echo refused"
	for _, test := range []struct {
		complain               bool
		said, verdict, inWords string
	}{
		{false, "refused", "DENIED", "refused open /root/diary, to read"},
		{true, "x", "ALLOWED", "only noted (complain): open /root/diary, to read"},
	} {
		c := confined(t, "fork-exec", "pivot-root")
		c.Spec.AppArmor.Complain = test.complain
		w := &labelAt{}
		c.Watcher = w
		log, err := apparmor.Listen()
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		if got := strings.TrimSpace(output(t, c, script)); got != test.said {
			t.Errorf("complain %v: the shell said %q, want %q", test.complain, got, test.said)
		}
		records, err := log.Until(w.name)
		if err != nil && !errors.Is(err, audit.ErrLost) {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(records, func(r apparmor.Record) bool {
			return r.Verdict == test.verdict && strings.Contains(r.Words(), test.inWords)
		})
		if !found {
			t.Errorf("complain %v: the records of %s are %+v", test.complain, w.name, records)
		}
	}
}

// mine is a profile as a learner writes one.
const mine = `profile mine {
  file,
  signal,
  audit deny /tmp/** w,
}
`

func profileFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "mine.profile")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestOwnProfile: a file of the learner's takes the lesson's place, under a name
// of this run.
func TestOwnProfile(t *testing.T) {
	const script = "cat /proc/self/attr/apparmor/current; echo x 2>/dev/null >/tmp/x && echo written || echo refused"
	for _, test := range []struct {
		complain bool
		want     string
	}{
		{false, "(enforce)\nrefused\n"},
		{true, "(complain)\nwritten\n"},
	} {
		c := confined(t, "fork-exec")
		c.Rootfs = ""
		c.Spec.AppArmor.Profile, c.Spec.AppArmor.Complain = profileFile(t, mine), test.complain
		got := output(t, c, script)
		if !strings.HasPrefix(got, apparmor.Prefix) || !strings.HasSuffix(got, test.want) {
			t.Errorf("complain %v: %q, want a name and %q", test.complain, got, test.want)
		}
	}
}

// TestProfileKeepsFromStarting: the learner's own rule keeps the command from
// starting, and a record says which.
func TestProfileKeepsFromStarting(t *testing.T) {
	for _, test := range []struct {
		rules string
		runs  bool
	}{
		{"file,\n  signal,", true},
		{"signal,", false},
		{"/** r,", false},
		{"file,\n  audit deny /**/libc.so.6 m,", false},
	} {
		c := confined(t, "fork-exec")
		c.Rootfs = "" // the host's root, which has a program with libraries
		c.Spec.AppArmor.Profile = profileFile(t, "profile mine {\n  "+test.rules+"\n}\n")
		c.Args = []string{"apparmor_parser", "--version"}
		log, err := apparmor.Listen()
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		code, err1 := c.Run(t.Context())
		records, err2 := log.Until(c.Spec.AppArmor.Name)
		if err := errors.Join(err1, err2); err != nil && !errors.Is(err, audit.ErrLost) {
			t.Fatal(err)
		}
		blamed := slices.ContainsFunc(records, func(r apparmor.Record) bool { return r.KeepsFromStarting() })
		if (code == 0) != test.runs || blamed == test.runs {
			t.Errorf("%s: exit code %d, records %+v", test.rules, code, records)
		}
	}
}

// TestLabelNeedsNoCapability: the label is entered after the capabilities went.
func TestLabelNeedsNoCapability(t *testing.T) {
	c := confined(t, "fork-exec", "pivot-root", "capabilities")
	c.Spec.Capabilities.Drop, c.Spec.Capabilities.NoNewPrivs = []string{"all"}, true
	w := &labelAt{}
	c.Watcher = w
	if got := output(t, c, "/usr/bin/top --help >/tmp/out 2>&1 || echo refused"); got != "refused\n" {
		t.Errorf("the shell said %q", got)
	}
	if l := apparmor.ParseLabel(w.labels["execve"]); l.Mode != "enforce" {
		t.Errorf("the label is %q", l)
	}
}

// TestAppArmorBadInput: what cannot work is said before anything is started.
func TestAppArmorBadInput(t *testing.T) {
	testenv.AppArmor(t)
	for _, test := range []struct {
		set  steps.AppArmorSettings
		says string
	}{
		{steps.AppArmorSettings{Profile: "/nonexistent"}, "no such file"},
		{steps.AppArmorSettings{Profile: "/dev/zero"}, "want a profile"},
		{steps.AppArmorSettings{Profile: profileFile(t, "profile x {\n  deny /etc/passwd r\n}\n")}, "line 3: syntax error"},
		{steps.AppArmorSettings{Profile: profileFile(t, "profile x { capability sys_tyme, }\n")}, "Invalid capability"},
		{steps.AppArmorSettings{Profile: profileFile(t, "profile x { file, }\nprofile y { file, }\n")}, "2 profiles (x, y)"},
		{steps.AppArmorSettings{Profile: profileFile(t, mine), Deny: []string{"/x"}}, "write them into"},
		{steps.AppArmorSettings{Deny: []string{"top"}}, "absolute path"},
		{steps.AppArmorSettings{Deny: []string{"/a[b"}}, "Unclosed grouping"},
	} {
		err := steps.AppArmor.Check(&steps.Spec{AppArmor: test.set})
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%+v: %v, want %q", test.set, err, test.says)
		}
	}
}

// TestWithoutAppArmor: where the kernel has none, the step says so and what to do.
func TestWithoutAppArmor(t *testing.T) {
	testenv.Needs(t, "a kernel without AppArmor", !apparmor.Look().Enabled, "it has AppArmor")
	err := steps.AppArmor.Check(&steps.Spec{})
	if !errors.Is(err, steps.ErrUnsupported) || !strings.Contains(err.Error(), "make vm") {
		t.Errorf("got %v", err)
	}
}

// holdEnv makes TestKilledSupervisor, in another process, the supervisor that is
// killed.
const holdEnv = "WORKSHOP_TEST_HOLD"

// TestKilledSupervisor: what a kill -9 leaves is unloaded at the next start, and
// no process stays that would be unconfined by that.
func TestKilledSupervisor(t *testing.T) {
	c := confined(t, "fork-exec", "pivot-root")
	if os.Getenv(holdEnv) != "" {
		output(t, c, "sleep 100 & sleep 100")
	}
	hold := exec.Command(os.Args[0], "-test.run=^TestKilledSupervisor$")
	hold.Env = append(os.Environ(), holdEnv+"=1")
	if err := hold.Start(); err != nil {
		t.Fatal(err)
	}
	name := awaitProcess(t)
	if err := errors.Join(hold.Process.Kill(), ignoreExit(hold.Wait())); err != nil {
		t.Fatal(err)
	}
	if !isLoaded(t, name) {
		t.Fatalf("%s is gone without a sweep: this test proves nothing", name)
	}
	output(t, c, "true")
	if isLoaded(t, name) {
		t.Errorf("%s is still loaded", name)
	}
	if pids := labelled(t, name); len(pids) > 0 {
		t.Errorf("processes %v are left", pids)
	}
}

func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

// awaitProcess waits for a process that is confined by one of our profiles.
func awaitProcess(t *testing.T) (profile string) {
	t.Helper()
	testenv.Eventually(t, 20*time.Second, "a confined process comes", func() bool {
		list, err := apparmor.Loaded()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			if strings.HasPrefix(p.Name, apparmor.Prefix) && len(labelled(t, p.Name)) >= 2 {
				profile = p.Name
				return true
			}
		}
		return false
	})
	return profile
}

// labelled lists the processes with that label.
func labelled(t *testing.T, profile string) []int {
	t.Helper()
	dirs, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, d := range dirs {
		pid, err := strconv.Atoi(d.Name())
		if err != nil {
			continue
		}
		if l, err := apparmor.LabelOf(pid); err == nil && l.Profile == profile {
			pids = append(pids, pid)
		}
	}
	return pids
}

// TestAllLayers: the steps of all lessons in one process, in their order.
func TestAllLayers(t *testing.T) {
	c := confined(t, steps.Names(steps.UpTo(8))...)
	c.Steps = steps.Effective(c.Steps)
	got := output(t, c, "cat /proc/self/attr/current; /usr/bin/top --help >/tmp/out 2>&1 || echo refused")
	if !strings.HasPrefix(got, apparmor.Prefix) || !strings.HasSuffix(got, "(enforce)\nrefused\n") {
		t.Errorf("the shell said %q", got)
	}
}
