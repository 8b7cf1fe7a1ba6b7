package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/exercise"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/progress"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newProgressCommand() *cobra.Command {
	var asJSON bool
	var name, file string
	cmd := &cobra.Command{
		Use:   "progress",
		Short: "What you have done, and what comes next",
		Long: `What you have done: lessons watched, exercises passed, hints and quiz.

--hand-in prints a block for a teacher: the name that you give, and nothing else
that says who you are. Its checksum shows a slip, and is no signature. --verify
reads to the end: of a FIFO or a terminal, until nobody writes there any more.`,
		Example: "  workshop progress\n  workshop progress --hand-in Ada\n  workshop progress --verify answers.txt",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			switch {
			case cmd.Flags().Changed("verify"):
				return verifyHandIn(out, file)
			case cmd.Flags().Changed("hand-in"):
				return handIn(out, name)
			case asJSON:
				return progressJSON(out)
			}
			return showProgress(out)
		},
	}
	fs := cmd.Flags()
	fs.BoolVar(&asJSON, "json", false, "as JSON")
	fs.Var((*text)(&name), "hand-in", "a block for a teacher, with this `NAME`")
	fs.Var((*text)(&file), "verify", "read what learners handed in from a `FILE`, or - for standard input; 1 if one was changed")
	cmd.MarkFlagsMutuallyExclusive("json", "hand-in", "verify")
	return cmd
}

// showProgress writes a row for each lesson, and what comes next.
func showProgress(out io.Writer) error {
	list, err := readLessons(nil)
	if err != nil {
		return err
	}
	p := remembered()
	var rows [][]string
	for _, l := range list {
		done := p.Lesson(l.Number)
		rows = append(rows, []string{
			strconv.Itoa(l.Number), l.Folder, day(done.Watched, done.Played), day(done.Passed), strconv.Itoa(done.Tries),
			fmt.Sprintf("%d/%d", done.Hints, len(l.Hints)), fmt.Sprintf("%d/%d", done.RightAnswers(), len(l.Quiz)),
		})
	}
	screen := ui.New(out)
	screen.Table([]string{"N", lang.T("LESSON"), lang.T("SEEN"), lang.T("PASSED"), lang.T("TRIES"), lang.T("HINTS"), lang.T("QUIZ")}, rows)
	screen.Line("")
	showNext(screen, list, p)
	return screen.Err()
}

// showNext says what there is to do after all that is finished.
func showNext(screen *ui.UI, list []*lesson.Lesson, p *progress.Progress) {
	next, passedBy := nextLesson(list, p)
	if passedBy != nil {
		screen.Text(lang.F("Lesson %[1]d cannot run here, for this kernel has no AppArmor. To read it: workshop read %[1]d", passedBy.Number), 0)
	}
	switch {
	case next == nil && passedBy != nil:
		screen.Good(lang.T("Every exercise that can run here is passed"))
	case next == nil:
		screen.Good(lang.T("Every exercise is passed"))
	case !seen(p.Lesson(next.Number)):
		screen.Text(lang.F("Next: sudo workshop %d", next.Number), 0)
	default:
		screen.Text(lang.F("Next, the exercise: workshop start %d", next.Number), 0)
	}
}

// nextLesson is the first one that is not finished. Lesson 8 is passed by where it
// cannot run.
func nextLesson(list []*lesson.Lesson, p *progress.Progress) (next, passedBy *lesson.Lesson) {
	for _, l := range list {
		switch {
		case finished(l, p.Lesson(l.Number)):
		case !runsHere(l.Number):
			passedBy = l
		default:
			return l, passedBy
		}
	}
	return nil, passedBy
}

// runsHere is false for the one lesson whose layer a kernel may not have.
func runsHere(lesson int) bool {
	return lesson != steps.AppArmor.Lesson || apparmor.Look().Enabled
}

// finished tells whether a lesson is passed, or watched where there is nothing to pass.
func finished(l *lesson.Lesson, done *progress.Lesson) bool {
	return !done.Passed.IsZero() || seen(done) && !hasExercise(l)
}

// seen tells whether a lesson was watched or played.
func seen(done *progress.Lesson) bool { return !done.Watched.IsZero() || !done.Played.IsZero() }

func hasExercise(l *lesson.Lesson) bool {
	_, _, err := findExercise(l.Folder)
	return !errors.Is(err, exercise.ErrNone)
}

// day is the day of the first time that there is.
func day(times ...time.Time) string {
	times = slices.DeleteFunc(times, time.Time.IsZero)
	if len(times) == 0 {
		return "-"
	}
	return slices.MinFunc(times, time.Time.Compare).Local().Format("2006-01-02")
}

func progressJSON(out io.Writer) error {
	p, err := progress.Read()
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(p)
}

func handIn(out io.Writer, name string) error {
	p, err := progress.Read()
	if err != nil {
		return err
	}
	questions := func(n int) int {
		l, err := readLesson(strconv.Itoa(n))
		if err != nil {
			return 0 // of another version of the lessons
		}
		return len(l.Quiz)
	}
	var block strings.Builder
	if err := p.HandIn(&block, name, versionText(), questions); err != nil {
		return usageError{fmt.Errorf("--hand-in: %w", err)}
	}
	_, err = io.WriteString(out, block.String())
	return err
}

func verifyHandIn(out io.Writer, file string) error {
	in := os.Stdin
	if file != "-" {
		var err error
		if in, err = os.Open(file); err != nil {
			return err
		}
		defer in.Close()
	}
	names, err := progress.Verify(in)
	screen := ui.New(out)
	for _, name := range names {
		screen.Good(name)
	}
	if err != nil {
		for fault := range strings.SplitSeq(err.Error(), "\n") {
			screen.Bad(fault)
		}
		return exitCode(exitClaim)
	}
	return screen.Err()
}

func newResetCommand() *cobra.Command {
	var all, yes bool
	cmd := &cobra.Command{
		Use:               "reset [N]",
		Short:             "Forget what you have done in lesson N",
		Example:           "  workshop reset 3\n  workshop reset --all",
		Args:              args(cobra.MaximumNArgs(1)),
		ValidArgsFunction: completeLessons,
		RunE: func(cmd *cobra.Command, names []string) error {
			switch {
			case all && len(names) == 0:
				return resetAll(cmd, yes)
			case all || len(names) == 0:
				return usageError{fmt.Errorf("reset needs a lesson, or --all for all of them")}
			}
			l, err := readLesson(names[0])
			if err != nil {
				return err
			}
			return forgotten(cmd, progress.Reset(l.Number), lang.F("Lesson %d is forgotten", l.Number))
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all lessons")
	cmd.Flags().BoolVar(&yes, "yes", false, "with --all: do not ask")
	return cmd
}

func resetAll(cmd *cobra.Command, yes bool) error {
	screen := ui.New(cmd.OutOrStdout())
	switch {
	case yes:
	case !term.IsTerminal(0) || !term.IsTerminal(1):
		return usageError{fmt.Errorf("reset --all asks on a terminal; without one, say --yes")}
	default:
		ctx, stop := untilSignal(cmd.Context())
		defer stop()
		key, err := screen.Ask(ctx, os.Stdin, lang.T("Forget all that you have done?    y: yes    n: no"), "ynq")
		if err != nil || key != 'y' {
			return err
		}
	}
	return forgotten(cmd, progress.ResetAll(), lang.T("All lessons are forgotten"))
}

// forgotten says so, unless there was an error.
func forgotten(cmd *cobra.Command, err error, text string) error {
	var aside *progress.Aside
	switch {
	case errors.As(err, &aside):
		warn(err)
	case err != nil:
		return err
	}
	screen := ui.New(cmd.OutOrStdout())
	screen.Good(text)
	return screen.Err()
}
