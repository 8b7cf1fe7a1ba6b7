package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/check"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

type checkFlags struct {
	json, watch bool
	timeout     time.Duration
}

// self is this program, which is judged where no other one is.
const self = "/proc/self/exe"

func newCheckCommand() *cobra.Command {
	f := &checkFlags{}
	cmd := &cobra.Command{
		Use:   "check LESSON [flags] [-- COMMAND [ARG...]]",
		Short: "Judge a container program of your own, in any language",
		Long: `Start your own container program, and judge what it builds: by observing its
processes through /proc, and by the lesson's attack from inside. Your source is
not read. LESSON is any but swiss-cheese, which adds nothing to build.

COMMAND starts /bin/sh inside of the container that it builds. The shell reads a
script from standard input, its output goes to standard output, and COMMAND ends
with the shell's exit code. It finds a root filesystem in $ROOTFS. In lessons 1
and 4 it is started once more, and the shell, or COMMAND itself, is killed.

Without a COMMAND it judges what "workshop LESSON" itself builds.

Exit code: 0 all points hold, 1 one does not, 77 this machine cannot run it.`,
		Example: `  sudo workshop check 2 -- ./box.sh
  sudo workshop check 3 --watch -- perl box.pl
  sudo workshop check 3`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
		ValidArgsFunction: func(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(given) > 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			var names []string
			for _, n := range check.Lessons() {
				names = append(names, fmt.Sprintf("%d\t%s", n, stepOf(n).Does))
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	fs := cmd.Flags()
	fs.BoolVar(&f.json, "json", false, "the result as JSON")
	fs.BoolVar(&f.watch, "watch", false, "judge again whenever a file of COMMAND changes; Ctrl-C ends it")
	fs.DurationVar(&f.timeout, "timeout", check.DefaultTimeout, "the longest that everything may take")
	return cmd
}

func (f *checkFlags) run(cmd *cobra.Command, args []string) error {
	lesson, err := f.lesson(cmd, args)
	if err != nil {
		return usageError{err}
	}
	if err := needRoot("check"); err != nil {
		return err
	}
	c, err := f.check(lesson, args[1:])
	if err != nil {
		return err
	}
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	if f.watch {
		return f.watchFiles(ctx, cmd.OutOrStdout(), c)
	}
	return f.once(ctx, cmd.OutOrStdout(), c)
}

// lesson understands 3, 03, pivot-root and 03-pivot-root.
func (f *checkFlags) lesson(cmd *cobra.Command, args []string) (int, error) {
	if len(args) == 0 {
		return 0, fmt.Errorf("check needs the number of a lesson: workshop check 2 -- ./box.sh; see: %s --help", cmd.CommandPath())
	}
	var names []string
	for _, n := range lessonNumbers() {
		s := stepOf(n)
		names = append(names, strconv.Itoa(n), s.Name)
		if m, err := strconv.Atoi(args[0]); (err != nil || m != n) && args[0] != s.Name && args[0] != lessonName(s) {
			continue
		}
		if !slices.Contains(check.Lessons(), n) {
			return 0, fmt.Errorf("lesson %d has no container program to judge; what its exercise is: workshop read %d", n, n)
		}
		if dash := cmd.ArgsLenAtDash(); len(args) > 1 && dash != 1 {
			return 0, fmt.Errorf("what is to be judged comes after --: workshop check %s -- %s", args[0], strings.Join(args[1:], " "))
		}
		return n, nil
	}
	return 0, fmt.Errorf("no lesson %q%s; it comes first, as in: workshop check 2 -- ./box.sh; see: workshop list", args[0], nearest.Hint(args[0], names))
}

// check is what to do: with the command's own words, or with what the lesson builds.
func (f *checkFlags) check(lesson int, command []string) (*check.Check, error) {
	if f.timeout <= 0 {
		return nil, usageError{fmt.Errorf("--timeout %v: say how long, such as 20s", f.timeout)}
	}
	if err := canCheck(lesson); err != nil {
		return nil, err
	}
	c := &check.Check{Lesson: lesson, Command: command, Timeout: f.timeout, Env: os.Environ()}
	if len(command) == 0 {
		c.Command = []string{"workshop", strconv.Itoa(lesson), "-q", "--", "/bin/sh"}
		c.Path = self
	}
	root, err := rootfs.Find("")
	if err == nil && filepath.Dir(root) == rootfs.Dir() {
		err = rootfs.RefreshWorkshop(root)
	}
	needed := lesson >= steps.Chroot.Lesson
	if err == nil && needed && len(command) > 0 {
		if why := rootfs.Executable(root); why != nil {
			err = &steps.Unsupported{What: why.Error()}
		}
	}
	switch {
	case err == nil:
		c.Env = append(c.Env, "ROOTFS="+root)
	case needed:
		return nil, err
	}
	return c, nil
}

// canCheck asks the lesson's own step what this machine lacks for it.
func canCheck(lesson int) error {
	if s := stepOf(lesson); s == steps.AppArmor || s == steps.Cgroup {
		return s.Check(&steps.Spec{Steps: steps.Names(steps.UpTo(lesson))})
	}
	return nil
}

func (f *checkFlags) once(ctx context.Context, out io.Writer, c *check.Check) error {
	if f.json {
		_ = lang.Set(lang.English) // what scripts read
	}
	report, err := c.Run(ctx)
	if err != nil {
		return interrupted(ctx, err)
	}
	rememberCheck(c, report)
	if f.json {
		err = json.NewEncoder(out).Encode(report)
	} else {
		screen := ui.New(out)
		err = showCheck(screen, report)
		if report.Holds && c.Path != self {
			showPassed(screen, report.Lesson)
		}
	}
	if err == nil && !report.Holds {
		err = exitCode(exitClaim)
		if none := report.NoShell; c.Path == self && none != nil && none.Why == check.Ended && none.Code != 0 {
			err = exitCode(none.Code) // no judgement: what workshop itself says of this machine
		}
	}
	return err
}

// interrupted is the end by a signal, which needs no words.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return exitCode(container.ExitCode(context.Cause(ctx)))
	}
	return err
}
