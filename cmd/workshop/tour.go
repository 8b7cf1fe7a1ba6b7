package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/progress"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// tourFlags are how lessons are played.
type tourFlags struct {
	noPause, notes, typing bool
	from                   string
}

func newTourCommand() *cobra.Command {
	f := &tourFlags{}
	cmd := &cobra.Command{
		Use:   "tour [N...]",
		Short: "Play the lessons, as on a stage",
		Long: `Play the lessons: the text, each command as if it were typed, its real output,
and whether that is what the lesson says.

On a terminal, Enter goes on, b back, and q leaves; what is longer than the
screen comes in pages. Beside the keys are the minutes that have gone, of those
planned, for this lesson and for all. Without a terminal, or with --no-pause, it
runs through, and ends with 1 where something did not hold.`,
		Example: `  sudo workshop tour
  sudo workshop tour --from 4 --notes --type
  sudo workshop tour 2 3 --no-pause`,
		ValidArgsFunction: completeLessons,
		RunE:              func(cmd *cobra.Command, names []string) error { return f.tour(cmd, names) },
	}
	fs := cmd.Flags()
	fs.BoolVar(&f.noPause, "no-pause", false, "do not wait for Enter")
	fs.BoolVar(&f.notes, "notes", false, "with the speaker's notes")
	fs.BoolVar(&f.typing, "type", false, "on a terminal, let the commands appear letter by letter")
	fs.Var((*text)(&f.from), "from", "begin with lesson `N`")
	return cmd
}

// tour plays the named lessons, or all.
func (f *tourFlags) tour(cmd *cobra.Command, names []string) error {
	list, err := readLessons(names)
	if err == nil && f.from != "" {
		list, err = from(list, f.from)
	}
	if err != nil {
		return err
	}
	if err := needRoot("tour"); err != nil {
		return err
	}
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	player := f.player()
	return playAndJudge(player.UI, func() (lesson.Report, error) { return player.Play(ctx, list) })
}

// playAndJudge plays, and shows what came of it: exit code 1 where a transcript
// does not hold. Who leaves before the end is shown nothing. Where no container can be
// made, there is nothing to judge.
func playAndJudge(screen *ui.UI, play func() (lesson.Report, error)) error {
	if err := container.Runnable(); err != nil {
		return err
	}
	report, err := play()
	switch {
	case errors.Is(err, lesson.ErrLeft):
		return nil
	case err != nil:
		return err
	}
	report.Show(screen)
	if err := screen.Err(); err != nil {
		return fmt.Errorf("show what came of it: %w", err)
	}
	if report.Broken() {
		return exitCode(exitClaim)
	}
	return nil
}

// player plays on standard output, and remembers.
func (f *tourFlags) player() *lesson.Player {
	onTerminal := term.IsTerminal(1)
	p := &lesson.Player{
		UI: ui.New(os.Stdout), Out: os.Stdout, Terminal: onTerminal,
		Notes: f.notes, Typing: f.typing && onTerminal,
		Answered: func(l *lesson.Lesson, question, answer int) {
			record(progress.Event{Lesson: l.Number, Kind: progress.Answered, Question: question, Right: answer == l.Quiz[question-1].Right()})
		},
		Finished: func(l *lesson.Lesson) { record(progress.Event{Lesson: l.Number, Kind: progress.Played}) },
	}
	if !f.noPause && onTerminal && term.IsTerminal(0) {
		p.Keys = os.Stdin
	}
	return p
}

// from leaves out the lessons before the named one.
func from(list []*lesson.Lesson, name string) ([]*lesson.Lesson, error) {
	first, err := readLesson(name)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(list, func(l *lesson.Lesson) bool { return l.Number == first.Number })
	if at < 0 {
		return nil, usageError{fmt.Errorf("--from %s: it is none of the lessons that are played", name)}
	}
	return list[at:], nil
}

// readLesson reads one lesson by its name.
func readLesson(name string) (*lesson.Lesson, error) {
	list, err := readLessons([]string{name})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// readLessons reads the named lessons, or all.
func readLessons(names []string) ([]*lesson.Lesson, error) {
	folders, err := lesson.Folders(lessons.Files)
	if err != nil {
		return nil, err
	}
	if len(names) > 0 {
		folders = nil
	}
	for _, name := range names {
		folder, err := lesson.Find(lessons.Files, name)
		if err != nil {
			return nil, usageError{err}
		}
		folders = append(folders, folder)
	}
	var list []*lesson.Lesson
	for _, folder := range folders {
		l, err := lesson.Read(lessons.Files, folder, lang.Now())
		if err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	return list, nil
}

// untilSignal gives a context that a signal ends.
func untilSignal(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	arrived := make(chan os.Signal, 1)
	signal.Notify(arrived, endings()...)
	go func() {
		if sig, ok := <-arrived; ok {
			cancel(&container.Interrupted{Signal: sig.(syscall.Signal)})
		}
	}()
	return ctx, func() {
		signal.Stop(arrived)
		close(arrived)
		cancel(nil)
	}
}

// endings are the signals that end a command, but for what nohup or a shell has had us
// ignore.
func endings() []os.Signal {
	return slices.DeleteFunc([]os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}, signal.Ignored)
}

func completeLessons(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	folders, _ := lesson.Folders(lessons.Files)
	return folders, cobra.ShellCompDirectiveNoFileComp
}
