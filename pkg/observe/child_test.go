package observe_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// childEnv makes the test binary a child that changes itself on command. The Go
// runtime may not interrupt it by a signal: while it handles one, all are blocked.
var childEnv = []string{childMark + "=1", "GODEBUG=asyncpreemptoff=1"}

const childMark = "OBSERVE_TEST_CHILD"

func init() {
	if os.Getenv(childMark) == "" {
		return
	}
	runtime.LockOSThread() // /proc/PID shows the main thread, so that one must act
	serve()
	os.Exit(0)
}

// serve acts on each line of standard input and answers "ok" or the error.
func serve() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		words := strings.Fields(in.Text())
		if err := act(words[0], words[1:]); err != nil {
			fmt.Println(words[0]+":", err)
			continue
		}
		fmt.Println("ok")
	}
}

func act(what string, args []string) error {
	switch what {
	case "nothing":
		return nil
	case "no_new_privs":
		return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	case "bounding":
		return unix.Prctl(unix.PR_CAPBSET_DROP, number(args[0]), 0, 0, 0)
	case "seccomp":
		return allowEverything()
	case "unshare":
		return unix.Unshare(int(number(args[0])))
	case "mount":
		return unix.Mount("observe", args[1], args[0], 0, "")
	case "private":
		return unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	case "chroot":
		return unix.Chroot(args[0])
	case "chdir":
		return unix.Chdir(args[0])
	case "pivot":
		return errors.Join(unix.PivotRoot(".", "."), unix.Unmount(".", unix.MNT_DETACH))
	case "open":
		_, err := unix.Open(args[0], unix.O_RDONLY, 0)
		return err
	case "close":
		return unix.Close(int(number(args[0])))
	case "ignore":
		signal.Ignore(unix.SIGUSR1)
		return nil
	case "nofile":
		return unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 99, Max: 100})
	case "umask":
		unix.Umask(0o77)
		return nil
	case "setuid":
		return syscall.Setresuid(65534, 65534, 65534)
	case "stop":
		return unix.Kill(os.Getpid(), unix.SIGSTOP)
	case "take":
		return take(int(number(args[0])))
	case "execve":
		return unix.Exec(args[0], args, []string{})
	}
	return fmt.Errorf("no such act")
}

func number(s string) uintptr {
	n, err := strconv.ParseUint(s, 0, 64)
	if err != nil {
		panic(err) // a mistake in a test
	}
	return uintptr(n)
}

// allowEverything loads a filter of one instruction: seccomp(2).
func allowEverything() error {
	filter := []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW}}
	program := unix.SockFprog{Len: 1, Filter: &filter[0]}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
}

// take observes from inside the child and answers with the JSON.
func take(pid int) error {
	s, err := observe.Take(pid)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(s)
}

// child is a process under observation.
type child struct {
	*testing.T
	cmd *exec.Cmd
	in  io.Writer
	out *bufio.Scanner
}

// newChild starts a child that dies with the test.
func newChild(t *testing.T) *child {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = childEnv
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	c := &child{t, cmd, in, bufio.NewScanner(out)}
	c.out.Buffer(nil, 4<<20)
	c.does("nothing") // its runtime has started
	return c
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// tell sends a command without waiting for the answer.
func (c *child) tell(command string) {
	c.Helper()
	if _, err := fmt.Fprintln(c.in, command); err != nil {
		c.Fatal(err)
	}
}

// answer gives the next line from the child.
func (c *child) answer() string {
	c.Helper()
	if !c.out.Scan() {
		c.Fatal("the child is gone: ", c.out.Err())
	}
	return c.out.Text()
}

// does has the child act, which must succeed.
func (c *child) does(command string) {
	c.Helper()
	c.tell(command)
	if answer := c.answer(); answer != "ok" {
		c.Fatalf("%s: %s", command, answer)
	}
}

// takes has the child observe a process.
func (c *child) takes(pid int) *observe.Snapshot {
	c.Helper()
	c.tell(fmt.Sprint("take ", pid))
	var s observe.Snapshot
	if text := c.answer(); json.Unmarshal([]byte(text), &s) != nil {
		c.Fatal(text)
	}
	if answer := c.answer(); answer != "ok" {
		c.Fatal(answer)
	}
	return &s
}

// observed takes a snapshot of the child.
func (c *child) observed() *observe.Snapshot {
	c.Helper()
	s, err := observe.Take(c.pid())
	if err != nil {
		c.Fatal(err)
	}
	return s
}
