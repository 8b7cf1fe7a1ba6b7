package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newTourCommand() *cobra.Command {
	var noPause bool
	cmd := &cobra.Command{
		Use:   "tour [N...]",
		Short: "Play the lessons, as on a stage",
		Long: `Play the lessons: the text, each command as if it were typed, its real output,
and whether that is what the lesson says.

On a terminal, Enter goes on, b back, and q leaves. Without one, or with
--no-pause, it runs through, and ends with 1 where something did not hold.`,
		Example:           "  sudo workshop tour\n  sudo workshop tour 2 3 --no-pause",
		ValidArgsFunction: completeLessons,
		RunE: func(cmd *cobra.Command, names []string) error {
			return tour(cmd, names, !noPause)
		},
	}
	cmd.Flags().BoolVar(&noPause, "no-pause", false, "do not wait for Enter")
	return cmd
}

// tour plays the named lessons, or all.
func tour(cmd *cobra.Command, names []string, pause bool) error {
	list, err := readLessons(names)
	if err != nil {
		return err
	}
	if err := needRoot("tour"); err != nil {
		return err
	}
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	onTerminal := term.IsTerminal(1)
	player := &lesson.Player{UI: ui.New(os.Stdout), Out: os.Stdout, Terminal: onTerminal}
	if pause && onTerminal && term.IsTerminal(0) {
		player.Keys = os.Stdin
	}
	report, err := player.Play(ctx, list)
	switch {
	case errors.Is(err, lesson.ErrLeft):
		return nil
	case err != nil:
		return err
	}
	report.Show(player.UI)
	if err := player.UI.Err(); err != nil {
		return fmt.Errorf("show the tour: %w", err)
	}
	if report.Broken() {
		return exitCode(exitClaim)
	}
	return nil
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
	signal.Notify(arrived, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
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

func completeLessons(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	folders, _ := lesson.Folders(lessons.Files)
	return folders, cobra.ShellCompDirectiveNoFileComp
}
