package check

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// second is what came of a second start, at which something was killed from
// outside: no program can go on after that as if nothing had been.
type second struct {
	err  error // why it says nothing
	got  int   // the exit code of the program, whose shell was killed
	ends bool  // the shell ended, whose program was killed
}

// kills are what is killed in the lessons that ask what comes of it.
var kills = map[int]func(*run, context.Context, int) second{
	1: (*run).killShell,
	4: (*run).killParent,
}

// errStays is a program that did not end the first time.
var errStays = errors.New(lang.N("the program did not end the first time"))

// startAgain starts the program once more, where the lesson asks for it.
func (c *Check) startAgain(ctx context.Context, pty bool, e *evidence) error {
	do := kills[c.Lesson]
	if do == nil {
		return nil
	}
	if e.stays {
		e.second.err = errStays
		return nil
	}
	r := &run{Check: c, pty: pty}
	err := r.start(ctx)
	var pid int
	if err == nil {
		pid, err = r.findShell(ctx)
	}
	var groups []string
	if err == nil {
		groups = r.inhabited()
		e.second = do(r, ctx, pid)
	} else {
		e.second.err = err
	}
	err = r.end()
	for _, dir := range slices.Backward(groups) { // what would have done that may be killed
		_ = unix.Rmdir(dir)
	}
	return err
}

// inhabited lists the new groups in which the program's processes are, from above.
func (r *run) inhabited() []string {
	list := r.newGroups()
	return slices.DeleteFunc(slices.Clone(list), func(dir string) bool {
		return !slices.ContainsFunc(list, func(below string) bool {
			return cgroup.Within(below, dir) && !empty(below)
		})
	})
}

// killShell ends the shell, and takes the exit code of the program.
func (r *run) killShell(ctx context.Context, pid int) (s second) {
	shell, err := stat(pid)
	if err != nil {
		return second{err: err}
	}
	kill(shell)
	switch {
	case r.leaves(ctx):
		s.got = exitCode(r)
	case ctx.Err() != nil:
		s.err = errTooLong
	default:
		s.got = -1
	}
	return s
}

// killParent ends the program alone, and looks whether the shell goes on.
func (r *run) killParent(ctx context.Context, pid int) (s second) {
	shell, err := stat(pid)
	if err != nil {
		return second{err: err}
	}
	if err := r.occupy(ctx, pid); err != nil {
		return second{err: err}
	}
	if s.err = r.killProgram(); s.err != nil {
		return s
	}
	for deadline := time.Now().Add(leaving); time.Now().Before(deadline) && !s.ends && ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
		now, err := stat(pid)
		s.ends = err != nil || now.start != shell.start || now.zombie()
	}
	if !s.ends && ctx.Err() != nil {
		s.err = errTooLong
	}
	return s
}

// occupy keeps the shell busy, which would end with its input, or by a hangup.
func (r *run) occupy(ctx context.Context, pid int) error {
	if _, _, err := r.ask(ctx, "trap '' HUP", "$?"); err != nil {
		return err
	}
	before, err := stat(pid)
	r.say("while :; do :; done")
	for range 200 {
		now, gone := stat(pid)
		// Not by its state: it may not have slept since it answered, and not have read on.
		if err = cmp.Or(err, gone); err != nil || now.cpu > before.cpu+1 {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

// unclearSecond judges a second start at which nothing could be seen.
func (e *evidence) unclearSecond() (v verdict, is bool) {
	if e.second.err == nil {
		return v, false
	}
	return unclear(lang.F("your program was started once more, and nothing could be seen: %s", lang.T(e.second.err.Error()))), true
}
