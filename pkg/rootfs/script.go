package rootfs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
)

// script is a shell script that acts on a work directory, as root.
type script struct {
	text string
	args []string
	tmp  string   // its TMPDIR
	lock *os.File // of the work directory: held as long as what it started lives
}

// run runs the script as the first process of its own PID and mount namespaces,
// so that whatever it starts or mounts, and whoever dies first, ends with it.
func (s script) run(ctx context.Context, log io.Writer) error {
	// The parent of Pdeathsig is the thread: it must not end before the script.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	words := &tail{}
	// /proc is still that of the outer PID namespace, and the umask that of the user.
	text := "umask 022; mount -t proc proc /proc || exit\n" + s.text
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", text, "rootfs"}, s.args...)...)
	cmd.Stdout, cmd.Stderr = log, io.MultiWriter(log, words)
	cmd.ExtraFiles = []*os.File{s.lock}
	cmd.Env = append(os.Environ(), "TMPDIR="+s.tmp, "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive",
		"PATH="+os.Getenv("PATH")+":/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:   syscall.CLONE_NEWPID,
		Unshareflags: syscall.CLONE_NEWNS, // Go makes its mounts private
		Pdeathsig:    syscall.SIGKILL,
		Setpgid:      true, // Ctrl-C is ours to answer
	}
	return s.explain(ctx, cmd.Run(), words)
}

// explain makes the error that a person can act on of the script's end.
func (s script) explain(ctx context.Context, err error, words *tail) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted, and nothing is left behind: %w", context.Cause(ctx))
	case errors.As(err, &exit) && words.lastLine() != "":
		return spaceError(words.String(), errors.New(words.lastLine()))
	case errors.Is(err, syscall.EPERM):
		return fmt.Errorf("new PID and mount namespaces for the build: %w; it needs CAP_SYS_ADMIN", err)
	}
	return fmt.Errorf("/bin/sh: %w", err)
}

// tail is a writer that keeps the last 4 KB.
type tail struct{ bytes.Buffer }

// Write keeps the end of what was written. It never fails.
func (t *tail) Write(p []byte) (int, error) {
	n, err := t.Buffer.Write(p)
	if extra := t.Len() - 4096; extra > 0 {
		t.Next(extra)
	}
	return n, err
}

// lastLine gives the last line that is not empty.
func (t *tail) lastLine() string {
	lines := strings.Split(strings.TrimSpace(t.String()), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
