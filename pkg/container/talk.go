package container

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// The conversation: JSON over one inherited socket. The supervisor begins with
// the instructions. Then the child names the step that it is ready for, and takes
// it when told to go; ready for the next one, it is done with the one before. A
// successful execve says nothing: it closes the socket.

// instructions is the first thing that the supervisor says.
type instructions struct {
	Spec    steps.Spec
	Command verbatim // what is executed, looked up in PATH; then its arguments from argv[0] on
	Env     verbatim
	Enters  bool // into a container: the host's /proc is procFD, for / is not the host's

	Inherited []int // descriptors that it has from us without being meant to
}

// verbatim are strings that travel as they are: a JSON string is UTF-8, and an
// argument or a file's name may be anything.
type verbatim []string

// MarshalJSON makes each a string in base64.
func (v *verbatim) MarshalJSON() ([]byte, error) {
	bytes := make([][]byte, len(*v))
	for i, s := range *v {
		bytes[i] = []byte(s)
	}
	return json.Marshal(bytes)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (v *verbatim) UnmarshalJSON(text []byte) error {
	var bytes [][]byte
	if err := json.Unmarshal(text, &bytes); err != nil {
		return err
	}
	for _, b := range bytes {
		*v = append(*v, string(b))
	}
	return nil
}

// values are the fields one by one, as they travel: a struct is dear to learn, as
// in steps.Spec.
func (in *instructions) values() []any {
	return []any{&in.Spec, &in.Command, &in.Env, &in.Enters, &in.Inherited}
}

// wireError is an error as data, so that errors.Is works in the supervisor too.
type wireError struct {
	Step     string // that failed; "" where it was none
	Op, Path string
	Errno    syscall.Errno
	Text     string // where there is no errno
}

// toWire takes an error apart.
func toWire(step string, err error) *wireError {
	w := &wireError{Step: step, Text: err.Error()}
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
	if w.Step != "" {
		return fmt.Errorf("%s: %w", w.Step, w.cause())
	}
	return w.cause()
}

func (w *wireError) cause() error {
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

// failure is the error that the child has said, and nil where it said a name.
func failure(said json.RawMessage) error {
	if said[0] == '"' {
		return nil
	}
	var w wireError
	if err := json.Unmarshal(said, &w); err != nil {
		return err
	}
	return w.error()
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

// say says one thing after another.
func (s *socket) say(things ...any) error {
	for _, t := range things {
		if err := s.enc.Encode(t); err != nil {
			return err
		}
	}
	return nil
}

// hear hears as many things, and puts them where the pointers say.
func (s *socket) hear(things ...any) error {
	for _, t := range things {
		if err := s.dec.Decode(t); err != nil {
			return err
		}
	}
	return nil
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
