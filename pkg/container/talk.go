package container

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// The conversation: JSON over one inherited socket. The supervisor begins with
// the instructions; then the child says "ready" before each step and "done"
// after it, and acts only when told to go. A successful execve says nothing: it
// closes the socket.

// instructions is the first thing that the supervisor says.
type instructions struct {
	Spec   steps.Spec
	Path   string // what is executed, looked up in PATH
	Args   []string
	Env    []string
	Enters bool // into a container: the host's /proc is procFD, for / is not the host's
}

// order lets the child go on with what it said it was ready for.
type order struct{ Go string }

// report is what the child says.
type report struct {
	Ready string     `json:",omitempty"`
	Done  string     `json:",omitempty"`
	Error *wireError `json:",omitempty"`
}

// wireError is an error as data, so that errors.Is works in the supervisor too.
type wireError struct {
	Op, Path string
	Errno    syscall.Errno
	Text     string // where there is no errno
}

// toWire takes an error apart.
func toWire(err error) *wireError {
	w := &wireError{Text: err.Error()}
	var failed *steps.Error
	var path *os.PathError
	var look *exec.Error
	switch {
	case errors.As(err, &failed):
		w.Op, w.Path = failed.Op, failed.Path
	case errors.As(err, &look):
		w.Op, w.Path = "execve", look.Name
	case errors.As(err, &path):
		w.Op, w.Path = path.Op, path.Path
	}
	if !errors.As(err, &w.Errno) { // exec.LookPath has errors without an errno
		w.Errno = errnoOf(err)
	}
	return w
}

func errnoOf(err error) syscall.Errno {
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return unix.ENOENT
	case errors.Is(err, os.ErrPermission):
		return unix.EACCES
	}
	return 0
}

// error puts it together again.
func (w *wireError) error() error {
	switch {
	case w.Errno == 0:
		return errors.New(w.Text)
	case w.Op == "execve":
		return &ExecError{w.Path, w.Errno}
	case w.Op == "":
		return &steps.Error{Op: w.Text, Err: w.Errno}
	}
	return &steps.Error{Op: w.Op, Path: w.Path, Err: w.Errno}
}

// socket is one end of the conversation.
type socket struct {
	file *os.File
	enc  *json.Encoder
	dec  *json.Decoder
}

func newSocket(f *os.File) *socket {
	return &socket{f, json.NewEncoder(f), json.NewDecoder(f)}
}

// answers tells whether the other side says something, or has gone, in that time.
func (s *socket) answers(within time.Duration) bool {
	fds := []unix.PollFd{{Fd: int32(s.file.Fd()), Events: unix.POLLIN}}
	n, _ := unix.Poll(fds, int(within.Milliseconds()))
	return n > 0
}

// socketPair makes both ends; see socketpair(2).
func socketPair() (ours, childs *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, &steps.Error{Op: "socketpair", Err: err}
	}
	return os.NewFile(uintptr(fds[0]), "supervisor"), os.NewFile(uintptr(fds[1]), "child"), nil
}
