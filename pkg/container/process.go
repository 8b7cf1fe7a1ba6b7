package container

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// process is the child as a pid. Its methods, but for signal and kill, are
// called on the thread that started it.
type process struct {
	pid    int
	mu     sync.Mutex
	reaped bool
	status unix.WaitStatus // once reaped
	meant  syscall.Signal  // the one that a SIGKILL of ours stood in for
	tracer *tracer         // nil where no rule traces
}

// signal sends a signal, unless the pid may belong to somebody else by now.
func (p *process) signal(sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		_ = syscall.Kill(p.pid, sig) // ESRCH: a zombie has nothing to hear
	}
}

// signalGroup sends a signal to the group that the process leads.
func (p *process) signalGroup(sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		_ = syscall.Kill(-p.pid, sig)
	}
}

func (p *process) kill() { p.signal(syscall.SIGKILL) }

// insist ends the process where the kernel has dropped the signal because it is
// process 1 of its pid namespace and has no handler: any other process would
// have ended. See pid_namespaces(7).
func (p *process) insist(sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped || !droppedByInit(p.pid, sig) {
		return
	}
	if p.meant == 0 {
		p.meant = sig
	}
	_ = syscall.Kill(p.pid, syscall.SIGKILL)
}

// droppedByInit tells whether the process is process 1 of its pid namespace and
// does not handle the signal. Ignoring it or blocking it is what it asked for.
func droppedByInit(pid int, sig syscall.Signal) bool {
	s, err := observe.TakeStatus(pid)
	if err != nil {
		return false
	}
	pids := strings.Fields(s.Get("NSpid"))
	if len(pids) < 2 || pids[len(pids)-1] != "1" {
		return false
	}
	for _, field := range []string{"SigCgt", "SigIgn", "SigBlk"} {
		mask, err := observe.ParseMask(s.Get(field))
		if err != nil || mask>>(sig-1)&1 == 1 {
			return false
		}
	}
	return true
}

// seize asks for a stop at the next execve; see PTRACE_O_TRACEEXEC in ptrace(2).
// It is false where this machine forbids that: the command is then looked at
// while it runs.
func (p *process) seize() bool {
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(p.pid), 0,
		unix.PTRACE_O_TRACEEXEC|unix.PTRACE_O_EXITKILL, 0, 0)
	return errno == 0
}

// waitExec waits for that stop, or for the end, and hands on the signals that
// come before it.
func (p *process) waitExec() {
	for {
		status, err := p.wait4()
		switch {
		case err != nil || status.Exited() || status.Signaled():
			return
		case status.TrapCause() == unix.PTRACE_EVENT_EXEC:
			return
		}
		signal := int(status.StopSignal())
		if status>>16 != 0 { // a stop of ptrace's own: there is no signal to hand on
			signal = 0
		}
		_ = unix.PtraceCont(p.pid, signal)
	}
}

// detach lets the stopped child go on by itself.
func (p *process) detach() error {
	if err := unix.PtraceDetach(p.pid); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("ptrace(PTRACE_DETACH): %w", err)
	}
	return nil
}

// waitZombie waits for the end and leaves the zombie in place; see waitid(2).
func (p *process) waitZombie() {
	if p.reaped {
		return
	}
	if p.tracer != nil { // a wait would take its stops away from it, too
		p.tracer.goOn()
		<-p.tracer.over
	}
	for errors.Is(unix.Waitid(unix.P_PID, p.pid, nil, unix.WEXITED|unix.WNOWAIT, nil), unix.EINTR) {
		continue
	}
}

// reap removes the zombie and gives its exit code.
func (p *process) reap() int {
	p.waitZombie()
	if !p.reaped {
		_, _ = p.wait4()
	}
	switch {
	case p.status.Signaled() && p.meant != 0:
		return 128 + int(p.meant)
	case p.status.Signaled():
		return 128 + int(p.status.Signal())
	}
	return p.status.ExitStatus()
}

// wait4 waits for a stop or for the end; the end also reaps.
func (p *process) wait4() (unix.WaitStatus, error) {
	for {
		var status unix.WaitStatus
		_, err := unix.Wait4(p.pid, &status, 0, nil)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || status.Exited() || status.Signaled() {
			p.ended(status)
		}
		return status, err
	}
}

func (p *process) ended(status unix.WaitStatus) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reaped, p.status = true, status
}

// ending says how a process ended.
func ending(status unix.WaitStatus) string {
	if status.Signaled() {
		return "killed by " + unix.SignalName(status.Signal())
	}
	return fmt.Sprintf("exit code %d", status.ExitStatus())
}
