package ui

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/sys/unix"
)

// Key waits for one key, without Enter and without an echo. Ctrl-C stays a
// signal. At the end of the input the key is 'q'. See termios(3).
func Key(ctx context.Context, in *os.File) (byte, error) {
	fd := int(in.Fd())
	saved, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return 0, &os.PathError{Op: "read the terminal's settings", Path: in.Name(), Err: err}
	}
	raw := *saved
	raw.Lflag &^= unix.ICANON | unix.ECHO
	raw.Cc[unix.VMIN], raw.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &raw); err != nil {
		return 0, &os.PathError{Op: "set the terminal", Path: in.Name(), Err: err}
	}
	defer func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, saved) }()
	return readKey(ctx, fd)
}

// readKey looks every tenth of a second whether it is still wanted.
func readKey(ctx context.Context, fd int) (byte, error) {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for ctx.Err() == nil {
		n, err := unix.Poll(fds, 100)
		if errors.Is(err, unix.EINTR) || (err == nil && n == 0) {
			continue
		}
		if err != nil {
			return 0, err
		}
		buf := make([]byte, 1)
		n, err = unix.Read(fd, buf)
		switch {
		case n == 1:
			return buf[0], nil
		case n == 0 || errors.Is(err, unix.EIO):
			return 'q', hangup(ctx)
		}
	}
	return 0, context.Cause(ctx)
}

// hangup waits for the SIGHUP that follows the end of a terminal.
func hangup(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
	}
	return context.Cause(ctx)
}

// Ask shows what the keys do, waits for one of them, and takes the line away.
func (u *UI) Ask(ctx context.Context, in *os.File, text, keys string) (byte, error) {
	u.write(u.style.dim.Render(text))
	defer u.write("\r" + ansi.EraseEntireLine)
	for {
		key, err := Key(ctx, in)
		if err != nil || strings.IndexByte(keys, key) >= 0 {
			return key, err
		}
	}
}
