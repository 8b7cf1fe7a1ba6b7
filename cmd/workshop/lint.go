package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/demo"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newLintCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "lint [DIR]",
		Short: "Prove the lessons: for who writes them",
		Long: `Look at the lessons in DIR, or at those of this program, without running
anything: whether every section is there in both languages, with notes for the
speaker; whether English and Japanese run the same commands; whether what must
be seen could be wrong at all; how wide the drawings are; whether the commands
and files that are named exist. The comment of pkg/lesson has the whole list.

What the transcripts do is proven by playing them: see workshop tour.`,
		Example: "  workshop lint\n  workshop lint lessons",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, dir []string) error {
			list, err := lint(dir)
			if err != nil {
				return err
			}
			return showComplaints(cmd, list, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "each complaint as a JSON line; none where nothing is wrong")
	return cmd
}

// lint looks at the lessons in a directory, or at our own.
func lint(dir []string) ([]lesson.Complaint, error) {
	var fsys fs.FS = lessons.Files
	base := "lessons"
	if len(dir) > 0 {
		base = dir[0]
		root, err := os.OpenRoot(base) // a link in a folder of somebody's must lead to no other file
		if err != nil {
			return nil, usageError{err}
		}
		defer root.Close()
		fsys = root.FS()
	}
	language := lang.Now()
	list, err := lesson.Lint(fsys, knownCommand)
	_ = lang.Set(language) // a text may name --lang
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", base, err)}
	}
	if list = append(list, withoutStep(fsys)...); len(dir) == 0 { // else some of the lessons will do
		list = append(list, withoutFolder(fsys)...)
	}
	for i := range list {
		list[i].File = path.Join(base, list[i].File)
	}
	return list, nil
}

// withoutFolder finds the steps that no lesson explains.
func withoutFolder(fsys fs.FS) []lesson.Complaint {
	var list []lesson.Complaint
	for _, s := range lessonSteps() {
		if _, err := fs.Stat(fsys, lessonName(s)); err != nil {
			list = append(list, lesson.Complaint{File: lessonName(s), Line: 1, Text: "there is a step of this lesson, and no such folder"})
		}
	}
	return list
}

// withoutStep finds the lessons that nothing but the text knows.
func withoutStep(fsys fs.FS) []lesson.Complaint {
	var list []lesson.Complaint
	folders, _ := lesson.Folders(fsys) // Lint has found some
	for _, folder := range folders {
		if !slices.ContainsFunc(lessonSteps(), func(s *steps.Step) bool { return lessonName(s) == folder }) {
			list = append(list, lesson.Complaint{File: folder, Line: 1, Text: "there is no step of this lesson: see CONTRIBUTING.md, Add a layer"})
		}
	}
	return list
}

func showComplaints(cmd *cobra.Command, list []lesson.Complaint, asJSON bool) error {
	out := cmd.OutOrStdout()
	screen := ui.New(out)
	switch {
	case asJSON:
		e := json.NewEncoder(out)
		for _, c := range list {
			if err := e.Encode(c); err != nil {
				return err
			}
		}
	case len(list) == 0:
		screen.Good("nothing to complain of")
	default:
		for _, c := range list {
			screen.Line(c.String())
		}
		screen.Bad(fmt.Sprintf("%d complaints", len(list)))
	}
	if err := screen.Err(); err != nil {
		return err
	}
	if len(list) > 0 {
		return exitCode(exitClaim)
	}
	return nil
}

// knownCommand tells whether this program has a command, and its flags.
func knownCommand(words []string) error {
	root := newRootCommand("")
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd(words...)
	cmd, rest, err := root.Find(concrete(words))
	if err != nil {
		return err
	}
	cmd.InitDefaultHelpFlag()
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	if err := knownSteps(cmd); err != nil {
		return err
	}
	given := cmd.Flags().Args()
	switch {
	case len(given) == 0:
		return nil
	case cmd.HasSubCommands() && !strings.Contains(cmd.Use, " "): // it takes no argument
		return fmt.Errorf("no command %q%s", given[0], nearest.Hint(given[0], namesOf(cmd)))
	}
	return knownArgument(cmd.Name(), given[0])
}

// knownSteps looks at the values of the flags that take names of steps.
func knownSteps(cmd *cobra.Command) error {
	var wrong error
	for _, name := range []string{"only", "without"} {
		flag := cmd.Flags().Lookup(name)
		if flag == nil || !flag.Changed {
			continue
		}
		for step := range strings.SplitSeq(flag.Value.String(), ",") {
			if strings.ToLower(step) != step {
				continue // STEP is to be filled in
			}
			_, err := steps.Lookup(step)
			wrong = errors.Join(wrong, err)
		}
	}
	return wrong
}

// concrete puts something in the place of what the reader is to fill in.
func concrete(words []string) []string {
	var list []string
	for _, w := range words {
		w = strings.Trim(w, "'\"[]")
		if w == "N" || w == "LESSON" {
			w = "1"
		}
		list = append(list, w)
	}
	return list
}

func namesOf(parent *cobra.Command) []string {
	var names []string
	for _, c := range parent.Commands() {
		names = append(append(names, c.Name()), c.Aliases...)
	}
	return names
}

// takeLesson are the commands whose first argument is a lesson.
var takeLesson = []string{"tour", "read", "hint", "quiz", "reset", "start", "check", "solution"}

// knownArgument looks at the first argument of the commands that take a name.
func knownArgument(command, name string) error {
	if strings.ToUpper(name) == name && strings.ToLower(name) != name {
		return nil // NAME is to be filled in
	}
	var err error
	switch {
	case command == "attack":
		_, err = attack.Lookup(name)
	case command == "code":
		_, err = findStep(name)
	case command == "demo":
		_, err = demo.Lookup(name)
	case slices.Contains(takeLesson, command):
		if n, wrong := strconv.Atoi(name); wrong != nil || stepOf(n) == nil {
			_, err = lesson.Find(lessons.Files, name)
		}
	}
	return err
}
