package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/internal/word"
	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/exercise"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newStartCommand() *cobra.Command {
	var in string
	var force bool
	cmd := &cobra.Command{
		Use:   "start N [DIR]",
		Short: "Write the files to begin exercise N with",
		Long: `Write the container program that you will extend in the exercise of lesson
N, into DIR: in shell, Perl and Go, or in one of them. Without DIR that is
./lesson-N. The task stands at the top of each file.

Under sudo or doas its caller writes, into a directory of their own.`,
		Example: "  workshop start 3\n  workshop start 3 --in perl ~/box",
		Args:    args(cobra.RangeArgs(1, 2)),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
			return completeLessons(cmd, args, word)
		},
		RunE: func(cmd *cobra.Command, names []string) error {
			folder, n, err := findExercise(names[0])
			if err != nil {
				return err
			}
			languages, err := languagesOf(in)
			if err != nil {
				return err
			}
			dir := fmt.Sprintf("lesson-%d", n)
			if len(names) > 1 {
				dir = names[1]
			}
			files, err := exercise.Write(dir, lessons.Files, folder, languages, force)
			if err != nil {
				return err
			}
			u := ui.New(cmd.OutOrStdout())
			showStart(u, n, dir, files, languages)
			return u.Err()
		},
	}
	cmd.Flags().Var((*text)(&in), "in", "one language: "+strings.Join(exercise.Names(), ", ")+" (default: all)")
	cmd.Flags().BoolVar(&force, "force", false, "write over files that are there already")
	completeLanguages(cmd)
	return cmd
}

// findExercise gives the folder of a lesson that has an exercise, and its number.
func findExercise(name string) (folder string, number int, err error) {
	folder, err = lesson.Find(lessons.Files, name)
	if err == nil {
		_, err = exercise.Languages[0].Starter(lessons.Files, folder)
	}
	if errors.Is(err, exercise.ErrNone) {
		err = fmt.Errorf("%s: %w", folder, exercise.ErrNone)
	}
	if err != nil {
		return "", 0, usageError{err}
	}
	digits, _, _ := strings.Cut(folder, "-")
	number, err = strconv.Atoi(digits)
	return folder, number, err
}

// languagesOf gives the language of that name, or all for "".
func languagesOf(name string) ([]exercise.Language, error) {
	if name == "" {
		return exercise.Languages, nil
	}
	l, err := exercise.Lookup(name)
	if err != nil {
		return nil, usageError{err}
	}
	return []exercise.Language{l}, nil
}

func completeLanguages(cmd *cobra.Command) {
	completeFlag(cmd, "in", exercise.Names()...)
}

// showStart says what was written and what comes next.
func showStart(u *ui.UI, n int, dir string, files []string, languages []exercise.Language) {
	for _, f := range files {
		u.Good(f)
	}
	u.Line("")
	u.Text(lang.T("The task stands at the top of each file. Choose one of them."), 0)
	if n > 1 {
		u.Text(lang.F("They begin where the solution of lesson %d ends. "+
			"Your own program of lesson %d will do as well.", n-1, n-1), 0)
	}
	u.Line("")
	u.Text(lang.T("To have it judged:"), 0)
	u.Line("")
	for _, command := range commands(n, dir, languages) {
		u.Line("  " + u.Code(command))
	}
	u.Line("")
	u.Text(lang.T("To be in it yourself, and to get help:"), 0)
	u.Line("")
	u.Line("  " + u.Code(`sudo env ROOTFS="$(workshop rootfs path)" `+languages[0].Run))
	u.Line("  " + u.Code(fmt.Sprintf("workshop hint %d", n)))
}

// commands lists what to type in the end.
func commands(n int, dir string, languages []exercise.Language) []string {
	var list []string
	if dir := filepath.Clean(dir); dir != "." {
		list = append(list, "cd "+word.Quoted(dir))
	}
	for _, l := range languages {
		list = append(list, l.Check(strconv.Itoa(n)))
	}
	return list
}
