package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/progress"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newHintCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "hint N",
		Short: "The next hint for the exercise of lesson N",
		Long: `The next of the three hints for the exercise of lesson N: where to look, which
call, and nearly the answer. After the last one, all of them.`,
		Example:           "  workshop hint 3\n  workshop hint 3 --all",
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: completeLessons,
		RunE: func(cmd *cobra.Command, names []string) error {
			l, err := readLesson(names[0])
			if err != nil {
				return err
			}
			screen := ui.New(cmd.OutOrStdout())
			showHints(screen, l, all)
			return screen.Err()
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all hints at once")
	return cmd
}

// showHints shows the next hint of a lesson, or all, and remembers that.
func showHints(screen *ui.UI, l *lesson.Lesson, all bool) {
	seen := remembered().Lesson(l.Number).Hints
	first, last := seen, seen+1
	if all || seen >= len(l.Hints) {
		first, last = 0, len(l.Hints)
	}
	for i := first; i < last; i++ {
		if i > first {
			screen.Line("")
		}
		screen.Title(lang.F("Hint %d of %d", i+1, len(l.Hints)), lang.F("Lesson %d · %s", l.Number, l.Title))
		screen.Line("")
		l.Hints[i].Show(screen)
	}
	screen.Line("")
	switch left := len(l.Hints) - last; {
	case left == 0 && hasExercise(l):
		screen.Dim(lang.F("That was the last hint. Once the check has passed: workshop solution %d", l.Number))
	case left == 0:
		screen.Dim(lang.T("That was the last hint."))
	default:
		screen.Dim(lang.F("%[2]d more: workshop hint %[1]d", l.Number, left))
	}
	record(progress.Event{Lesson: l.Number, Kind: progress.Hinted, Hint: last})
}

// record remembers what the learner did. Where that fails, the command goes on.
func record(events ...progress.Event) {
	if err := progress.Record(events...); err != nil {
		ui.New(os.Stderr).Warn(err.Error())
	}
}

// remembered is the progress, or nothing where it cannot be read.
func remembered() *progress.Progress {
	p, err := progress.Read()
	if err != nil {
		ui.New(os.Stderr).Warn("go on without it: " + err.Error())
	}
	return p
}
