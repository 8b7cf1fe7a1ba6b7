package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/bomb"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

type bombFlags struct {
	containerFlags
	lesson                       int
	shell, unsafe, fullCPU, json bool
	duration                     time.Duration
}

func newForkBombCommand() *cobra.Command {
	f := &bombFlags{}
	cmd := &cobra.Command{
		Use:   "fork-bomb",
		Short: "Explode in a container, and watch the host not feel it",
		Long: `Start a process that forks for ever, in a container of lesson 5, and show while
it runs: how many processes there are, how many forks the kernel refused, and
how long a fork takes on the host. Then all of it is killed.

It is armed only after the kernel was asked what pids.max is in its group, and
whether it is in that group, alone. Without the cgroup layer (--without cgroup)
it explodes in the guard, the group around every run, which has a limit too.`,
		Example: `  sudo workshop attack fork-bomb                     stopped at 32
  sudo workshop attack fork-bomb --shell             the one that people type
  sudo workshop attack fork-bomb --without cgroup    stopped by the guard alone`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.add(cmd)
	fs := cmd.Flags()
	fs.IntVar(&f.lesson, "lesson", steps.Cgroup.Lesson, "with the layers of this lesson")
	fs.BoolVar(&f.shell, "shell", false, "a shell in the container is told :(){ :|:& };:")
	fs.DurationVar(&f.duration, "for", bomb.DefaultDuration, "kill everything after this time; up to three times as long while nothing was refused")
	fs.BoolVar(&f.unsafe, "unsafe", false, "with no limit at all: in a virtual machine that you can lose")
	fs.BoolVar(&f.fullCPU, "full-cpu", false, "let it compete for CPU time too, which pids.max does not limit")
	fs.BoolVar(&f.json, "json", false, "the report as JSON")
	return cmd
}

func (f *bombFlags) run(cmd *cobra.Command) error {
	if insideContainer() {
		return probeHere(cmd, []string{attack.ForkBomb.Name}, f.json, "")
	}
	if err := needRoot("attack fork-bomb"); err != nil {
		return err
	}
	if err := f.understood(); err != nil {
		return usageError{err}
	}
	c, err := f.container(f.lesson)
	if err != nil {
		return err
	}
	attack.SelfAs(c)
	b := &bomb.Bomb{Container: *c, Duration: f.duration, Unsafe: f.unsafe, FullCPU: f.fullCPU}
	b.Until = func(r bomb.Report) bool { return conclusive(b, r) }
	b.Armed = func(bomb.Group) { catchStop() }
	if f.shell {
		b.Shell, b.Script = bomb.Shell(c.Rootfs)
	}
	if err := b.Check(); err != nil {
		return usageError{err}
	}
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	if f.json {
		r, err := b.Run(ctx)
		if err := errors.Join(err, json.NewEncoder(cmd.OutOrStdout()).Encode(r)); err != nil {
			return err
		}
		return held(b, r)
	}
	return showBomb(ctx, ui.New(cmd.OutOrStdout()), b)
}

// understood says what is wrong with the command line.
func (f *bombFlags) understood() error {
	if f.duration <= 0 {
		return fmt.Errorf("--for %v: say 1s to %v", f.duration, bomb.MaxDuration)
	}
	return knownLesson(f.lesson)
}

// catchStop keeps Ctrl-Z from stopping this program from now on: it would stop the
// clock, and not the bomb. One that ignored the signal would hand that on to the bomb.
func catchStop() { signal.Notify(make(chan os.Signal, 1), syscall.SIGTSTP) }

func showBomb(ctx context.Context, screen *ui.UI, b *bomb.Bomb) error {
	screen.Title(lang.F("Attack: %s", attack.ForkBomb.Name), against(&b.Container))
	if b.Shell != "" {
		screen.Line(lang.F("%s in the container is told:", b.Shell))
		screen.Line("  " + screen.Code(b.Script))
	}
	gauge := screen.NewGauge()
	b.Every = time.Second
	if gauge.InPlace() {
		b.Every = 100 * time.Millisecond
	}
	b.Armed = func(g bomb.Group) {
		catchStop()
		showArmed(screen, b, g)
	}
	var latencies []float64
	b.Sample = func(s bomb.Sample) {
		latencies = append(latencies, float64(s.Latency))
		gauge.Show(gaugeLine(screen, s, latencies))
	}
	r, err := b.Run(ctx)
	gauge.End()
	if err != nil {
		return err
	}
	showReport(screen, b, r)
	return cmp.Or(screen.Err(), held(b, r))
}

// held ends with 1 where the bomb was not stopped, or something is left of it.
func held(b *bomb.Bomb, r bomb.Report) error {
	if !conclusive(b, r) || r.Left > 0 {
		return exitCode(exitClaim)
	}
	return nil
}

func showArmed(screen *ui.UI, b *bomb.Bomb, g bomb.Group) {
	limit := fmt.Sprint(g.Max)
	if b.Unsafe {
		limit = "max"
		screen.Warn(lang.F("No limit at all: %s.", bomb.VM()))
	}
	screen.Line(lang.T("Read back from the kernel before it may explode:"))
	screen.Good(lang.F("pids.max is %s, and the bomb is the only member of its group:", limit))
	screen.Line("  " + g.Dir)
	if b.FullCPU {
		screen.Warn(lang.T("It competes for CPU time with everybody: pids.max limits processes only."))
	} else {
		screen.Good(lang.T("It has the lowest priority for the CPUs (nice 19): pids.max does not limit that."))
	}
	screen.Good(lang.F("Everything in it is killed after %g s.", b.Duration.Seconds()))
	screen.Line("")
}

// sparkFull is how many times the idle latency the highest block stands for.
const sparkFull = 8

func gaugeLine(screen *ui.UI, s bomb.Sample, latencies []float64) string {
	whole := max(s.Pids.Max, s.Pids.Current)
	return lang.F("%4.1fs  pids %3d/%-3s %s  refused %-8d  host fork %s %s",
		s.After.Seconds(), s.Pids.Current, s.Pids.Limit(), ui.Bar(s.Pids.Current, whole, 8), s.Pids.Refused,
		millis(s.Latency), screen.GoodWord(ui.Sparkline(latencies, sparkFull*float64(s.Idle), 8)))
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

// limited tells whether the container has the layer.
func limited(b *bomb.Bomb) bool { return slices.Contains(b.Container.Steps, steps.Cgroup) }

// conclusive tells whether the bomb came as far as it had to: to the limit, or
// without the layer to where the limit would have been.
func conclusive(b *bomb.Bomb, r bomb.Report) bool {
	if limited(b) {
		return r.Refused > 0
	}
	return r.Peak > steps.DefaultPidsMax
}

func showReport(screen *ui.UI, b *bomb.Bomb, r bomb.Report) {
	screen.Line("")
	if r.Said != "" {
		screen.Line(ui.Cut(lang.F("The bomb said:  %s", r.Said), screen.Width()))
	}
	screen.Table([]string{lang.T("HOST FORK"), lang.T("MEDIAN"), lang.T("99 OF 100 BELOW")}, [][]string{
		{lang.T("idle"), millis(r.Idle.Percentile(50)), millis(r.Idle.Percentile(99))},
		{lang.T("during the bomb"), millis(r.During.Percentile(50)), millis(r.During.Percentile(99))},
	})
	screen.Line("")
	verdict := lang.F("%d processes at most, %d forks refused by pids.max.", r.Peak, r.Refused)
	switch {
	case !conclusive(b, r) && r.Early:
		screen.Bad(lang.F("This shows nothing, for the bomb ended before its time: %d processes at most.", r.Peak))
	case !conclusive(b, r):
		screen.Bad(lang.F("This shows nothing, for the bomb was too slow: %d processes at most. Give it more time with --for.", r.Peak))
	case limited(b):
		screen.Good(lang.F("The attack was stopped: %s", verdict))
	case b.Unsafe:
		screen.Bad(lang.F("Nothing but the clock was there to stop it: %s", verdict))
	default:
		screen.Bad(lang.F("Nothing but the guard around the run was there to stop it: %s", verdict))
	}
	showEnd(screen, b, r)
}

// showEnd says by what the bomb ended: by the clock, or before its time.
func showEnd(screen *ui.UI, b *bomb.Bomb, r bomb.Report) {
	mark, text := screen.Good, lang.F("After %.1f s everything was killed. Living processes before: %d, after: %d.", r.Lasted.Seconds(), r.Killed, r.Left)
	if r.Early {
		text = ending(r)
	}
	if r.Left > 0 || r.Early && !conclusive(b, r) {
		mark = screen.Bad
	}
	mark(text)
}

func ending(r bomb.Report) string {
	if signal := r.Code - 128; signal > 0 {
		return lang.F("After %.1f s it was killed by %s.", r.Lasted.Seconds(), observe.SignalName(signal))
	}
	return lang.F("After %.1f s it ended by itself, with exit code %d.", r.Lasted.Seconds(), r.Code)
}
