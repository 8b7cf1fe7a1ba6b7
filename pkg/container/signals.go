package container

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/internal/job"
)

// forwarded are the signals that are for the command and not for us.
var forwarded = []os.Signal{
	syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT,
	syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH,
}

// signals are the forwarded ones, caught.
type signals struct {
	arrived chan os.Signal
	caught  chan struct{} // closed once they no longer do what they do by default
}

// catchSignals catches them beside what the run begins with: it takes the Go runtime
// a third of a millisecond. What nohup or a shell has had us ignore stays ignored, and
// the command inherits that: signal(7).
func catchSignals() *signals {
	s := &signals{make(chan os.Signal, 16), make(chan struct{})}
	go func() {
		signal.Notify(s.arrived, slices.DeleteFunc(slices.Clone(forwarded), signal.Ignored)...)
		close(s.caught)
	}()
	return s
}

// catchStop catches the one of Ctrl-Z too, unless it is ignored.
func (s *signals) catchStop() {
	if !signal.Ignored(syscall.SIGTSTP) {
		signal.Notify(s.arrived, syscall.SIGTSTP)
	}
}

// release gives them back. A program that ends now need not wait for it.
func (s *signals) release() {
	go func() {
		<-s.caught
		signal.Stop(s.arrived)
	}()
}

// handleSignals handles them until stop is called: before the execve they end the
// run, and after it they are handed on.
func (s *supervisor) handleSignals(ctx context.Context) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		for {
			select {
			case sig := <-s.signals.arrived:
				s.handle(sig.(syscall.Signal), cancel)
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

func (s *supervisor) handle(sig syscall.Signal, cancel context.CancelCauseFunc) {
	switch {
	case sig == syscall.SIGWINCH:
		s.resized()
	case sig == syscall.SIGTSTP:
		s.suspend()
	case !s.executing.Load():
		cancel(&Interrupted{sig})
	case fromKeyboard(sig) && s.sharesTerminal():
		// The terminal has sent it to the command already.
		s.child.insist(sig)
	case fromKeyboard(sig) && s.tty != nil:
		s.child.signalGroup(sig) // as the terminal would
		s.child.insist(sig)
	default:
		s.child.signal(sig)
		s.child.insist(sig)
	}
}

// resized tells the command that the person's terminal has another size.
func (s *supervisor) resized() {
	switch {
	case !s.executing.Load():
	case s.terminal != nil:
		s.terminal.resize()
	case s.tty != nil:
		s.child.signalGroup(syscall.SIGWINCH)
	}
}

// suspend stops the command, which Ctrl-Z does not reach, and then us. It stays stopped
// in the background, where it would take the person's keys.
func (s *supervisor) suspend() {
	s.child.signalGroup(syscall.SIGSTOP)
	stop()
	for job.Background(int(s.tty.Fd())) && len(s.signals.arrived) == 0 {
		time.Sleep(100 * time.Millisecond)
	}
	s.child.signalGroup(syscall.SIGCONT)
}

// stop lets SIGTSTP do what it does where nobody catches it: it stops us until
// SIGCONT, or nothing where no shell is there to send that. A Reset of os/signal would
// leave the handler of the Go runtime, which does nothing. See rt_sigaction(2).
func stop() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var none, ours [4]uint64 // the kernel's struct sigaction
	set := func(now, before *[4]uint64) {
		syscall.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGTSTP),
			uintptr(unsafe.Pointer(now)), uintptr(unsafe.Pointer(before)), 8, 0, 0) // 64 signals are 8 bytes
	}
	set(&none, &ours)
	_ = unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGTSTP)
	set(&ours, nil)
}

func fromKeyboard(sig syscall.Signal) bool {
	return sig == syscall.SIGINT || sig == syscall.SIGQUIT
}

// sharesTerminal tells whether the command is in our terminal's foreground group.
func (s *supervisor) sharesTerminal() bool {
	return s.terminal == nil && s.tty == nil && term.IsTerminal(int(os.Stdin.Fd()))
}

// typed hears of a signal that the terminal sends to a process group.
func (s *supervisor) typed(group int, sig syscall.Signal) {
	if childs, err := unix.Getpgid(s.child.pid); err == nil && childs == group {
		s.child.insist(sig)
	}
}

// gone hears that the terminal was closed, or is no more ours. The kernel tells that to
// the leader of the session alone, who need not tell us: su(1) does not.
func (s *supervisor) gone() {
	select {
	case s.signals.arrived <- syscall.SIGHUP:
	default: // enough of them are waiting
	}
}
