package container_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

func TestMain(m *testing.M) {
	superviseIfAsked()
	execIfAsked()
	if os.Geteuid() != 0 {
		// An example cannot skip.
		fmt.Println("the examples are left out: they need root")
		flag.Parse()
		_ = flag.Set("test.run", "^(Test|Benchmark)")
	}
	os.Exit(m.Run())
}

// output runs a command in the container and gives what it printed.
func output(t *testing.T, c container.Container, args ...string) (string, int, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	var code int
	text, err := testroot.Said(t, func(w *os.File) (err error) {
		c.Args, c.Stdin, c.Stdout, c.Stderr = args, null, w, w
		code, err = c.Run(ctx)
		return err
	})
	return text, code, err
}

func TestExitCode(t *testing.T) {
	tests := map[string]struct {
		args []string
		code int
		err  error
	}{
		"success":           {[]string{"true"}, 0, nil},
		"own code":          {[]string{"sh", "-c", "exit 42"}, 42, nil},
		"ended by a signal": {[]string{"sh", "-c", "kill -TERM $$"}, 128 + 15, nil},
		"not found":         {[]string{"no-such-command"}, container.ExitNotFound, unix.ENOENT},
		"no such path":      {[]string{"/no/such/path"}, container.ExitNotFound, unix.ENOENT},
		"not executable":    {[]string{"/etc/passwd"}, container.ExitCannotInvoke, unix.EACCES},
		"a directory":       {[]string{"/etc"}, container.ExitCannotInvoke, nil},
	}
	for name, tt := range tests {
		for _, step := range []*steps.Step{steps.Chroot, steps.PivotRoot} {
			t.Run(name+" "+step.Name, func(t *testing.T) {
				_, code, err := output(t, testroot.Container(t, step), tt.args...)
				if code != tt.code {
					t.Errorf("code %d, want %d (error: %v)", code, tt.code, err)
				}
				if tt.err != nil && !errors.Is(err, tt.err) {
					t.Errorf("error %v, want %v", err, tt.err)
				}
			})
		}
	}
}

// TestAnyBytes: an argument need not be UTF-8.
func TestAnyBytes(t *testing.T) {
	const name = "\x83e.txt" // Shift-JIS
	c := testroot.Container(t, steps.Chroot)
	c.Env = append(container.DefaultEnv(), "NAME="+name)
	if text, _, err := output(t, c, "sh", "-c", `echo "$1 $NAME"`, "sh", name); text != name+" "+name+"\n" {
		t.Errorf("it became %q (%v)", text, err)
	}
}

// TestForeignProgram executes files that are no programs of this machine.
func TestForeignProgram(t *testing.T) {
	c := testroot.Container(t, steps.Chroot)
	foreign := t.TempDir()
	c.Tools = foreign // laid over the root filesystem
	elf := []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xff\xff")
	for name, content := range map[string][]byte{"elf": append(elf, make([]byte, 64)...), "text": []byte("hello\n")} {
		if err := os.WriteFile(filepath.Join(foreign, name), content, 0o755); err != nil {
			t.Fatal(err)
		}
		_, code, err := output(t, c, "/"+name)
		if code != container.ExitCannotInvoke || !errors.Is(err, unix.ENOEXEC) {
			t.Errorf("%s: code %d, error %v; want %d and ENOEXEC", name, code, err, container.ExitCannotInvoke)
		}
	}
}

func TestErrorsTravelFromTheChild(t *testing.T) {
	c := testroot.Container(t, steps.Chroot)
	c.Rootfs = ""
	c.Spec.Root = "/no/such/directory"
	_, code, err := output(t, c, "true")
	if code != container.ExitFailed || !errors.Is(err, unix.ENOENT) {
		t.Errorf("code %d, error %v; want %d and ENOENT", code, err, container.ExitFailed)
	}
	var failed *steps.Error
	if !errors.As(err, &failed) || failed.Op != "chroot" || failed.Path != "/no/such/directory" {
		t.Errorf("error %#v does not name the operation and its object", err)
	}
}

// TestDescriptors opens one that is inherited on purpose: it must not live on, also
// where the kernel's close_range knows no CLOSE_RANGE_CLOEXEC, or is not there.
func TestDescriptors(t *testing.T) {
	dir, err := unix.Open("/", unix.O_RDONLY|unix.O_DIRECTORY, 0) // without O_CLOEXEC
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(dir)
	c := testroot.Container(t)
	for _, errno := range []unix.Errno{0, unix.EINVAL, unix.ENOSYS} {
		c.BeforeClone = func() {
			if err := refuseCloseRange(errno); err != nil {
				t.Error(err)
			}
		}
		out, _, err := output(t, c, "/bin/sh", "-c", "ls /proc/$$/fd")
		if err != nil {
			t.Errorf("close_range fails with %d: %v", errno, err)
		}
		if got := strings.Fields(out); !slices.Equal(got, []string{"0", "1", "2"}) {
			t.Errorf("close_range fails with %d: descriptors after execve: %v", errno, got)
		}
	}
}

// refuseCloseRange has close_range(2) fail for this thread and for what it clones.
func refuseCloseRange(errno unix.Errno) error {
	if errno == 0 {
		return nil
	}
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_CLOSE_RANGE, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, failed := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog)))
	if failed != 0 {
		return failed
	}
	return nil
}

func TestRootIsAnOverlay(t *testing.T) {
	c := testroot.Container(t, steps.PivotRoot)
	if _, code, err := output(t, c, "rm", "-rf", "/bin", "/etc"); err != nil || code != 0 {
		t.Fatalf("rm: code %d, %v", code, err)
	}
	if _, err := os.Stat(filepath.Join(c.Rootfs, "etc/passwd")); err != nil {
		t.Errorf("the pristine root filesystem was touched: %v", err)
	}
}

// TestNameOfRootfs: the kernel splits the list of an overlay's directories at colons,
// and its options at commas.
func TestNameOfRootfs(t *testing.T) {
	for _, name := range []string{`a:b`, `a,b`, `a\b`, `a:b,c\d`} {
		c := testroot.Container(t, steps.Chroot)
		c.Tools = filepath.Join(t.TempDir(), name) // laid over the root filesystem
		if err := os.Mkdir(c.Tools, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(c.Tools+"/file", []byte("in "+name), 0o600); err != nil {
			t.Fatal(err)
		}
		if text, _, err := output(t, c, "cat", "/file"); text != "in "+name {
			t.Errorf("%s: it said %q, %v", name, text, err)
		}
	}
}

func TestStdoutFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	c := testroot.Container(t, steps.Chroot)
	c.Args, c.Stdout = []string{"echo", "hello"}, full
	code, err := c.Run(t.Context())
	if err != nil || code != 1 {
		t.Errorf("code %d, error %v; want echo's own 1", code, err)
	}
}

func TestTwoAtOnce(t *testing.T) {
	c := testroot.Container(t, steps.PivotRoot)
	const runs = 8
	results := make(chan string, runs)
	for range runs {
		go func() {
			out, code, err := output(t, c, "sh", "-c", "echo x >>/shared; cat /shared; exit 3")
			if err != nil || code != 3 {
				out = err.Error()
			}
			results <- out
		}()
	}
	for range runs {
		if got := <-results; got != "x\n" {
			t.Errorf("a run saw another's files: %q", got)
		}
	}
}

// TestNoColor: who wants no colours wants none inside either.
func TestNoColor(t *testing.T) {
	for value, want := range map[string]bool{"": false, "1": true, "0": true} {
		t.Setenv("NO_COLOR", value)
		env := container.DefaultEnv()
		if slices.Contains(env, "NO_COLOR="+value) != want {
			t.Errorf("NO_COLOR=%q: the environment is %q", value, env)
		}
	}
}

// TestNoCommand: that is an error, and no panic.
func TestNoCommand(t *testing.T) {
	for name, run := range map[string]func(context.Context) (int, error){
		"container": (&container.Container{Path: "/bin/true"}).Run,
		"exec":      (&container.Exec{Path: "/bin/true"}).Run,
	} {
		if code, err := run(t.Context()); !errors.Is(err, container.ErrNoCommand) || code != container.ExitFailed {
			t.Errorf("%s: %d, %v", name, code, err)
		}
	}
}

// TestCheckFails: a wrong setting is told from what the machine has not got.
func TestCheckFails(t *testing.T) {
	testenv.Root(t)
	var setting *container.SettingError
	for err, wrong := range map[error]bool{
		errors.New("no such thing"):                      true,
		&steps.Unsupported{What: "this kernel has none"}: false,
	} {
		steps.ForkExec.Check = func(*steps.Spec) error { return err }
		t.Cleanup(func() { steps.ForkExec.Check = nil })
		c := container.Container{Steps: []*steps.Step{steps.ForkExec}, Args: []string{"true"}}
		if _, got := c.Run(t.Context()); !errors.Is(got, err) || errors.As(got, &setting) != wrong {
			t.Errorf("%v: %T %v", err, got, got)
		}
	}
}

func TestTimeLimit(t *testing.T) {
	c := testroot.Container(t, steps.Chroot)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var begin time.Time
	c.Began = func() {
		begin = time.Now()
		time.AfterFunc(200*time.Millisecond, cancel)
	}
	c.Args = []string{"sleep", "30"}
	code, err := c.Run(ctx)
	if took := time.Since(begin); took > 5*time.Second || code != container.ExitFailed || !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %d, %v after %v", code, err, took)
	}
}
