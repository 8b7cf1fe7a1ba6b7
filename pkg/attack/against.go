package attack

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// probeCommand is the word after which workshop is the inside of a container, and
// reportFlag stands behind the name of a probe that Against listens to.
const (
	probeCommand = "probe"
	reportFlag   = "--report"
)

// Self is this program as a container executes it: Container.Tools puts it there.
const Self = "/usr/local/bin/workshop"

// Against runs a probe inside a container and gives what it found. A container with
// a root of its own has this program from rootfs.Tools, in Tools. A probe that a
// filter killed was stopped: its Reason says how. A signal that this process
// hands on to it is the error [container.Interrupted].
func Against(ctx context.Context, probe string, c container.Container) (Result, error) {
	return Show(ctx, probe, c, io.Discard)
}

// Show is Against, with each call of the probe written to w as it happens.
func Show(ctx context.Context, probe string, c container.Container, w io.Writer) (Result, error) {
	r, _, err := run(ctx, probe, c, w, nil)
	return r, err
}

// Through is Against in a container that another program makes. Its command line
// is command; at its end come the path of this program in that container, and
// the probe.
func Through(ctx context.Context, probe string, command []string) (Result, error) {
	r, code, err := run(ctx, probe, container.Container{}, io.Discard, command)
	switch {
	case err != nil:
		return Result{}, err
	case !r.lost:
		r.Why = "" // it would be about that program, and not about its container
		return r, nil
	}
	return Result{}, fmt.Errorf("%s ended with exit code %d, and no probe ran; try: %s true",
		command[0], code, strings.Join(command[:len(command)-1], " "))
}

// run gives what the probe found, and how its container ended.
func run(ctx context.Context, probe string, c container.Container, w io.Writer, through []string) (Result, int, error) {
	p, err := Lookup(probe)
	if err != nil {
		return Result{}, 0, err
	}
	staged, err := Stage(p, &c)
	if err != nil {
		return Result{}, 0, err
	}
	defer staged.End()
	if err := staged.command(&c, through); err != nil {
		return Result{}, 0, err
	}
	out, in, err := os.Pipe()
	if err != nil {
		return Result{}, 0, err
	}
	defer out.Close()
	c.Stdout, c.Terminal = in, false
	var r Result
	var began bool
	heard := make(chan struct{})
	go func() {
		r, began = listen(out, w)
		close(heard)
		_, _ = io.Copy(io.Discard, out) // nobody is to wait for a reader; it ends with the pipe
	}()
	code, err := c.Run(ctx)
	in.Close()
	<-heard
	if r.Probe == "" {
		r = noResult(probe, code, began)
		err = cmp.Or(err, interrupted(code))
	}
	return staged.judge(r), code, err
}

// command lets a container run the probe, by itself or through another program that
// makes one more.
func (s *Staged) command(c *container.Container, through []string) (err error) {
	args := append([]string{probeCommand, s.probe.Name, reportFlag}, s.told()...)
	if through == nil {
		SelfAs(c, args...)
		return nil
	}
	c.Path, err = exec.LookPath(through[0]) // in our PATH, and not the container's
	c.Args = append(slices.Clone(through), args...)
	return err
}

// withoutMain is an error where this process is itself a probe: it would begin its
// program anew in each container.
func withoutMain() error {
	if len(os.Args) > 3 && os.Args[1] == probeCommand && os.Args[3] == reportFlag {
		return fmt.Errorf("this process is the probe %s inside of a container: its program calls attack.Main first", os.Args[2])
	}
	return nil
}

// noResult is what is known of a probe that found nothing. SIGSYS is the one
// signal by which a layer ends it.
func noResult(probe string, code int, began bool) Result {
	r := Result{Probe: probe, Reason: ended(code), lost: !began, killed: began && code == sigsys}
	switch {
	case began:
	case code <= 128 || code == sigsys:
		r.Reason = lang.F("%s before it could begin: under these settings it cannot start", r.Reason)
	default:
		r.Reason = lang.F("%s before it could begin", r.Reason)
	}
	return r
}

// interrupted is the error of a probe that was ended by somebody at a terminal, or
// from one; nil where it was not.
func interrupted(code int) error {
	switch sig := unix.Signal(code - 128); sig {
	case unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT:
		return &container.Interrupted{Signal: sig}
	}
	return nil
}

// ended says how a probe ended that found nothing: by a signal, above 128.
func ended(code int) string {
	if code > 128 {
		return lang.F("the probe was killed by %s", observe.SignalName(code-128))
	}
	return lang.F("the probe was ended with exit code %d", code)
}

func or(env, otherwise []string) []string {
	if env != nil {
		return env
	}
	return otherwise
}

// listen shows what a probe says until its result, among the lines of others, and tells
// whether it said anything at all; without a result it was killed.
func listen(from io.Reader, w io.Writer) (r Result, began bool) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		e, ours := eventOf(lines.Bytes())
		if !ours {
			continue
		}
		began = true
		if e.Result != nil {
			return *e.Result, true
		}
		_, _ = io.WriteString(w, e.Line)
	}
	return r, began
}

// eventOf reads a line of a probe: others may say JSON too, with other fields.
func eventOf(line []byte) (e event, ours bool) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	err := dec.Decode(&e)
	return e, err == nil
}

// longestLine is more than a probe ever says in one.
const longestLine = 1 << 20

// MarkerPath names a file that only the host has, and makes it where it is not there.
// Who can tell what is in it has read the host's files.
func MarkerPath() (string, error) {
	const path = journal.Dir + "/marker"
	if err := os.MkdirAll(journal.Dir, 0o755); err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintln(f, rand.Text())
	return path, errors.Join(err, f.Close())
}

// SelfAs makes this program the container's command, with these arguments: from
// inside of its root filesystem, or the host's where the steps leave it there.
func SelfAs(c *container.Container, args ...string) {
	c.Path = "/proc/self/exe"
	if c.NewRoot() {
		c.Path = Self
	}
	c.Args = append([]string{"workshop"}, args...)
	c.Env = lang.Pass(or(c.Env, container.DefaultEnv()))
}

// Exec replaces this process by a command, as execve(2). Its error is a
// [container.ExecError], or that there is no command.
func Exec(args, env []string) error {
	if len(args) == 0 {
		return container.ErrNoCommand
	}
	path, err := exec.LookPath(args[0])
	if errors.Is(err, exec.ErrNotFound) {
		err = unix.ENOENT
	}
	if err != nil {
		return &container.ExecError{Command: args[0], Err: unwrapped(err)}
	}
	return &container.ExecError{Command: path, Err: unix.Exec(path, args, env)}
}
