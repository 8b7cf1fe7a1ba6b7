package lesson

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/creack/pty"

	"golang.org/x/term"
)

// Columns is how wide the output of a transcript is, on any terminal: the text
// of a lesson shows it as it is at 80.
const Columns = 80

// How long processes may take to end when they are asked to.
const grace = 3 * time.Second

// script plays commands in one shell. After each it writes the exit code between
// two record separators, which divide its output from that of the next one.
const script = `for _command in "$@"; do eval "$_command"; printf '\036%d\036' $?; done`

var errTimeout = errors.New("the time limit is over")

// outcome is what came of one command.
type outcome struct {
	command *Command
	played  bool
	output  strings.Builder
	code    int
}

// play is one run of a transcript.
type play struct {
	transcript *Transcript
	outcomes   []*outcome
	audience   audience
	typing     time.Duration // how far the audience may be behind the shell
}

// audience is told what happens as it happens.
type audience interface {
	typed(command string)
	output([]byte)
	ended() // of the command
}

// outlet is where a shell writes: a terminal, or a pipe.
type outlet struct {
	read, write *os.File
	terminal    bool
}

func openOutlet(terminal bool) (o outlet, err error) {
	if !terminal {
		o.read, o.write, err = os.Pipe()
		return o, err
	}
	if o.read, o.write, err = pty.Open(); err != nil {
		return o, fmt.Errorf("open a pseudo-terminal: %w", err)
	}
	o.terminal = true
	// Raw: what is read is what was written, as from a pipe.
	_, err = term.MakeRaw(int(o.write.Fd()))
	if err = errors.Join(err, pty.Setsize(o.write, &pty.Winsize{Rows: 50, Cols: Columns})); err != nil {
		o.close()
		return o, fmt.Errorf("set the pseudo-terminal: %w", err)
	}
	return o, nil
}

func (o outlet) close() {
	o.read.Close()
	o.write.Close()
}

// run plays the transcript to its end. Its error is for what went wrong beside
// the commands; context.Cause tells of a time limit. It closes the outlet.
func (p *play) run(ctx context.Context, where *place, to outlet, keys *os.File) error {
	// The parent of Pdeathsig is the thread: it must not end before the shell.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	var args []string
	for i := range p.transcript.Commands {
		c := &p.transcript.Commands[i]
		p.outcomes = append(p.outcomes, &outcome{command: c})
		args = append(args, c.Text)
	}
	cmd := exec.Command("sh", append([]string{"-c", script, "sh"}, args...)...)
	cmd.Dir, cmd.Env = where.base, where.env()
	cmd.Stdout, cmd.Stderr = to.write, to.write
	if keys != nil {
		cmd.Stdin = keys
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid: true, Setctty: to.terminal, Ctty: 1, // a foreground group of its own
		Pdeathsig: syscall.SIGKILL,
	}
	if err := cmd.Start(); err != nil {
		to.close()
		return fmt.Errorf("start a shell: %w", err)
	}
	return p.attend(ctx, cmd, to)
}

// attend reads what the shell says until it ends, and ends what it left.
func (p *play) attend(ctx context.Context, cmd *exec.Cmd, to outlet) error {
	to.write.Close()
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		p.listen(to.read)
	}()
	group := cmd.Process.Pid
	stop := context.AfterFunc(ctx, func() { endGroup(group) })
	defer stop()

	_ = cmd.Wait() // its exit code is in the state
	endGroup(group)
	select {
	case <-heard:
	case <-time.After(p.typing + grace): // a process in another session keeps it open
	}
	to.read.Close()
	<-heard
	p.last(exitCode(cmd.ProcessState.Sys().(syscall.WaitStatus)))
	return context.Cause(ctx)
}

// listen hands the output to the audience and keeps it.
func (p *play) listen(from *os.File) {
	at := 0
	p.audience.typed(p.outcomes[0].command.Text)
	s := &splitter{
		text: func(b []byte) {
			if at < len(p.outcomes) {
				p.outcomes[at].output.Write(b)
			}
			p.audience.output(b)
		},
		end: func(code int) {
			p.outcomes[at].code, p.outcomes[at].played = code, true
			p.audience.ended()
			if at++; at < len(p.outcomes) {
				p.audience.typed(p.outcomes[at].command.Text)
			}
		},
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		s.write(buf[:n])
		if err != nil { // EOF, or EIO from a terminal that nobody has open
			s.flush()
			return
		}
	}
}

// last gives the shell's own exit code to the command that ended it.
func (p *play) last(code int) {
	for _, o := range p.outcomes {
		if !o.played {
			o.code = code
			p.audience.ended()
			return
		}
	}
}

// exitCode is what a shell would say of it.
func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}
