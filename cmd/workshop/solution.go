package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/exercise"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newSolutionCommand() *cobra.Command {
	in := "sh"
	var anyway bool
	cmd := &cobra.Command{
		Use:   "solution N",
		Short: "A solution of exercise N, once yours has passed",
		Long: `Print a container program that passes the check of lesson N: in shell, Perl
or Go. It is shown once your own has passed, or with --anyway. Where the output
is no terminal, it is the source and nothing else.`,
		Example:           "  workshop solution 3\n  workshop solution 3 --in go --anyway >box.go",
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: completeLessons,
		RunE: func(cmd *cobra.Command, names []string) error {
			folder, n, err := findExercise(names[0])
			if err != nil {
				return err
			}
			language, err := exercise.Lookup(in)
			if err != nil {
				return usageError{err}
			}
			if !anyway && remembered().Lesson(n).Passed.IsZero() {
				sayNotYet(ui.New(cmd.ErrOrStderr()), n)
				return exitCode(exitClaim)
			}
			source, err := language.Solution(lessons.Files, folder)
			if err != nil {
				return err
			}
			return showSource(cmd.OutOrStdout(), language, source)
		},
	}
	cmd.Flags().Var((*text)(&in), "in", "the language: "+strings.Join(exercise.Names(), ", "))
	cmd.Flags().BoolVar(&anyway, "anyway", false, "before yours has passed, too")
	completeLanguages(cmd)
	return cmd
}

// sayNotYet says what to type instead.
func sayNotYet(u *ui.UI, n int) {
	u.Bad(lang.F("The check of lesson %d has not passed yet.", n))
	showWays(u, [][2]string{
		{fmt.Sprintf("workshop hint %d", n), lang.T("the next hint")},
		{fmt.Sprintf("workshop solution %d --anyway", n), lang.T("the solution all the same")},
	})
}

// showWays writes commands, and what each is for.
func showWays(u *ui.UI, ways [][2]string) {
	for _, way := range ways {
		u.Line("  " + u.Code(ui.Pad(way[0], 32)) + way[1])
	}
}

// showSource writes source with colours on a terminal, and else as it is.
func showSource(out io.Writer, language exercise.Language, source string) error {
	if f, ok := out.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		_, err := io.WriteString(out, source)
		return err
	}
	u := ui.New(out)
	if language.Name == "go" {
		u.GoSource(source)
	} else {
		u.ScriptSource(source)
	}
	return u.Err()
}
