package exercise

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
)

// eachBox runs a test in each language for the programs of some lessons, which
// need nothing that only the guest has.
func eachBox(t *testing.T, first, last int, test func(t *testing.T, n int, folder string, l Language)) {
	forEach(t, first, last, nil, test)
}

// eachLesson runs a test in each language for all lessons. The guests are emulated
// and slow: there it is for what nothing else has, which is version 2 of cgroups
// and AppArmor, and on arm64 other numbers of the calls.
func eachLesson(t *testing.T, test func(t *testing.T, n int, folder string, l Language)) {
	guest := []int{5, 8}
	if runtime.GOARCH == "arm64" {
		guest = []int{7}
	}
	forEach(t, 1, math.MaxInt, guest, test)
}

func forEach(t *testing.T, first, last int, guest []int, test func(t *testing.T, n int, folder string, l Language)) {
	for _, folder := range folders(t) {
		n := numberOf(t, folder)
		for _, l := range Languages {
			if n < first || n > last {
				continue
			}
			t.Run(folder+"/"+l.Name, func(t *testing.T) {
				if !slices.Contains(guest, n) {
					testenv.NotEmulated(t)
				}
				test(t, n, folder, l)
			})
		}
	}
}

// TestContract is what every exercise asks for: the shell reads its standard
// input, its output is ours, and so is its exit code.
func TestContract(t *testing.T) {
	eachLesson(t, func(t *testing.T, n int, folder string, l Language) {
		cmd := box(t, n, folder, l)
		cmd.Stdin = strings.NewReader("echo out\necho err >&2\nexit 42\n")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if code := exitCode(t, cmd.Run()); code != 42 {
			t.Errorf("exit code %d, and the shell's is 42", code)
		}
		if stdout.String() != "out\n" || stderr.String() != "err\n" {
			t.Errorf("stdout %q, stderr %q", &stdout, &stderr)
		}
	})
}

// TestDebian: a root filesystem may have other programs than busybox.
func TestDebian(t *testing.T) {
	eachBox(t, 2, 7, func(t *testing.T, n int, folder string, l Language) {
		dir, err := rootfs.Find("debian")
		testenv.Needs(t, testenv.NeedsDebian, err == nil, err)
		cmd := box(t, n, folder, l)
		cmd.Env = append(cmd.Env, "ROOTFS="+dir)
		cmd.Stdin = strings.NewReader("cat /etc/debian_version; exit 42\n")
		out, err := cmd.CombinedOutput()
		code := exitCode(t, err)
		if n == 3 && l.Name == "sh" {
			// Debian's umount(8) wants a /proc, which comes with lesson 4. With the old
			// root still there, nothing must run.
			if code == 42 || !strings.Contains(string(out), "umount") {
				t.Errorf("exit code %d, output %q", code, out)
			}
			return
		}
		if code != 42 || !strings.Contains(string(out), ".") {
			t.Errorf("exit code %d, output %q", code, out)
		}
	})
}

// TestArguments are the command.
func TestArguments(t *testing.T) {
	eachBox(t, 1, 7, func(t *testing.T, n int, folder string, l Language) {
		out, err := box(t, n, folder, l, "/bin/sh", "-c", `echo "$1"; exit 3`, "sh", "a  b").CombinedOutput()
		if code := exitCode(t, err); code != 3 || string(out) != "a  b\n" {
			t.Errorf("exit code %d, output %q", code, out)
		}
	})
}

// TestEndedBySignal: 128 + its number, as shells say it.
func TestEndedBySignal(t *testing.T) {
	eachBox(t, 1, 7, func(t *testing.T, n int, folder string, l Language) {
		script := "kill -TERM $$"
		if n >= 4 { // process 1 of a pid namespace cannot end itself by a signal
			script = "sh -c 'kill -TERM $$'; exit $?"
		}
		out, err := box(t, n, folder, l, "/bin/sh", "-c", script).CombinedOutput()
		if code := exitCode(t, err); code != 128+int(syscall.SIGTERM) {
			t.Errorf("exit code %d, output %q", code, out)
		}
	})
}

// TestMissingCommand ends with an error, and leaves nothing behind either.
func TestMissingCommand(t *testing.T) {
	eachLesson(t, func(t *testing.T, n int, folder string, l Language) {
		out, err := box(t, n, folder, l, "/no/such/command").CombinedOutput()
		if exitCode(t, err) == 0 || !strings.Contains(string(out), "/no/such/command") {
			t.Errorf("exit code %v, output %q", err, out)
		}
	})
}

// TestWithoutRootfs must not run anything, least of all on the host.
func TestWithoutRootfs(t *testing.T) {
	eachBox(t, 2, 7, func(t *testing.T, n int, folder string, l Language) {
		for _, env := range []string{"ROOTFS=", "ROOTFS=/no/such/directory"} {
			cmd := box(t, n, folder, l, "/bin/echo", "it runs")
			cmd.Env = append(os.Environ(), env)
			out, err := cmd.CombinedOutput()
			if exitCode(t, err) == 0 || strings.Contains(string(out), "it runs\n") {
				t.Errorf("%s: %v, output %q", env, err, out)
			}
		}
	})
}

// TestInterrupt: Ctrl-C reaches both, and is for the shell.
func TestInterrupt(t *testing.T) {
	eachBox(t, 1, 7, func(t *testing.T, n int, folder string, l Language) {
		r := start(t, box(t, n, folder, l))
		r.ask(t, "trap 'echo interrupted' INT")
		if err := r.cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
		r.ask(t, "true")
		if _, err := io.WriteString(r.stdin, "exit 7\n"); err != nil {
			t.Fatal(err)
		}
		if code := exitCode(t, r.cmd.Wait()); code != 7 {
			t.Errorf("exit code %d", code)
		}
	})
}

// TestKilled: from lesson 4 on the container ends with the program. Not so in
// lesson 8: with a new label, execve takes the parent's death signal away, and
// nobody is left to ask for another one.
func TestKilled(t *testing.T) {
	eachBox(t, 4, 7, func(t *testing.T, n int, folder string, l Language) {
		r := start(t, box(t, n, folder, l))
		// Its group and its profile stay: only the program could remove them.
		t.Cleanup(func() { sweep(r.cmd.Process.Pid) })
		r.ask(t, "sleep 100 & echo started")
		if err := r.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := r.stdout.(*os.File).SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		// The end of its output: nobody is left who could write.
		if _, err := io.ReadAll(r.stdout); err != nil {
			t.Errorf("the container goes on: %v", err)
		}
		_ = r.cmd.Wait()
	})
}

// running is a program whose shell we talk to.
type running struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout io.ReadCloser
}

func start(t *testing.T, cmd *exec.Cmd) *running {
	t.Helper()
	r := &running{cmd: cmd}
	var err, err2 error
	r.stdin, err = cmd.StdinPipe()
	r.stdout, err2 = cmd.StdoutPipe()
	if err := errors.Join(err, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.stdin.Close() })
	return r
}

// ask has the shell execute a line, and waits for its end.
func (r *running) ask(t *testing.T, line string) {
	t.Helper()
	if _, err := io.WriteString(r.stdin, line+"\necho do''ne\n"); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	buf := make([]byte, 256)
	for !strings.Contains(said.String(), "done\n") {
		n, err := r.stdout.Read(buf)
		said.Write(buf[:n])
		if err != nil {
			t.Fatalf("after %q: %v", said.String(), err)
		}
	}
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}
