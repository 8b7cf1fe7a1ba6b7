package rootfsscripts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// onMachine skips the test elsewhere than on the machine of make test-provision:
// a Debian where provision.sh has run once, with network, which it has no more.
func onMachine(t *testing.T) {
	t.Helper()
	_, err := os.Stat("/suite/provision.test")
	testenv.Needs(t, testenv.NeedsMachine, err == nil, err)
}

// run runs a command that must succeed, and gives all that it prints.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return string(out)
}

// moving is what a running Debian writes by itself.
var moving = []string{"/proc", "/sys", "/dev", "/run", "/tmp", "/var/tmp", "/var/log", "/var/lib/systemd", "/suite", "/workshop"}

// files lists every file: its mode, owner, size and the time of its last change
// of any kind, which nobody can set.
func files(t *testing.T, root string, except []string) map[string]string {
	t.Helper()
	list := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if slices.Contains(except, path) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		st := info.Sys().(*syscall.Stat_t)
		list[path] = fmt.Sprintf("%v %d:%d %d bytes, changed %d.%09d", info.Mode(), st.Uid, st.Gid, st.Size, st.Ctim.Sec, st.Ctim.Nsec)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestListSeesEveryChange(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	changes := map[string]func() error{
		"new":     func() error { return os.WriteFile(file, []byte("1"), 0o644) },
		"content": func() error { return os.WriteFile(file, []byte("2"), 0o644) },
		"mode":    func() error { return os.Chmod(file, 0o600) },
		"the same again, with the old time": func() error {
			info, err := os.Stat(file)
			if err != nil {
				return err
			}
			if err := os.WriteFile(file, []byte("2"), 0o644); err != nil {
				return err
			}
			return os.Chtimes(file, info.ModTime(), info.ModTime())
		},
	}
	for _, name := range []string{"new", "content", "mode", "the same again, with the old time"} {
		before := files(t, dir, nil)
		time.Sleep(20 * time.Millisecond) // a kernel may tell the time of a change in ticks, of 10 ms at most
		if err := changes[name](); err != nil {
			t.Fatal(err)
		}
		if cmp.Equal(before, files(t, dir, nil)) {
			t.Errorf("unnoticed: %s", name)
		}
	}
}

func TestProvisionAgain(t *testing.T) {
	onMachine(t)
	links, err := net.Interfaces()
	if err != nil || len(links) != 1 {
		t.Fatalf("want no network but lo: %v, %v", links, err)
	}
	// The run before was not in a running system: now the doctor looks as well, and
	// leaves the copy of workshop that is laid over root file systems.
	run(t, "/workshop/rootfs-scripts/provision.sh")
	before := files(t, "/", moving)
	out := run(t, "/workshop/rootfs-scripts/provision.sh")
	if diff := cmp.Diff(before, files(t, "/", moving)); diff != "" {
		t.Errorf("once more, it changes files (-before +after):\n%s\n%s", diff, out)
	}
	if len(before) < 10000 {
		t.Errorf("only %d files were compared", len(before))
	}
	if !strings.HasSuffix(out, "type: sudo workshop tour\n") || strings.Contains(out, "doctor") {
		t.Errorf("it says\n%s", out)
	}
}

func TestDoctorSaysReady(t *testing.T) {
	onMachine(t)
	cmd := exec.CommandContext(t.Context(), "workshop", "doctor", "--json")
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("doctor: %v", err)
	}
	var report struct {
		Lessons []struct {
			Name, State string
			Ran         bool
			Facts       []string
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	for _, l := range report.Lessons {
		if l.State != "ready" || !l.Ran {
			t.Errorf("%s is %s, ran: %v; %q", l.Name, l.State, l.Ran, l.Facts)
		}
	}
	if folders, _ := filepath.Glob("../lessons/[0-9]*"); len(folders) == 0 || len(folders) != len(report.Lessons) {
		t.Errorf("it speaks of %d lessons, and there are %q", len(report.Lessons), folders)
	}
}

// TestTour is what the README promises, as the user that logs in; two lessons of
// it, because make test-vm plays them all.
func TestTour(t *testing.T) {
	onMachine(t)
	out := run(t, "setpriv", "--reuid=learner", "--regid=learner", "--init-groups", "--inh-caps=-all",
		"sudo", "workshop", "tour", "1", "8")
	if !strings.Contains(out, "08-apparmor") {
		t.Errorf("lesson 08 was not played:\n%s", out)
	}
}

// TestBench: here are all eight layers, and runc. How fast they are is for a person
// to read.
func TestBench(t *testing.T) {
	onMachine(t)
	t.Setenv("WORKSHOP_GO", "/usr/local/lib/workshop/go") // where provision.sh had it put
	out := run(t, "make", "-s", "-C", "/workshop", "bench", "ROUNDS=10")
	for _, row := range []string{"workshop 3 -- /bin/true", "workshop 8 -q -- /bin/true", "runc run", "package init"} {
		if !strings.Contains(out, "\n"+row) {
			t.Errorf("no row %q", row)
		}
	}
	t.Logf("make bench:\n%s", out)
}

func TestLoginGreets(t *testing.T) {
	onMachine(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	// exec: Debian 13's login is stopped (SIGTTOU) where it does not lead the session.
	cmd := exec.CommandContext(ctx, "script", "-qec", "exec login -f learner", "/dev/null")
	typed, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() { // again and again: Debian 13's login throws away what comes before its shell
		for err := error(nil); err == nil; time.Sleep(time.Second) {
			_, err = io.WriteString(typed, "pwd; exit\n")
		}
	}()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("login: %v", err)
	}
	for _, want := range []string{"sudo workshop tour", "/home/learner"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("no %q after a login:\n%s", want, out)
		}
	}
}

func TestManualAndCompletions(t *testing.T) {
	onMachine(t)
	run(t, "man", "--where", "workshop")
	run(t, "man", "--where", "workshop-doctor")
	run(t, "bash", "-c", `. /usr/share/bash-completion/bash_completion
		_completion_loader workshop; complete -p workshop`)
	for _, file := range []string{"/usr/local/share/zsh/site-functions/_workshop", "/etc/fish/completions/workshop.fish"} {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
}
