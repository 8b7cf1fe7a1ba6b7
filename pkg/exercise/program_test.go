package exercise

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
)

// built has what go build has made, by package; each is built once.
var built = map[string]string{}

// TestMain lets the test binary be the probes of a check.
func TestMain(m *testing.M) {
	attack.Main()
	code := m.Run()
	for _, file := range built {
		if !testenv.InGuest() {
			_ = os.RemoveAll(filepath.Dir(file))
		}
	}
	os.Exit(code)
}

// program gives a program that can be executed: kind is starter or solution. It
// skips where the machine lacks what the lesson is about.
func program(t *testing.T, n int, folder string, l Language, kind string) string {
	t.Helper()
	testenv.Root(t)
	if n >= 8 {
		testenv.AppArmor(t)
	}
	if l.Build != "" {
		if last := before(lessons.Files, folder); kind == "starter" && last != "" { // the same, but for a comment
			folder, kind = last, "solution"
		}
		return build(t, path.Join("lessons", folder, kind))
	}
	if l.Name == "perl" {
		_, err := exec.LookPath("perl")
		testenv.Needs(t, "perl in PATH", err == nil, err)
	}
	read := l.Solution
	if kind == "starter" {
		read = l.Starter
	}
	text, err := read(lessons.Files, folder)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), l.File)
	if err := os.WriteFile(file, []byte(text), l.Mode); err != nil {
		t.Fatal(err)
	}
	return file
}

// build builds a package of the module. The guest has no Go, but the programs:
// make test-vm builds them.
func build(t *testing.T, dir string) string {
	t.Helper()
	if built[dir] != "" {
		return built[dir]
	}
	file := filepath.Join("/suite", dir, "box")
	if !testenv.InGuest() {
		_, err := exec.LookPath("go")
		testenv.Needs(t, "go in PATH", err == nil, err)
		temporary, err := os.MkdirTemp("", "box-")
		if err != nil {
			t.Fatal(err)
		}
		file = filepath.Join(temporary, "box")
		cmd := exec.Command("go", "build", "-o", file, "./"+dir)
		cmd.Dir = "../.."
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", cmd, err, out)
		}
	}
	built[dir] = file
	return file
}

// box is a solution that is about to run in a busybox root filesystem, and must
// leave no group and no profile behind.
func box(t *testing.T, n int, folder string, l Language, args ...string) *exec.Cmd {
	t.Helper()
	root := testroot.Busybox(t)
	cmd := exec.Command(program(t, n, folder, l, "solution"), args...)
	cmd.Env = append(os.Environ(), "ROOTFS="+root)
	t.Cleanup(func() {
		if cmd.Process == nil {
			return // it was not started
		}
		if left := remains(cmd.Process.Pid); len(left) > 0 {
			t.Errorf("it left behind %q", left)
		}
	})
	return cmd
}

// remains lists the groups and profiles of a program that has ended: they are named
// after its pid, box-PID, and a profile box-PID.NUMBER. Another's are its own affair.
func remains(pid int) (list []string) {
	for _, pattern := range []string{
		"/sys/fs/cgroup/box-%d", "/sys/fs/cgroup/*/box-%d",
		"/sys/kernel/security/apparmor/policy/profiles/box-%d.*",
	} {
		found, _ := filepath.Glob(fmt.Sprintf(pattern, pid))
		list = append(list, found...)
	}
	return list
}

// sweep removes what a killed program could not. A group may be busy for a moment.
func sweep(pid int) {
	for _, found := range remains(pid) {
		if name, ok := strings.CutPrefix(found, "/sys/kernel/security/apparmor/policy/profiles/"); ok {
			name = name[:strings.LastIndexByte(name, '.')] // a number follows
			_ = os.WriteFile("/sys/kernel/security/apparmor/.remove", []byte(name), 0)
			continue
		}
		for range 100 {
			if err := os.Remove(found); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}
