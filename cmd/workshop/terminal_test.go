package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// screen is a terminal with workshop in it.
type screen struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	mu     sync.Mutex
	text   bytes.Buffer
}

// TestInBackground: a job in the background is not stopped for the terminal's sake.
func TestInBackground(t *testing.T) {
	testenv.Root(t)
	s := runOnTerminal(t, exec.Command("sh", "-c", `set -m
workshop 3 -q -- sh -c 'echo its terminal is; exit 3' & wait $!; echo code $?`))
	s.see("its terminal is")
	s.see("code 3")
	s.ended()
}

func startOnTerminal(t *testing.T, args ...string) *screen {
	t.Helper()
	return runOnTerminal(t, exec.Command("workshop", args...))
}

func runOnTerminal(t *testing.T, cmd *exec.Cmd) *screen {
	t.Helper()
	testenv.NotEmulated(t)
	needTour(t)
	s := &screen{t: t, cmd: cmd}
	s.cmd.Env = append(os.Environ(), "TERM=xterm")
	var err error
	s.master, err = pty.StartWithSize(s.cmd, &pty.Winsize{Rows: 30, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	s.pollable()
	go s.read()
	return s
}

// pollable makes a blocked read end when the file is closed.
func (s *screen) pollable() {
	s.t.Helper()
	fd, err := unix.Dup(int(s.master.Fd()))
	if err != nil {
		s.t.Fatal(err)
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		s.t.Fatal(err)
	}
	s.master.Close()
	s.master = os.NewFile(uintptr(fd), "terminal")
}

func (s *screen) read() {
	buf := make([]byte, 4096)
	for {
		n, err := s.master.Read(buf)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.text.Write(buf[:n])
		s.mu.Unlock()
	}
}

// see waits until the text is on the screen, and forgets what is above it.
func (s *screen) see(text string) {
	s.t.Helper()
	for range 1000 {
		s.mu.Lock()
		_, after, found := strings.Cut(s.text.String(), text)
		if found {
			s.text.Reset()
			s.text.WriteString(after)
		}
		s.mu.Unlock()
		if found {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("%q did not appear in:\n%s", text, s.text.String())
}

func (s *screen) typeKeys(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// ended waits for workshop's end and gives its exit code.
func (s *screen) ended() int {
	s.t.Helper()
	done := make(chan struct{})
	go func() {
		_ = s.cmd.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		s.t.Fatalf("workshop does not end:\n%s", s.text.String())
	}
	return s.cmd.ProcessState.ExitCode()
}

func TestShellOnATerminal(t *testing.T) {
	s := startOnTerminal(t, "2", "--no-pause")
	s.see("[02-chroot] /")
	s.typeKeys("stty size\r")
	s.see("30 100")
	if err := pty.Setsize(s.master, &pty.Winsize{Rows: 40, Cols: 120}); err != nil {
		t.Fatal(err)
	}
	s.typeKeys("until stty size | grep '40 120'; do sleep 0.1; done\r")
	s.see("\n40 120")

	// Ctrl-C ends the command and not the shell, nor us.
	s.typeKeys("sh -c 'echo beg\"\"un; exec sleep 60'\r")
	s.see("begun")
	s.typeKeys("\x03")
	s.typeKeys("echo alive$((1+1))\r")
	s.see("alive2")

	// Ctrl-Z stops it.
	s.typeKeys("sh -c 'echo beg\"\"un; exec sleep 61'\r")
	s.see("begun")
	s.typeKeys("\x1a")
	s.see("Stopped")
	s.typeKeys("kill -9 %1; wait %1; echo alive$((1+2))\r")
	s.see("alive3")

	s.typeKeys("exit 7\rexit 7\r") // the first may only warn of stopped jobs
	if code := s.ended(); code != 7 {
		t.Errorf("exit code %d, want 7", code)
	}
}

// TestTerminalClosed: the shell ends, and so does workshop.
func TestTerminalClosed(t *testing.T) {
	for _, args := range [][]string{{"2", "--no-pause"}, {"2"}} {
		s := startOnTerminal(t, args...)
		if len(args) == 2 {
			s.see("[02-chroot] /")
		} else {
			s.see("Enter: do it")
		}
		s.master.Close()
		if code := s.ended(); code != 128+int(syscall.SIGHUP) {
			t.Errorf("%v: exit code %d, want that of SIGHUP", args, code)
		}
	}
}

// TestTerminalClosedUntold: the kernel tells it to the leader of the session alone, who
// keeps it for itself, as su(1) does.
func TestTerminalClosedUntold(t *testing.T) {
	s := runOnTerminal(t, exec.Command("sh", "-c", `trap : HUP; workshop 2 --no-pause; exit $?`))
	s.see("[02-chroot] /")
	s.master.Close()
	if code := s.ended(); code != 128+int(syscall.SIGHUP) {
		t.Errorf("exit code %d, want that of SIGHUP", code)
	}
}

// TestParentKilled: who started it is killed, as a sudo(8) can be, and a shell has the
// terminal again. Nobody sees the run any more, and it ends.
func TestParentKilled(t *testing.T) {
	for flag, seen := range map[string]string{"--no-pause": "[02-chroot] /", "--pause": "q: leave"} {
		parentKilled(t, flag, seen)
	}
}

func parentKilled(t *testing.T, flag, seen string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "parent")
	s := runOnTerminal(t, exec.Command("sh", "-c", `set -m; sh -c 'echo $$ >"$0"; workshop 2 "$1"; true' "$0" "$1"; echo kil""led; read line`, file, flag))
	s.see(seen)
	pid, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parent, _ := strconv.Atoi(strings.TrimSpace(string(pid)))
	if err := syscall.Kill(parent, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.see("\nkilled")
	testenv.Eventually(t, 10*time.Second, "its end", func() bool { return !runsIn(s.cmd.Process.Pid, "workshop\x002\x00") })
	s.typeKeys("\n") // it is raw still: this shell does not set it
	s.ended()
}

// TestTerminalGivenBack: afterwards it makes lines of what is typed, and shows it, as before.
func TestTerminalGivenBack(t *testing.T) {
	s := runOnTerminal(t, exec.Command("sh", "-c", `before=$(stty -g); workshop 3 -q -- true; test "$(stty -g)" = "$before" && echo as be""fore`))
	s.see("as before")
	s.ended()
}

// TestPsOfOneBeingBuilt: until its command runs it has not all the layers in its line.
func TestPsOfOneBeingBuilt(t *testing.T) {
	s := startOnTerminal(t, "2", "--", "sleep", "4712")
	lists := func(command string) {
		t.Helper()
		out, err := exec.Command("workshop", "ps").Output()
		if err != nil || !regexp.MustCompile("chroot +"+command).Match(out) {
			t.Errorf("%q is not in\n%s: %v", command, out, err)
		}
	}
	for _, moment := range []string{"chroot", "execve"} {
		s.see("q: leave")
		s.typeKeys("\r")
		s.see("▸ " + moment)
		lists("being built: sleep 4712")
	}
	s.typeKeys("\r")
	s.see("Survived")
	lists("sleep 4712")
	s.typeKeys("\x03")
	s.ended()
}

// TestPause: Enter takes each step, and q leaves.
func TestPause(t *testing.T) {
	s := startOnTerminal(t, "2", "--", "echo", "hello")
	for _, moment := range []string{"clone", "chroot", "execve"} {
		s.see("▸ " + moment)
		s.see("q: leave")
		s.typeKeys("\r")
	}
	s.see("hello")
	if code := s.ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}

	s = startOnTerminal(t, "2", "--", "echo", "hello")
	s.see("q: leave")
	s.typeKeys("q")
	if code := s.ended(); code != 0 {
		t.Errorf("left: exit code %d", code)
	}

	for keys, sig := range map[string]syscall.Signal{"\x03": syscall.SIGINT, "\x1c": syscall.SIGQUIT} {
		s = startOnTerminal(t, "2", "--", "echo", "hello")
		s.see("q: leave")
		s.typeKeys(keys)
		if code := s.ended(); code != 128+int(sig) {
			t.Errorf("%v: exit code %d", sig, code)
		}
	}
}

// TestSignalsAreForwarded: the command gets what we get.
func TestSignalsAreForwarded(t *testing.T) {
	s := startOnTerminal(t, "2", "--no-pause", "--", "sh", "-c", "trap 'exit 9' TERM; echo rea$((1))dy; while :; do sleep 1; done")
	s.see("rea1dy")
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := s.ended(); code != 9 {
		t.Errorf("exit code %d, want the command's own 9", code)
	}
}

// TestSignalToProcess1: the kernel drops a signal that process 1 of a pid
// namespace does not handle, from its terminal and from outside.
func TestSignalToProcess1(t *testing.T) {
	for keys, sig := range map[string]syscall.Signal{"\x03": syscall.SIGINT, "\x1c": syscall.SIGQUIT} {
		s := startOnTerminal(t, "4", "-q", "--", "sh", "-c", "echo ready; exec sleep 60")
		s.see("ready")
		time.Sleep(100 * time.Millisecond)
		s.typeKeys(keys)
		if code := s.ended(); code != 128+int(sig) {
			t.Errorf("the key of %v: exit code %d", sig, code)
		}
	}
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		s := startOnTerminal(t, "4", "-q", "--", "sh", "-c", "echo ready; exec sleep 60")
		s.see("ready")
		time.Sleep(100 * time.Millisecond)
		if err := s.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if code := s.ended(); code != 128+int(sig) {
			t.Errorf("%v: exit code %d", sig, code)
		}
	}
}

// TestProcess1ThatHandlesOrIgnores is left alone.
func TestProcess1ThatHandlesOrIgnores(t *testing.T) {
	s := startOnTerminal(t, "4", "-q", "--", "sh", "-c", "trap 'exit 9' INT; echo ready; while :; do sleep 1; done")
	s.see("ready")
	s.typeKeys("\x03")
	if code := s.ended(); code != 9 {
		t.Errorf("with a handler: exit code %d", code)
	}
	s = startOnTerminal(t, "4", "-q", "--", "sh", "-c", "trap '' INT; echo ready; sleep 1; exit 8")
	s.see("ready")
	s.typeKeys("\x03")
	if code := s.ended(); code != 8 {
		t.Errorf("with the signal ignored: exit code %d", code)
	}
}

// TestStopOfABomb: Ctrl-Z does not stop the clock that kills the bomb.
func TestStopOfABomb(t *testing.T) {
	testenv.NotEmulated(t) // a bomb of two seconds can be over between two looks
	for _, flag := range []string{"--json", "--json=false"} {
		s := runOnTerminal(t, exec.Command("sh", "-c", `set -m; workshop attack fork-bomb --for 2s "$1"; echo ended $?`, "sh", flag))
		testenv.Eventually(t, 20*time.Second, "a bomb", func() bool { return runsIn(s.cmd.Process.Pid, "\x00native-bomb\x00") })
		s.typeKeys("\x1a")
		s.see("ended 0")
		s.ended()
	}
}

// TestTourOnATerminal: a lesson holds on a terminal too, which wraps what workshop says.
func TestTourOnATerminal(t *testing.T) {
	s := startOnTerminal(t, "tour", "7", "--no-pause")
	for _, section := range []string{"Attack", "Defend", "Your own rule", "What came of it"} {
		s.see(section)
	}
	if code := s.ended(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.text.String())
	}
}

// runsIn tells whether a program with these words runs in a session, or is a child of one
// that does.
func runsIn(session int, words string) bool {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	return slices.ContainsFunc(files, func(file string) bool {
		its, _ := os.ReadFile(file)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		status, err := observe.TakeStatus(pid)
		if err != nil || !bytes.Contains(its, []byte(words)) {
			return false
		}
		parent, _ := strconv.Atoi(status.Get("PPid"))
		sid, _ := unix.Getsid(pid)
		parents, _ := unix.Getsid(parent)
		return sid == session || parents == session
	})
}

// TestPipeOnATerminal: a command that has not all its descriptors of the terminal has no
// terminal that controls it, where it could type for the person's shell (field 7 of
// proc_pid_stat(5)); and Ctrl-C reaches its whole group as if it had.
func TestPipeOnATerminal(t *testing.T) {
	testenv.Root(t)
	const look = ` -q -- sh -c 'read -r stat </proc/self/stat; set -- $stat; echo the terminal is $7. >&2' `
	for _, line := range []string{"workshop 4" + look + "| cat", "workshop 4 --user" + look + "| cat", "workshop 4" + look + "</dev/null 2>&1 | cat"} {
		s := runOnTerminal(t, exec.Command("sh", "-c", line))
		s.see("the terminal is 0.")
		s.ended()
	}
	s := runOnTerminal(t, exec.Command("sh", "-c", "exec workshop 2 -q -- sh -c 'echo ready >&2; sleep 60; exit 9' >/dev/null"))
	s.see("ready")
	time.Sleep(100 * time.Millisecond)
	s.typeKeys("\x03")
	if code := s.ended(); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
}

// TestStopOfAPipe: Ctrl-Z stops such a command too, which would take the person's keys.
func TestStopOfAPipe(t *testing.T) {
	s := runOnTerminal(t, exec.Command("sh", "-c", `set -m
		workshop 4 -q -- sh -c 'echo ready >&2; while read -r line; do echo took $line >&2; done' | cat
		echo stop""ped; bg; sleep 1; read -r line; echo we have $line; fg`))
	s.see("ready")
	s.typeKeys("\x1a")
	s.see("stopped")
	s.typeKeys("ours\n")
	s.see("we have ours")
	s.typeKeys("its\n")
	s.see("took its")
	s.typeKeys("\x04")
	s.ended()
}
