package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/progress"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newQuizCommand() *cobra.Command {
	var given string
	cmd := &cobra.Command{
		Use:   "quiz N",
		Short: "The questions of lesson N, with answers that are explained",
		Long: `Ask the questions of lesson N, say whether each answer is right, and explain.
The exit code is 1 where an answer was wrong.

Without a terminal the questions and their numbered answers are printed, and
--answer gives an answer to each.`,
		Example:           "  workshop quiz 3\n  workshop quiz 3 --answer 2,1,3",
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: completeLessons,
		RunE: func(cmd *cobra.Command, names []string) error {
			l, err := readLesson(names[0])
			if err != nil {
				return err
			}
			return (&quiz{Lesson: l, screen: ui.New(cmd.OutOrStdout())}).run(cmd, given)
		},
	}
	cmd.Flags().Var((*text)(&given), "answer", "the `NUMBERS` of the answers, such as 2,1,3")
	return cmd
}

// quiz is one run of the quiz of a lesson.
type quiz struct {
	*lesson.Lesson
	screen *ui.UI
	answer func(question int) (int, error) // the first is 0; the answer from 1 on
	events []progress.Event
	right  int
}

func (q *quiz) run(cmd *cobra.Command, given string) error {
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	onTerminal := term.IsTerminal(0) && term.IsTerminal(1)
	switch {
	case cmd.Flags().Changed("answer"):
		answers, err := q.parse(given)
		if err != nil {
			return usageError{err}
		}
		q.answer = func(question int) (int, error) { return answers[question], nil }
	case onTerminal:
		q.answer = func(question int) (int, error) { return q.ask(ctx, question) }
	default:
		return q.print()
	}
	err := q.play()
	record(q.events...)
	switch {
	case errors.Is(err, lesson.ErrLeft):
		return nil
	case err != nil:
		return err
	case q.right < len(q.Quiz):
		return exitCode(exitClaim)
	}
	return nil
}

// play asks each question, judges the answer and explains it.
func (q *quiz) play() error {
	q.title()
	for i := range q.Quiz {
		question := &q.Quiz[i]
		q.screen.Line("")
		question.Show(q.screen, i+1)
		q.screen.Line("")
		answer, err := q.answer(i)
		if err != nil {
			return err
		}
		right := question.Judge(q.screen, answer)
		if right {
			q.right++
		}
		q.events = append(q.events, progress.Event{Lesson: q.Number, Kind: progress.Answered, Question: i + 1, Right: right})
	}
	q.screen.Line("")
	q.screen.Line(lang.F("%d of %d are right", q.right, len(q.Quiz)))
	return q.screen.Err()
}

// print writes the questions for somebody who answers later.
func (q *quiz) print() error {
	q.title()
	for i := range q.Quiz {
		q.screen.Line("")
		q.Quiz[i].Show(q.screen, i+1)
	}
	q.screen.Line("")
	example := strings.TrimSuffix(strings.Repeat("1,", len(q.Quiz)), ",")
	q.screen.Text(lang.F("Answer them, with a number for each: workshop quiz %d --answer %s", q.Number, example), 0)
	return q.screen.Err()
}

func (q *quiz) title() {
	q.screen.Title(lang.F("Lesson %d · %s", q.Number, q.Title), lang.F("%d questions", len(q.Quiz)))
}

// ask waits for the key of an answer.
func (q *quiz) ask(ctx context.Context, question int) (int, error) {
	n := len(q.Quiz[question].Answers)
	key, err := q.screen.Ask(ctx, os.Stdin, lang.F("1-%d: your answer    q: leave", n), "1234"[:n]+"q")
	switch {
	case err != nil:
		return 0, err
	case key == 'q':
		return 0, lesson.ErrLeft
	}
	return int(key - '0'), nil
}

// parse reads what --answer gives.
func (q *quiz) parse(given string) ([]int, error) {
	var answers []int
	for _, text := range strings.Split(given, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("--answer %s: %q is no number; it is like 2,1,3", given, text)
		}
		answers = append(answers, n)
	}
	if len(answers) != len(q.Quiz) {
		return nil, fmt.Errorf("--answer %s: there are %d questions, and this answers %d", given, len(q.Quiz), len(answers))
	}
	for i, n := range answers {
		if most := len(q.Quiz[i].Answers); n < 1 || n > most {
			return nil, fmt.Errorf("--answer %s: question %d has the answers 1 to %d", given, i+1, most)
		}
	}
	return answers, nil
}
