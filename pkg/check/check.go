// Package check judges a container program that somebody else wrote, in any
// language, by what the kernel shows of its processes and by the attacks that it
// stops. It never reads the program.
//
// The program starts a shell, which reads a script from standard input. The
// script is a conversation: while the shell waits for its next line, all
// processes are observed from outside (package observe), and the shell is told to
// execute the probes of package attack: a program that imports this package calls
// [attack.Main] first. What comes of a kill is seen at a second start.
package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/container"
)

// DefaultTimeout is how long a program may take for everything.
const DefaultTimeout = 20 * time.Second

// Check is one program that is to be judged by one lesson.
type Check struct {
	Lesson  int           // one of Lessons
	Command []string      // the program and its arguments
	Path    string        // where the program is; "" looks Command[0] up in PATH
	Dir     string        // where it is started; "" is here
	Env     []string      // its environment; nil is ours
	Timeout time.Duration // 0 is DefaultTimeout
}

// Run starts the program, judges it, and ends it. An error says that nothing could
// be judged; that a program does not do what it should is in the report.
//
// One at a time: this process is the subreaper meanwhile (prctl(2)), and whatever
// it starts before Run returns is taken for the program's and ended.
func (c *Check) Run(ctx context.Context) (*Report, error) {
	if len(c.Command) == 0 {
		return nil, container.ErrNoCommand
	}
	if !slices.Contains(Lessons(), c.Lesson) {
		return nil, fmt.Errorf("there is a check of lessons %d, and not of %d", Lessons(), c.Lesson)
	}
	if err := container.Runnable(); err != nil {
		return nil, err
	}
	report, err := c.once(ctx, false)
	if err == nil && report.NoShell != nil && report.NoShell.Why == WantsTerminal {
		again, err := c.once(ctx, true)
		if err == nil && again.NoShell == nil {
			again.Terminal = true
			return again, nil
		}
	}
	return report, container.Refusal(err)
}

// once judges the program, with a terminal or without.
func (c *Check) once(ctx context.Context, pty bool) (*Report, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.limit(), errTooLong)
	defer cancel()
	r := &run{Check: c, pty: pty}
	began := time.Now()
	report, e, err := r.observe(ctx)
	err = errors.Join(err, r.end())
	if err == nil && e != nil {
		err = c.startAgain(ctx, pty, e)
		report.judge(e)
	}
	if report != nil {
		report.Seconds = time.Since(began).Seconds()
	}
	if err == nil && ctx.Err() != nil && !errors.Is(context.Cause(ctx), errTooLong) {
		err = context.Cause(ctx) // somebody does not want to wait any more
	}
	return report, err
}

// observe is the run: start, conversation, observation. Without evidence the report
// says why there is none.
func (r *run) observe(ctx context.Context) (*Report, *evidence, error) {
	report := &Report{Lesson: r.Lesson, Command: r.Command}
	err := r.start(ctx)
	var not *notStarted
	switch {
	case errors.As(err, &not):
		report.NoShell = whyNotStarted(r.Lesson, r.Command[0], not.error)
	case errors.Is(err, errTooLong):
		report.NoShell = r.whyWaits(err)
	case err != nil:
		return nil, nil, err
	}
	if report.NoShell != nil {
		report.finish()
		return report, nil, nil
	}
	pid, err := r.findShell(ctx)
	if err != nil {
		r.hearOut()
	}
	report.Said = r.output.lines(saidLines)
	if err != nil {
		report.NoShell = r.whyNoShell(err)
		report.finish()
		return report, nil, nil
	}
	e, err := r.gather(ctx, pid)
	if err != nil {
		return nil, nil, err
	}
	report.Warnings = slices.Concat(r.warn, r.leftovers(e))
	return report, e, nil
}

// limit is how long everything may take.
func (c *Check) limit() time.Duration { return cmp.Or(c.Timeout, DefaultTimeout) }

// env is the program's environment.
func (c *Check) env() []string {
	if c.Env != nil {
		return c.Env
	}
	return os.Environ()
}
