package apparmor

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// needParser skips where apparmor_parser is not installed; the guest has it.
func needParser(t *testing.T) {
	t.Helper()
	_, err := parser()
	testenv.Needs(t, "apparmor_parser", err == nil, err)
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "profile")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// The template compiles without a kernel that has AppArmor, and says its name.
func TestTemplateCompiles(t *testing.T) {
	needParser(t)
	for _, o := range []Options{
		{Name: "workshop-1"},
		{Name: "workshop-1", ChrootRelative: true},
		{Name: "workshop-1", Deny: []string{"/usr/bin/top", "/etc/**", "/a b/[cd]{e,f}?"}},
	} {
		text, err := Text(o)
		if err != nil {
			t.Fatal(err)
		}
		names, err := Names(writeFile(t, text))
		if err != nil {
			t.Fatalf("%+v: %v\n%s", o, err, text)
		}
		if diff := cmp.Diff([]string{"workshop-1"}, names); diff != "" {
			t.Error(diff)
		}
	}
}

// Nothing in the profile goes unexplained, and it has the rules it should have.
func TestEveryRuleIsExplained(t *testing.T) {
	text, err := Text(Options{Name: "workshop-1", Deny: []string{"/etc/shadow"}})
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]bool{}
	for _, r := range Rules(text) {
		rules[r.Text] = true
		if len(r.Why) < 10 {
			t.Errorf("%s: is explained by %q", r.Text, r.Why)
		}
	}
	for _, want := range []string{
		"file,", "deny mount,", "audit deny /usr/bin/top mrwklx,",
		`audit deny "/etc/shadow" mrwklx,`, "signal (send,receive) peer=workshop-*,",
	} {
		if !rules[want] {
			t.Errorf("no rule %q", want)
		}
	}
	for line := range strings.Lines(text) {
		if len(line) > 90 && !strings.Contains(line, "[^1-9]") {
			t.Errorf("too long for a projector: %s", line)
		}
	}
}

func TestDenyNeedsAPath(t *testing.T) {
	for _, path := range []string{"top", "", "/a\"b", "/a\nb", `/a\b`} {
		if _, err := Text(Options{Name: "x", Deny: []string{path}}); err == nil {
			t.Errorf("%q was taken", path)
		}
	}
}

// The parser's message names the line, and says nothing twice.
func TestParserNamesTheLine(t *testing.T) {
	needParser(t)
	_, err := Names(writeFile(t, "profile x {\n  file,\n  deny /etc/passwd r\n}\n"))
	if err == nil || !strings.Contains(err.Error(), "line 4: syntax error") {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(err.Error(), "Cache") {
		t.Errorf("speaks of the cache: %v", err)
	}
	if _, err := Names("/nonexistent"); err == nil {
		t.Error("a file that is not there compiles")
	}
}

func TestNoParser(t *testing.T) {
	if _, err := exec.LookPath("/usr/sbin/apparmor_parser"); err == nil {
		if _, err := parser(); err != nil {
			t.Error(err)
		}
	}
	m := Kernel{Built: true, Enabled: true, Visible: true}.Missing()
	if m == nil || !strings.Contains(m.Instead, "apt-get install apparmor") {
		t.Errorf("without a parser: %+v", m)
	}
}

// TestParserWithoutNames: an error of the second call names it, and the file.
func TestParserWithoutNames(t *testing.T) {
	dir := t.TempDir()
	script := "#!/bin/sh\ntest \"$2\" != --names\n"
	if err := os.WriteFile(filepath.Join(dir, "apparmor_parser"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	_, err := Names("some.profile")
	if err == nil || !strings.Contains(err.Error(), "the names of the profiles in some.profile") {
		t.Error(err)
	}
}

// TestUnreadableAuditLog: a log that cannot be read is not one that is not there.
func TestUnreadableAuditLog(t *testing.T) {
	if lines, err := auditLog(filepath.Join(t.TempDir(), "audit.log"), ""); lines != nil || err != nil {
		t.Errorf("without auditd: %q, %v", lines, err)
	}
	if lines, err := auditLog(t.TempDir(), ""); !errors.Is(err, unix.EISDIR) {
		t.Errorf("a directory: %q, %v", lines, err)
	}
}

// TestKillsLatecomers: a child that was forked while we looked is killed too, and a
// zombie is waited for by nobody.
func TestKillsLatecomers(t *testing.T) {
	first, second := sleeper(t), (*exec.Cmd)(nil)
	label := func(pid int) (Label, error) {
		switch {
		case pid == first.Process.Pid && second == nil:
			second = sleeper(t) // after /proc was listed
		case pid != first.Process.Pid && (second == nil || pid != second.Process.Pid):
			return Label{}, unix.ESRCH
		}
		return Label{"workshop-1", "enforce"}, nil
	}
	if err := killAll("workshop-1", label); err != nil { // they stay zombies
		t.Fatal(err)
	}
	for _, cmd := range []*exec.Cmd{first, second} {
		_ = cmd.Process.Signal(unix.SIGTERM) // of what was not killed
		_ = cmd.Wait()
		if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != unix.SIGKILL {
			t.Errorf("process %d: %v", cmd.Process.Pid, status.Signal())
		}
	}
}

func sleeper(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func TestRename(t *testing.T) {
	needParser(t)
	for text, want := range map[string]string{
		"profile top {\n  deny /usr/bin/top x,\n  signal peer=top,\n}\n":         "profile N {\n  deny /usr/bin/top x,\n  signal peer=N,\n}\n",
		"/usr/bin/top {\n  /usr/bin/top r,\n}\n":                                 "profile N {\n  /usr/bin/top r,\n}\n",
		"profile top /usr/bin/top flags=(complain) {\n  /usr/bin/top rix,\n}\n":  "profile N /usr/bin/top flags=(complain) {\n  /usr/bin/top rix,\n}\n",
		"profile \"top\" flags=(complain) {\n  ptrace (read) peer=\"top\",\n}\n": "profile N flags=(complain) {\n  ptrace (read) peer=N,\n}\n",
	} {
		names, err := Names(writeFile(t, text))
		if err != nil || len(names) != 1 {
			t.Fatalf("%s: %q, %v", text, names, err)
		}
		got := Rename(text, names[0], "N")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if names, err := Names(writeFile(t, got)); err != nil || names[0] != "N" {
			t.Errorf("renamed: %q, %v", names, err)
		}
	}
}

// The lines are as Linux 6.1 and auditd wrote them.
func TestParseRecord(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{
			`5,337,5258341,-;audit: type=1400 audit(1795492208.430:2): apparmor="DENIED" operation="open" profile="workshop-3598bf" name="/root/diary" pid=282 comm="cat" requested_mask="r" denied_mask="r" fsuid=0 ouid=0`,
			"cat (pid 282): refused open /root/diary, to read",
		},
		{
			`type=AVC msg=audit(1.2:3): apparmor="ALLOWED" operation="exec" profile="workshop-1" name=2F612062 pid=7 comm=6120 requested_mask="x" denied_mask="x"`,
			"a  (pid 7): only noted (complain): exec /a b, to execute",
		},
		{
			`audit(1.2:3): apparmor="DENIED" operation="mount" info="failed mntpnt match" error=-13 profile="workshop-1" name="/tmp/" pid=9 comm="mount" fstype="tmpfs" srcname="x"`,
			"mount (pid 9): refused mount tmpfs on /tmp/ (failed mntpnt match)",
		},
		{
			`apparmor="DENIED" operation="capable" profile="p" pid=3 comm="date" capability=25  capname="sys_time"`,
			"date (pid 3): refused capability sys_time",
		},
		{
			`apparmor="DENIED" operation="signal" profile="p" pid=3 comm="x" requested_mask="send" denied_mask="send" signal=urg peer="p"`,
			"x (pid 3): refused signal urg to or from p, to send",
		},
		{
			`apparmor="AUDIT" operation="open" profile="p" name="/x" pid=3 comm="x" requested_mask="wrc" denied_mask="wrc"`,
			"x (pid 3): allowed and noted: open /x, to write, read, create",
		},
		{`5,1,2,-;audit: type=1300 audit(1.2:3): arch=c000003e syscall=59`, ""},
		{`apparmor=`, ""},
		{`AppArmor: AppArmor initialized`, ""},
	} {
		r, ok := ParseRecord(test.line)
		if ok != (test.want != "") {
			t.Errorf("%s: a record: %v", test.line, ok)
			continue
		}
		if ok && r.Words() != test.want {
			t.Errorf("got  %s\nwant %s", r.Words(), test.want)
		}
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add(`audit: apparmor="DENIED" operation="open" profile="p" name=2F61 pid=1`)
	f.Add(`audit: apparmor="DENIED" operation="open" profile="p" name=1B5B324A comm=9B61 pid=1`)
	f.Fuzz(func(t *testing.T, line string) {
		r, ok := ParseRecord(line)
		if !ok {
			return
		}
		words := r.Words()
		if words == "" || observe.Printable(words) != words && observe.Printable(line) == line {
			t.Errorf("%q: the words are %q", line, words)
		}
	})
}

// Each thing that can be missing is named, with what to do about it.
func TestMissing(t *testing.T) {
	all := Kernel{Built: true, Enabled: true, Visible: true, Parser: "/sbin/apparmor_parser"}
	if m := all.Missing(); m != nil {
		t.Errorf("nothing is missing, and yet: %+v", m)
	}
	for name, test := range map[string]struct {
		change        func(*Kernel)
		what, instead string
	}{
		"not built":     {func(k *Kernel) { k.Built, k.LSMs = false, []string{"landlock", "yama"} }, "landlock, yama", "make vm"},
		"WSL":           {func(k *Kernel) { k.Built, k.WSL = false, true }, "WSL", "make vm"},
		"off":           {func(k *Kernel) { k.Enabled = false }, "switched off", "apparmor=1 security=apparmor"},
		"in docker":     {func(k *Kernel) { k.Visible, k.Container = false, "docker" }, "container (docker)", "outside"},
		"no securityfs": {func(k *Kernel) { k.Visible = false }, Dir, "mount -t securityfs"},
		"Linux 5.4":     {func(k *Kernel) { k.NoExec = "ENOSYS" }, "ENOSYS", "Linux 5.8"},
		"no parser":     {func(k *Kernel) { k.Parser = "" }, "apparmor_parser", "apt-get install apparmor"},
	} {
		k := all
		test.change(&k)
		m := k.Missing()
		if m == nil || !strings.Contains(m.What, test.what) || !strings.Contains(m.Instead, test.instead) {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestParseLabel(t *testing.T) {
	for text, want := range map[string]Label{
		"unconfined\n":                   {"unconfined", ""},
		"workshop-1 (enforce)\n":         {"workshop-1", "enforce"},
		"/usr/bin/man (complain)\x00":    {"/usr/bin/man", "complain"},
		"":                               {"", ""},
		"a name with blanks (enforce)\n": {"a name with blanks", "enforce"},
	} {
		if got := ParseLabel(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
	if got := (Label{"p", "enforce"}).String(); got != "p (enforce)" {
		t.Error(got)
	}
}

// The security modules are read from this kernel; capability is in every one.
func TestLook(t *testing.T) {
	k := Look()
	if len(k.LSMs) > 0 && !slices.Contains(k.LSMs, "capability") {
		t.Errorf("the security modules are %q", k.LSMs)
	}
	if k.Enabled != slices.Contains(k.LSMs, "apparmor") && len(k.LSMs) > 0 {
		t.Errorf("enabled: %v, and the modules are %q", k.Enabled, k.LSMs)
	}
}
