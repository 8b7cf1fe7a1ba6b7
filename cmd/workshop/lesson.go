package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/internal/job"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/explain"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/progress"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// lessonFlags are what every lesson understands.
type lessonFlags struct {
	containerFlags
	quiet, json, pause, noPause, demo bool
}

// swissCheese is the last lesson, which has all layers and adds none.
var swissCheese = &steps.Step{
	Name:   "swiss-cheese",
	Lesson: 9,
	Does:   lang.N("no new layer: all of them, and every attack against each"),
}

// lessonSteps lists what each lesson adds.
func lessonSteps() []*steps.Step { return append(steps.All(), swissCheese) }

// stepOf is the step that lesson n adds.
func stepOf(n int) *steps.Step {
	for _, s := range lessonSteps() {
		if s.Lesson == n {
			return s
		}
	}
	return nil
}

// lessonNumbers lists the lessons that there are.
func lessonNumbers() []int {
	var numbers []int
	for _, s := range lessonSteps() {
		numbers = append(numbers, s.Lesson)
	}
	slices.Sort(numbers)
	return numbers
}

func lessonName(s *steps.Step) string { return fmt.Sprintf("%02d-%s", s.Lesson, s.Name) }

// lessonEntries are the lessons as commands. A step's name is one of its lesson's
// only where no other command has it: workshop apparmor is no lesson.
func lessonEntries(others []entry) []entry {
	var list []entry
	for _, n := range lessonNumbers() {
		s := stepOf(n)
		names := slices.Compact([]string{lessonName(s), strconv.Itoa(n), fmt.Sprintf("%02d", n)})
		if !slices.ContainsFunc(others, func(e entry) bool { return slices.Contains(e.names, s.Name) }) {
			names = append(names, s.Name)
		}
		list = append(list, entry{groupLessons, names, func() *cobra.Command { return newLessonCommand(s, names[1:]) }})
	}
	return list
}

func newLessonCommand(s *steps.Step, aliases []string) *cobra.Command {
	f := &lessonFlags{}
	n := s.Lesson
	cmd := &cobra.Command{
		Use:     lessonName(s) + " [flags] [-- COMMAND [ARG...]]",
		Aliases: aliases,
		Short:   s.Does,
		Long:    lessonHelp(n),
		Example: fmt.Sprintf("  sudo workshop %d\n  sudo workshop %d -q -- cat /etc/os-release", n, n),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, s, args) },
	}
	f.add(cmd)
	return cmd
}

// lessonHelp says what the container has, and what it has not.
func lessonHelp(n int) string {
	layers := fmt.Sprintf("lessons 1 to %d", n)
	root := "From lesson 3 on pivot-root takes the place of chroot. Without either, / is this\n" +
		"machine's own, and what is deleted there is gone."
	switch n {
	case steps.ForkExec.Lesson:
		layers = "lesson 1"
		root = "Its / is this machine's own, and it runs as root: what it deletes there is gone."
	case steps.Chroot.Lesson:
		root = "Without chroot, / is this machine's own, and what is deleted there is gone."
	}
	return fmt.Sprintf(`Build a container with the layers of %s and watch it: before each
step workshop waits, and after it you see what changed in the process.

Without a command you get a shell. The explanation goes to standard error.

%s`, layers, root)
}

func (f *lessonFlags) add(cmd *cobra.Command) {
	f.containerFlags.add(cmd)
	fs := cmd.Flags()
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "only the command's own output")
	fs.BoolVar(&f.json, "json", false, "what happens as JSON lines on standard output; the command's goes to standard error")
	fs.BoolVar(&f.pause, "pause", false, "wait for Enter before each step (default: on a terminal)")
	fs.BoolVar(&f.noPause, "no-pause", false, "do not wait")
	fs.BoolVar(&f.demo, "demo", false, "play the lesson as on a stage: see workshop tour")
	cmd.MarkFlagsMutuallyExclusive("pause", "no-pause")
	cmd.MarkFlagsMutuallyExclusive("quiet", "json")
}

func (f *lessonFlags) run(cmd *cobra.Command, s *steps.Step, args []string) error {
	if f.demo && len(args) > 0 {
		return usageError{fmt.Errorf("--demo plays the lesson's own commands, and not %q", args[0])}
	}
	if f.demo {
		return (&tourFlags{noPause: f.noPause}).tour(cmd, []string{strconv.Itoa(s.Lesson)})
	}
	if err := needRoot(fmt.Sprintf("lesson %d", s.Lesson)); err != nil {
		return err
	}
	f.hush = f.quiet
	c, err := f.container(s.Lesson)
	if err != nil {
		return err
	}
	c.Args = args
	if len(args) == 0 {
		c.Args = []string{"/bin/sh"}
	}
	c.Env = append(lang.Pass(container.DefaultEnv()), prompt(s))
	if !c.NewRoot() {
		findSelf(c.Env)
	}
	f.watch(c, s)
	if !f.quiet && slices.Contains(c.Steps, steps.Seccomp) {
		warnOfSilence(c.Spec.Seccomp)
	}
	if f.quiet || f.json {
		return runContainer(cmd.Context(), c)
	}
	c.Began = func() { record(progress.Event{Lesson: s.Lesson, Kind: progress.Watched}) }
	screen := ui.New(os.Stderr)
	return runAndListen(c, screen, func() error {
		return runWithRecords(c, screen, func() error { return runContainer(cmd.Context(), c) })
	})
}

// findSelf adds the directory of this program to PATH, for a shell in the host's own
// root directory: workshop may not be installed there.
func findSelf(env []string) {
	self, err := os.Executable()
	for i, variable := range env {
		if list, isPath := strings.CutPrefix(variable, "PATH="); isPath && err == nil {
			env[i] = "PATH=" + list + ":" + filepath.Dir(self)
		}
	}
}

// prompt makes the shell say where it is. BusyBox and bash know \w, and dash,
// which may be the host's shell, only variables.
func prompt(s *steps.Step) string { return `PS1=[` + lessonName(s) + `] $PWD # ` }

// container builds what to run from the flags.
func (f *containerFlags) container(lesson int) (*container.Container, error) {
	list, err := f.steps(lesson)
	if err != nil {
		return nil, err
	}
	if err := f.spec.Namespaces.Check(); err != nil {
		return nil, usageError{err}
	}
	if err := readSeccompProfile(&f.spec, slices.Contains(list, steps.Seccomp)); err != nil {
		return nil, err
	}
	if lesson == swissCheese.Lesson && len(f.only) == 0 {
		list = f.possible(list)
	}
	c := &container.Container{Steps: list, Spec: f.spec, Warn: warn}
	c.Terminal = mayTakeTerminal()
	if !c.NewRoot() {
		return c, nil
	}
	if c.Rootfs, err = rootfs.Find(f.rootfs); err != nil {
		return nil, err
	}
	c.Tools, err = rootfs.Tools()
	return c, err
}

// possible leaves out the steps that this machine cannot take, and says so: the
// last lesson is about those that are there.
func (f *containerFlags) possible(list []*steps.Step) []*steps.Step {
	return slices.DeleteFunc(list, func(s *steps.Step) bool {
		spec := f.spec
		spec.Steps = steps.Names(list)
		if s.Check == nil {
			return false
		}
		err := s.Check(&spec)
		if !errors.Is(err, steps.ErrUnsupported) {
			return false
		}
		if !f.hush {
			warn(errors.New(lang.F("without the layer %s: %s", s.Name, err)))
		}
		return true
	})
}

// warn tells what does not stop the run.
func warn(err error) { ui.New(os.Stderr).Warn(harmless(explained(err))) }

// watch says who looks on: nobody, a person or a script.
func (f *lessonFlags) watch(c *container.Container, s *steps.Step) {
	switch {
	case f.quiet:
	case f.json:
		c.Watcher = &explain.JSON{W: os.Stdout}
		c.Stdout, c.Terminal = os.Stderr, false
		c.Calls = (&jsonCalls{to: os.Stdout}).add // whoever tells the rest says if that cannot be written
	default:
		screen := explain.Screen{UI: ui.New(os.Stderr)}
		screen.UI.Title(lang.F("Lesson %s", lessonName(s)), strings.Join(steps.Names(c.Steps), " + "))
		if f.pause || (!f.noPause && term.IsTerminal(0) && term.IsTerminal(2)) {
			screen.Keys = os.Stdin
			c.Watcher = &screen
		} else {
			c.Watcher = &explain.Teller{Screen: screen}
		}
		c.Calls = showCalls(os.Stderr, c.Terminal)
	}
}

// exitLeft is the end of a run that a person left before the command.
const exitLeft exitCode = 0

// mayTakeTerminal tells whether the command gets a terminal of its own: the person's
// is set to raw for that.
func mayTakeTerminal() bool {
	return term.IsTerminal(0) && term.IsTerminal(1) && !job.Background(0)
}

// runContainer ends with the command's own exit code.
func runContainer(ctx context.Context, c *container.Container) error {
	code, err := c.Run(ctx)
	switch {
	case errors.Is(err, explain.ErrLeft):
		return exitLeft
	case err != nil:
		return err
	case code != 0:
		return exitCode(code)
	}
	return nil
}
