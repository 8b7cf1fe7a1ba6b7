package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"sync"
	"time"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// runLimit is how long a container that only runs true may take.
var runLimit = 30 * time.Second

// Run runs true in a container of each lesson that should work, without the
// layers that should not: what happens is the truth, whatever was found. Without
// root it does nothing. Its error is what stopped it: a signal, or the context.
func (r *Report) Run(ctx context.Context) error {
	if ctx.Err() != nil || !r.Machine.Root {
		return context.Cause(ctx)
	}
	for i := range r.Lessons {
		l := &r.Lessons[i]
		if l.State == Cannot {
			continue
		}
		err := runTrue(ctx, l.Number, l.Without)
		var stopped *container.Interrupted
		if ctx.Err() != nil || errors.As(err, &stopped) {
			return cmp.Or(context.Cause(ctx), err)
		}
		l.Ran = err == nil
		if err != nil {
			r.ranNot(l, err)
		}
	}
	return context.Cause(ctx)
}

// ranNot notes a container that did not run, for whatever reason.
func (r *Report) ranNot(l *Lesson, err error) {
	f := Finding{
		State: Cannot, Fact: lang.F("its container did not run: %s", errname.Named(err)),
		Mend: lang.F("see sudo workshop %d -- true, or %s", l.Number, elsewhere), Lessons: []int{l.Number},
	}
	var u *steps.Unsupported
	if errors.As(err, &u) {
		f.Fact, f.Mend = u.What, u.Instead
	}
	l.State = Cannot
	l.say(f.Fact, f.Mend)
	for i := range r.Findings { // said once
		if r.Findings[i].Fact == f.Fact {
			r.Findings[i].Lessons = append(r.Findings[i].Lessons, l.Number)
			return
		}
	}
	r.Findings = append(r.Findings, f)
}

// runTrue runs true in the container of a lesson, without some of its layers.
func runTrue(ctx context.Context, lesson int, without []string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, runLimit, fmt.Errorf("true has not ended after %v", runLimit))
	defer cancel()
	list, err := steps.Without(steps.UpTo(lesson), without)
	if err != nil {
		return err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	c := container.Container{
		Steps: steps.Effective(list), Args: []string{"true"}, Stdin: null, Stdout: null, Stderr: null,
	}
	if c.NewRoot() {
		if c.Rootfs, err = rootfs.Find(""); err != nil {
			return err
		}
		if c.Tools, err = rootfs.Tools(); err != nil {
			return err
		}
	}
	code, err := c.Run(ctx)
	if err == nil && code != 0 {
		err = fmt.Errorf("true ended with %d", code)
	}
	return err
}

// homes are where people keep their files.
var homes = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`/(home|Users)/[^/\s:"]+`)
})

// Scrub leaves the homes of people out of a text that is for others to read.
func Scrub(text string) string { return homes().ReplaceAllString(text, "~") }
