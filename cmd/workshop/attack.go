package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

type attackFlags struct {
	containerFlags
	lesson int
	json   bool
	expect string
}

func newAttackCommand() *cobra.Command {
	f := &attackFlags{}
	cmd := &cobra.Command{
		Use:   "attack [NAME [-- COMMAND [ARG...]]]",
		Short: "Attack a container from inside",
		Long: `Build a container, and attack it from inside. Each system call is shown as it
happens. Without --lesson or --only the container has every layer of the
lessons before the one that is made to stop it, so the attack succeeds.

Where it succeeds, COMMAND is executed with what it gained. In a shell that
workshop started, attack NAME attacks from right there, as you are.

Exit code: COMMAND's own, or 1 where the attack was stopped before. Without
COMMAND it is 0 whether it was stopped or not; --expect makes one of them 1.`,
		Example: `  sudo workshop attack                                 list the attacks
  sudo workshop attack chroot-escape -- ls /           it escapes
  sudo workshop attack chroot-escape --lesson 3        it does not`,
		RunE: f.run,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveDefault // -- and a command
			}
			names, directive := completeAttacks(cmd, args, word)
			named := func(name string) bool { return name == attack.ForkBomb.Name } // by cobra, as a command
			return slices.DeleteFunc(names, named), directive
		},
	}
	cmd.AddCommand(newForkBombCommand())
	f.add(cmd)
	cmd.Flags().IntVar(&f.lesson, "lesson", 0, "with the layers of this lesson")
	cmd.Flags().BoolVar(&f.json, "json", false, "the result as JSON: tried, allowed, and what stopped it")
	cmd.Flags().Var((*text)(&f.expect), "expect", "exit with 1 unless it is: allowed or stopped")
	completeFlag(cmd, "expect", verdicts...)
	return cmd
}

func (f *attackFlags) run(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return listAttacks(cmd.OutOrStdout(), f.json)
	}
	p, err := attack.Lookup(args[0])
	if err == nil {
		err = f.understood(cmd, args)
	}
	if err != nil {
		return usageError{err}
	}
	if insideContainer() {
		return probeHere(cmd, args, f.json, f.expect)
	}
	if err := needRoot("attack " + p.Name); err != nil {
		return err
	}
	if len(args) > 1 {
		return f.attackAndExec(cmd, p, args)
	}
	return f.attackAndJudge(cmd, p)
}

// probeHere attacks from inside of the container that this process is in.
func probeHere(cmd *cobra.Command, args []string, asJSON bool, expect string) (err error) {
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		if !slices.Contains([]string{"json", "lang", "expect"}, flag.Name) {
			err = usageError{fmt.Errorf("--%s is for an attack from the host, on a container that it makes; this one is against the container that you are in", flag.Name)}
		}
	})
	if err != nil {
		return err
	}
	return probe(cmd, args, asJSON, expect)
}

var verdicts = []string{"allowed", "stopped"}

// understood says what is wrong with the command line.
func (f *attackFlags) understood(cmd *cobra.Command, args []string) error {
	command := len(args) > 1
	switch {
	case command && cmd.ArgsLenAtDash() != 1:
		return fmt.Errorf("%s: a command comes after --, as in: attack %s -- %s", args[1], args[0], args[1])
	case command && (f.json || f.expect != ""):
		return errors.New("--json and --expect are for an attack without a command")
	case f.expect != "" && !slices.Contains(verdicts, f.expect):
		return fmt.Errorf("--expect %s: say allowed or stopped", f.expect)
	}
	return knownLesson(f.lesson)
}

// knownLesson says that there is no lesson of that number; 0 is none.
func knownLesson(n int) error {
	if n == 0 || slices.Contains(lessonNumbers(), n) {
		return nil
	}
	return fmt.Errorf("--lesson %d: there is no such lesson; see: workshop list", n)
}

// attackAndExec attacks, and where that succeeds executes a command.
func (f *attackFlags) attackAndExec(cmd *cobra.Command, p *attack.Probe, args []string) error {
	c, err := f.container(f.lessonFor(p))
	if err != nil {
		return err
	}
	staged, err := attack.Stage(p, c)
	if err != nil {
		return err
	}
	defer staged.End()
	attack.SelfAs(c, append([]string{"probe", p.Name, "--"}, args[1:]...)...)
	return runContainer(cmd.Context(), c)
}

// attackAndJudge attacks, and says whether it succeeded.
func (f *attackFlags) attackAndJudge(cmd *cobra.Command, p *attack.Probe) error {
	c, err := f.container(f.lessonFor(p))
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	screen := ui.New(out)
	if !f.json {
		screen.Title(lang.F("Attack: %s", p.Name), against(c))
	}
	calls := screen.Narrow(out)
	if f.json {
		calls = io.Discard
	}
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	r, err := attack.Show(ctx, p.Name, *c, calls)
	if err != nil {
		return err
	}
	if f.json {
		err = encodeResult(out, r)
	} else {
		err = showResult(out, p, r)
		kept(screen, p, c, r)
	}
	return cmp.Or(err, judged(r, f.expect))
}

// judged ends with 1 where the result is not the expected one; "" expects none.
func judged(r attack.Result, expect string) error {
	if expect != "" && expect != verdict(r) {
		return exitCode(exitClaim)
	}
	return nil
}

// kept says that the layer that was made to stop the attack leaves it the
// capability that it needs.
func kept(screen *ui.UI, p *attack.Probe, c *container.Container, r attack.Result) {
	if !r.Allowed || p.Stops != steps.Capabilities.Name || !slices.Contains(c.Steps, steps.Capabilities) {
		return
	}
	if keeps, err := c.Spec.Capabilities.Keeps(p.Capability); err != nil || !keeps {
		return
	}
	screen.Line("  " + lang.F("The container keeps %s, which that needs.", p.Capability))
	if !c.Spec.Capabilities.Privileged {
		screen.Line("  " + lang.F("Without it: --cap-drop %s", strings.ToLower(strings.TrimPrefix(p.Capability, "CAP_"))))
	}
}

// against names the layers that an attack meets.
func against(c *container.Container) string {
	return lang.F("against %s", strings.Join(steps.Names(c.Steps), " + "))
}

// lessonFor is the lesson whose layers the container has.
func (f *attackFlags) lessonFor(p *attack.Probe) int {
	if f.lesson > 0 {
		return f.lesson
	}
	if s, err := steps.Lookup(p.Stops); err == nil {
		return s.Lesson - 1
	}
	return 1
}

func verdict(r attack.Result) string {
	if r.Allowed {
		return "allowed"
	}
	return "stopped"
}

// made is an error where the attack was not made at all: nothing stopped it.
func made(r attack.Result) error {
	switch {
	case r.Impossible:
		return &steps.Unsupported{What: r.Reason}
	case !r.Allowed && !r.Tried():
		return fmt.Errorf("the attack %s was not made: %s", r.Probe, r.Reason)
	}
	return nil
}

// encodeResult says it to a script, and whether the attack was made at all: one
// that was not is neither allowed nor stopped.
func encodeResult(out io.Writer, r attack.Result) error {
	report := struct {
		attack.Result
		Tried bool `json:"tried"`
	}{r, r.Allowed || r.Tried()}
	return cmp.Or(json.NewEncoder(out).Encode(report), made(r))
}

// showResult shows what came of an attack that was made.
func showResult(out io.Writer, p *attack.Probe, r attack.Result) error {
	if err := made(r); err != nil {
		return err
	}
	screen := ui.New(out)
	if r.Note != "" {
		screen.Text(r.Note, 2)
	}
	if r.Allowed {
		screen.Bad(p.Verdict(r))
	} else {
		screen.Good(p.Verdict(r))
	}
	if r.Why != "" {
		screen.Text(r.Why, 2)
	}
	return screen.Err()
}

// listedAttack is an attack for a script.
type listedAttack struct {
	Name  string `json:"name"`
	Stops string `json:"stoppedBy"` // the layer that was made to
	Tries string `json:"tries"`
}

func listAttacks(out io.Writer, asJSON bool) error {
	if asJSON {
		var list []listedAttack
		for _, p := range attack.All() {
			list = append(list, listedAttack{p.Name, p.Stops, p.Tries})
		}
		return json.NewEncoder(out).Encode(list)
	}
	screen := ui.New(out)
	var rows [][]string
	for _, p := range attack.All() {
		rows = append(rows, []string{p.Name, p.Stops, lang.T(p.Tries)})
	}
	screen.Table([]string{lang.T("ATTACK"), lang.T("AGAINST"), lang.T("TRIES TO")}, rows)
	return screen.Err()
}
