package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/check"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// checkOf judges what lesson n builds by what lesson m asks for.
func checkOf(t *testing.T, m, n int) *check.Report {
	t.Helper()
	c := &check.Check{
		Lesson: m, Path: "/proc/self/exe",
		Command: []string{"workshop", strconv.Itoa(n), "-q", "--", "/bin/sh"},
		Timeout: testenv.Patience,
	}
	report, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if report.NoShell != nil {
		t.Fatalf("%+v; it said %q", report.NoShell, report.Said)
	}
	return report
}

// TestCheckAgainstTheLessonBefore is the control of every check: it holds for
// what the lesson builds, and not for what the lesson before builds.
func TestCheckAgainstTheLessonBefore(t *testing.T) {
	testroot.Busybox(t)
	for _, n := range check.Lessons() {
		t.Run(lessonName(stepOf(n)), func(t *testing.T) {
			if n >= steps.AppArmor.Lesson {
				testenv.AppArmor(t)
				testenv.NotEmulated(t, "amd64")
			} else {
				testenv.NotEmulated(t)
			}
			if r := checkOf(t, n, n); !r.Holds || r.Hint != "" {
				t.Errorf("what the lesson builds: %+v, hint %q", r.Points, r.Hint)
			}
			if n == 1 {
				return // before it there is only a program that is the shell: see pkg/check
			}
			r := checkOf(t, n, n-1)
			if r.Holds || r.Hint == "" {
				t.Errorf("what the lesson before builds: %+v, hint %q", r.Points, r.Hint)
			}
			for _, l := range r.Layers {
				if !l.Holds {
					t.Errorf("the layer %s is not seen: %v", l.Name, l.Missing)
				}
			}
		})
	}
}

// TestCheckOnCgroupV2 is the same where the tree is of version 2: in the guest.
func TestCheckOnCgroupV2(t *testing.T) {
	testroot.Busybox(t)
	testenv.CgroupV2(t)
	testenv.NotEmulated(t, "amd64")
	if r := checkOf(t, 5, 5); !r.Holds {
		t.Errorf("%+v", r.Points)
	}
	if r := checkOf(t, 5, 4); r.Holds {
		t.Errorf("%+v", r.Points)
	}
}

// workshop gives a command that is workshop, as a process of its own.
func workshop(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/proc/self/exe", args...)
	cmd.Args[0] = "workshop"
	return cmd
}

// TestCheckInterrupted: Ctrl-C ends the program, and leaves nothing behind.
func TestCheckInterrupted(t *testing.T) {
	testenv.NotEmulated(t)
	testroot.Busybox(t)
	mark := fmt.Sprint(100000 + os.Getpid())
	cmd := workshop(t.Context(), "check", "1", "--", "sh", "-c", "setsid sleep "+mark+" & while :; do :; done")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, 10*time.Second, "the program starts", func() bool { return runs("sleep " + mark) })
	if err := cmd.Process.Signal(unix.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("the exit code is %d", code)
	}
	if runs("sleep " + mark) {
		t.Error("its child lives on")
	}
}

// TestCheckKilled: after a kill -9 the next start ends what is left.
func TestCheckKilled(t *testing.T) {
	testenv.NotEmulated(t)
	testroot.Busybox(t)
	mark := fmt.Sprint(200000 + os.Getpid())
	cmd := workshop(t.Context(), "check", "1", "--", "sh", "-c", "setsid sleep "+mark+" & while :; do :; done")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, 10*time.Second, "the program starts", func() bool { return runs("sleep " + mark) })
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if out, err := workshop(t.Context(), "check", "1").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	testenv.Eventually(t, 10*time.Second, "its child ends", func() bool { return !runs("sleep " + mark) })
}

// runs tells whether a process with these arguments lives.
func runs(args string) bool {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	return slices.ContainsFunc(files, func(file string) bool {
		b, _ := os.ReadFile(file)
		return strings.ReplaceAll(strings.TrimSuffix(string(b), "\x00"), "\x00", " ") == args
	})
}

// TestCheckWatch changes a program under it, and reads what it then says.
func TestCheckWatch(t *testing.T) {
	testenv.NotEmulated(t)
	testroot.Busybox(t)
	box := filepath.Join(t.TempDir(), "box.sh")
	write := func(text string) func() error {
		return func() error { return os.WriteFile(box, []byte(text), 0o644) }
	}
	changes := []struct {
		change func() error
		want   string // the points that do not hold
	}{
		{write("#!/bin/sh\nexec sh\n"), "not-executable"},
		{func() error { return os.Chmod(box, 0o755) }, "child waits signal-code"},
		{write("#!/bin/sh\nsh\nexit $?\n"), ""},
		{write("#!/bin/sh\nsh\nexit 0  # longer\n"), "exit-code signal-code"},
	}
	if err := changes[0].change(); err != nil {
		t.Fatal(err)
	}
	cmd := workshop(t.Context(), "check", "1", "--watch", "--json", "--", box)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(out)
	for i, c := range changes {
		if i > 0 {
			if err := c.change(); err != nil {
				t.Fatal(err)
			}
		}
		var report check.Report
		if err := decoder.Decode(&report); err != nil {
			t.Fatal(err)
		}
		if got := missing(&report); got != c.want {
			t.Errorf("time %d: %q, want %q", i, got, c.want)
		}
	}
	if err := cmd.Process.Signal(unix.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("the exit code is %d, and not that of the last time", code)
	}
}

// missing names the points that do not hold, or why there is none.
func missing(r *check.Report) string {
	if r.NoShell != nil {
		return string(r.NoShell.Why)
	}
	var names []string
	for _, p := range r.Points {
		if p.State != check.Holds {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, " ")
}

// TestWatchDirectory: go run . has no other file.
func TestWatchDirectory(t *testing.T) {
	dir := t.TempDir()
	files := filesOf(&check.Check{Command: []string{"sh", "run", dir}})
	if len(files) != 2 || files[1] != dir {
		t.Fatalf("%q", files)
	}
	files = files[1:]
	for _, name := range []string{"box.go", "other.go"} {
		seen := stamps(files)
		if err := os.WriteFile(filepath.Join(dir, name), []byte("package main\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if !changed(ctx, files, seen) {
			t.Errorf("%s is new, and nothing has changed", name)
		}
		cancel()
	}
	seen := stamps(files)
	if err := os.WriteFile(filepath.Join(dir, ".box.go.swp"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if changed(ctx, files, seen) {
		t.Error("a hidden file counts")
	}
}

// TestNextLesson: after an exercise nobody is sent to a lesson that cannot run here, nor
// by a sudo that drops what they have set.
func TestNextLesson(t *testing.T) {
	t.Setenv("WORKSHOP_ROOTFS", t.TempDir())
	next := "\n  sudo -E workshop 8 "
	if !apparmor.Look().Enabled {
		next = "\n  workshop read 8 "
	}
	for lesson, want := range map[int]string{2: "\n  sudo -E workshop 3 ", 7: next} {
		var said strings.Builder
		showPassed(ui.New(&said), lesson)
		if !strings.Contains(said.String(), want) {
			t.Errorf("after lesson %d:%s", lesson, said.String())
		}
	}
}

// TestCheckAtEightyColumns: no line is longer, in both languages, and a terminal
// is cleared by --watch alone.
func TestCheckAtEightyColumns(t *testing.T) {
	testenv.NotEmulated(t)
	testroot.Busybox(t)
	for _, language := range []string{"en", "ja"} {
		for _, script := range []string{"exec sh", "sh; exit 0", "printf %0200d 1; exit 1", "kill -9 $$"} {
			master, slave, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			if err := pty.Setsize(master, &pty.Winsize{Rows: 50, Cols: 80}); err != nil {
				t.Fatal(err)
			}
			cmd := workshop(t.Context(), "--lang", language, "check", "3", "--", "sh", "-c", script)
			cmd.Stdout, cmd.Stderr = slave, slave
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			slave.Close()
			var text strings.Builder
			buf := make([]byte, 4096)
			for {
				n, err := master.Read(buf)
				text.Write(buf[:n])
				if err != nil {
					break
				}
			}
			_ = cmd.Wait()
			master.Close()
			checkColumns(t, text.String())
			if strings.Contains(text.String(), "\x1b[2J") {
				t.Error("the screen was cleared")
			}
		}
	}
}

func checkColumns(t *testing.T, text string) {
	t.Helper()
	if !strings.Contains(text, "✗") {
		t.Errorf("nothing is said: %q", text)
	}
	for line := range strings.Lines(text) {
		if n := ansi.StringWidth(strings.TrimRight(line, "\r\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
