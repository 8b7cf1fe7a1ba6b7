package container

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/internal/job"
)

// terminal is a pseudo-terminal between the person's terminal and the command,
// so that the command has one of its own, with its own foreground group; see
// pty(7).
type terminal struct {
	in, out       *os.File // the person's
	master, slave *os.File
	saved         *term.State
	wake, waker   *os.File                            // a pipe: its end ends both pumps
	entered       chan struct{}                       // closed when no key is read any more
	shown         chan struct{}                       // and when all is shown
	typed         func(group int, sig syscall.Signal) // told of a signal that a key sends to the foreground group
	gone          func()                              // told that the person's can be read no more
}

func openTerminal(in, out *os.File) (*terminal, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("open a pseudo-terminal: %w", err)
	}
	t := &terminal{
		in: in, out: out, master: master, slave: slave,
		entered: make(chan struct{}), shown: make(chan struct{}),
	}
	t.resize()
	t.adopt()
	if t.wake, t.waker, err = os.Pipe(); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// resize gives the command's terminal the size of the person's.
func (t *terminal) resize() { _ = pty.InheritSize(t.in, t.master) }

// adopt gives it the settings of the person's: the keys that erase and interrupt, and
// whether a character is of several bytes (IUTF8). See termios(3).
func (t *terminal) adopt() {
	if settings, err := unix.IoctlGetTermios(int(t.in.Fd()), unix.TCGETS); err == nil {
		_ = unix.IoctlSetTermios(int(t.slave.Fd()), unix.TCSETS, settings)
	}
}

// begin hands the keyboard over to the command.
func (t *terminal) begin() error {
	t.slave.Close() // the command has its own copies: the last one's end is our EIO
	saved, err := term.MakeRaw(int(t.in.Fd()))
	if err != nil {
		return fmt.Errorf("set the terminal to raw: %w", err)
	}
	t.saved = saved
	go func() {
		err := t.pump(t.in, t.enter, t.entered)
		if errors.Is(err, io.EOF) || errors.Is(err, unix.EIO) {
			t.gone()
		}
	}()
	go func() { _ = t.pump(t.master, t.show, t.shown) }()
	go t.notice(os.Getppid())
	return nil
}

// notice tells that the terminal is another job's and our parent gone, who would have
// made it ours again: sudo(8), by a kill -9. A read says so too, but not before a key.
func (t *terminal) notice(parent int) {
	for {
		select {
		case <-t.entered:
			return
		case <-time.After(time.Second):
		}
		if job.Background(int(t.in.Fd())) && os.Getppid() != parent {
			t.gone()
			return
		}
	}
}

// end shows what the command still had to say, and takes the keyboard back: the next
// key is for somebody else.
func (t *terminal) end() {
	if t.saved == nil {
		return
	}
	t.waker.Close()
	<-t.shown
	select {
	case <-t.entered:
	case <-time.After(time.Second): // it has keys for what was left behind and does not read
	}
	_ = term.Restore(int(t.in.Fd()), t.saved)
	t.saved = nil
}

func (t *terminal) close() {
	for _, f := range []*os.File{t.master, t.slave, t.wake, t.waker} {
		if f != nil {
			f.Close()
		}
	}
}

// mostLeft is more than a terminal keeps of what nobody has read yet: who has said that
// much since the command's end still talks, as what was left behind in the background.
const mostLeft = 1 << 20

// pump hands on what it reads until end is called and nothing is left to read, or
// until it cannot be handed on. Its error is that of the source.
func (t *terminal) pump(from *os.File, to func([]byte) error, ended chan struct{}) error {
	defer close(ended)
	fds := []unix.PollFd{
		{Fd: int32(from.Fd()), Events: unix.POLLIN},
		{Fd: int32(t.wake.Fd()), Events: unix.POLLIN},
	}
	buf := make([]byte, 32<<10)
	for left := mostLeft; left > 0; {
		_, err := unix.Poll(fds, -1)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil || fds[0].Revents == 0:
			return nil
		}
		n, err := from.Read(buf)
		if err != nil {
			return err
		}
		if to(buf[:n]) != nil {
			return nil
		}
		if fds[1].Revents != 0 {
			left -= n
		}
	}
	return nil
}

// show puts what the command says on the person's terminal.
func (t *terminal) show(b []byte) error {
	_, err := t.out.Write(b)
	return err
}

// enter gives the command what the person typed.
func (t *terminal) enter(b []byte) error {
	signals, group := t.signalsOf(b)
	_, err := t.master.Write(b)
	for _, sig := range signals {
		t.typed(group, sig)
	}
	return err
}

// signalsOf gives the signals that these keys make the kernel send to the
// foreground group: see ISIG in termios(3).
func (t *terminal) signalsOf(keys []byte) (signals []syscall.Signal, group int) {
	fd := int(t.master.Fd())
	settings, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil || settings.Lflag&unix.ISIG == 0 {
		return nil, 0
	}
	if group, err = unix.IoctlGetInt(fd, unix.TIOCGPGRP); err != nil {
		return nil, 0
	}
	if bytes.IndexByte(keys, settings.Cc[unix.VINTR]) >= 0 {
		signals = append(signals, syscall.SIGINT)
	}
	if bytes.IndexByte(keys, settings.Cc[unix.VQUIT]) >= 0 {
		signals = append(signals, syscall.SIGQUIT)
	}
	return signals, group
}
