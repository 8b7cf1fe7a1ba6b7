package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/job"
)

// Key waits for one key, without Enter and without an echo. Ctrl-C stays a
// signal. At the end of the input, and for the key that ends one, Ctrl-D, the key is
// 'q'. See termios(3).
//
// The arrows and the keys that a presenter's remote control sends, Page Down and
// Page Up, count as '\n' and 'b': on and back.
//
// After Ctrl-Z and fg it calls resumed: what said which keys there are is far above.
func Key(ctx context.Context, in *os.File, resumed func()) (byte, error) {
	fd := int(in.Fd())
	saved, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if errors.Is(err, unix.EIO) {
		return 'q', hangup(ctx)
	}
	if err != nil {
		return 0, &os.PathError{Op: "read the terminal's settings", Path: in.Name(), Err: err}
	}
	raw := unechoed(saved)
	err = unix.IoctlSetTermios(fd, unix.TCSETS, raw)
	if errors.Is(err, unix.EIO) {
		return 'q', hangup(ctx)
	}
	if err != nil {
		return 0, &os.PathError{Op: "set the terminal", Path: in.Name(), Err: err}
	}
	defer func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, saved) }()
	pressed, err := readKey(ctx, fd, raw, resumed)
	if pressed == raw.Cc[unix.VEOF] && pressed != 0 { // 0 is no key at all
		pressed = 'q'
	}
	return pressed, err
}

// unechoed are settings in which a key is there at once, and not shown.
func unechoed(saved *unix.Termios) *unix.Termios {
	raw := *saved
	raw.Lflag &^= unix.ICANON | unix.ECHO
	raw.Cc[unix.VMIN], raw.Cc[unix.VTIME] = 1, 0
	return &raw
}

// Hush keeps what is typed off the screen while nobody asks for it. Its end throws
// that away, for it was meant for nothing that is asked later. A terminal that is
// gone says so at the next key.
func Hush(in *os.File) (end func()) {
	fd := int(in.Fd())
	saved, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return func() {}
	}
	raw := unechoed(saved)
	_ = unix.IoctlSetTermios(fd, unix.TCSETS, raw)
	stop := onContinue(func() { again(fd, raw) })
	return func() {
		stop()
		_ = unix.IoctlSetTermios(fd, unix.TCSETS, saved)
		_ = unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH)
	}
}

// onContinue calls do after each Ctrl-Z and fg, until it is stopped.
func onContinue(do func()) (stop func()) {
	continued, ended := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(continued, unix.SIGCONT)
	go func() {
		defer close(ended)
		for range continued {
			do()
		}
	}()
	return func() {
		signal.Stop(continued)
		close(continued)
		<-ended
	}
}

// readKey looks every tenth of a second whether it is still wanted.
func readKey(ctx context.Context, fd int, raw *unix.Termios, resumed func()) (byte, error) {
	var continued atomic.Bool
	defer onContinue(func() { continued.Store(true) })()
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for ctx.Err() == nil {
		n, err := unix.Poll(fds, 100)
		if errors.Is(err, unix.EINTR) || (err == nil && n == 0) {
			if job.Background(fd) && os.Getppid() != parent {
				return 'q', hangup(ctx)
			}
			set, back := again(fd, raw), !job.Background(fd) && continued.Swap(false)
			if set || back {
				resumed()
			}
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("wait for a key: %w", err)
		}
		if key, err := take(ctx, fd); key != 0 || err != nil {
			return key, err
		}
	}
	return 0, context.Cause(ctx)
}

// take reads the key that is there; 0 is none that means something.
func take(ctx context.Context, fd int) (byte, error) {
	buf := make([]byte, 1)
	n, err := unix.Read(fd, buf)
	switch {
	case n == 1 && buf[0] == escape:
		return sequence(fd), nil
	case n == 1:
		return buf[0], nil
	case n == 0 || errors.Is(err, unix.EIO):
		return 'q', hangup(ctx)
	case !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.EAGAIN):
		return 0, fmt.Errorf("read a key: %w", err)
	}
	return 0, nil
}

// parent started us. Where it is gone and the terminal another job's, as after a kill -9
// of a sudo(8), nobody can give us a key any more.
var parent = os.Getppid()

// again sets the terminal once more where somebody else has set it meanwhile: a
// shell does, after Ctrl-Z and fg. In the background that would stop this process.
func again(fd int, raw *unix.Termios) bool {
	if job.Background(fd) {
		return false
	}
	now, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	return err == nil && now.Lflag != raw.Lflag && unix.IoctlSetTermios(fd, unix.TCSETS, raw) == nil
}

const escape = 0x1b

// sequences are what terminals send for the keys that go on and back.
var sequences = map[string]byte{
	"[C": '\n', "[B": '\n', "OC": '\n', "OB": '\n', "[6~": '\n', // right, down, Page Down
	"[D": 'b', "[A": 'b', "OD": 'b', "OA": 'b', "[5~": 'b', // left, up, Page Up
}

// sequence reads what follows an escape, which is there at once, and gives the
// key, or 0 for one that means nothing here. What comes after it stays unread.
func sequence(fd int) byte {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	var read []byte
	for !complete(read) {
		if n, err := unix.Poll(fds, 20); err != nil || n == 0 {
			return 0 // the Escape key alone
		}
		next := make([]byte, 1)
		if n, err := unix.Read(fd, next); err != nil || n == 0 {
			return 0
		}
		read = append(read, next...)
	}
	return sequences[string(read)]
}

// complete tells whether a sequence is at its end: after [ with a letter or a sign
// that are not its parameters, after O with one character. See console_codes(4).
func complete(read []byte) bool {
	switch {
	case len(read) == 0:
		return false
	case read[0] == '[':
		last := read[len(read)-1]
		return len(read) > 1 && last >= 0x40 && last <= 0x7e
	case read[0] == 'O':
		return len(read) > 1
	}
	return true
}

// hangup waits for the SIGHUP that follows the end of a terminal.
func hangup(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
	}
	return context.Cause(ctx)
}

// Ask shows what the keys do, waits for one of them, and takes the line away: so it
// is no longer than the terminal is wide now.
func (u *UI) Ask(ctx context.Context, in *os.File, text, keys string) (byte, error) {
	show := func() {
		u.Measure()
		u.write(u.style.dim.Render(narrowed(text, u.width-1)))
	}
	resumed := func() {
		u.eraseLine()
		show()
	}
	show()
	defer u.Measure() // for what comes next
	defer u.eraseLine()
	for {
		pressed, err := Key(ctx, in, resumed)
		if err != nil || strings.IndexByte(keys, pressed) >= 0 {
			return pressed, err
		}
	}
}

func (u *UI) eraseLine() {
	if dumb() {
		u.Line("")
		return
	}
	u.write("\r" + ansi.EraseEntireLine)
}

// narrowed moves the parts of a text together where they do not fit, and then cuts.
func narrowed(text string, columns int) string {
	if !Fits(text, columns) {
		text = strings.ReplaceAll(text, "    ", "  ")
	}
	return Cut(text, columns)
}
