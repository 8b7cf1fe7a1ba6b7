package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newCodeCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "code N",
		Short:             "The source of the step that runs in lesson N",
		Example:           "  workshop code 3\n  workshop code pivot-root",
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: completeLessons,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := findStep(args[0])
			if err != nil {
				return usageError{err}
			}
			if s == swissCheese {
				noCode(ui.New(cmd.OutOrStdout()))
				return nil
			}
			source, err := s.Source()
			if err != nil {
				return err
			}
			screen := ui.New(cmd.OutOrStdout())
			screen.GoSource(source)
			return screen.Err()
		},
	}
}

// noCode says what to read for the lesson that adds no step.
func noCode(screen *ui.UI) {
	screen.Text(lang.F("Lesson %d adds no step, so there is no source of one. Read instead:", swissCheese.Lesson), 0)
	screen.Term("workshop code 8", lang.T("and the other steps: together they are the container"))
	screen.Term("pkg/steps/step.go", lang.T("the order in which the child takes them, with its reasons"))
	screen.Term("pkg/matrix", lang.T("how an attack is measured against each layer"))
}

// findStep understands 3, 03, 03-pivot-root and pivot-root.
func findStep(name string) (*steps.Step, error) {
	for _, n := range lessonNumbers() {
		s := stepOf(n)
		if name == lessonName(s) || name == strconv.Itoa(n) || name == fmt.Sprintf("%02d", n) {
			return s, nil
		}
	}
	if name == swissCheese.Name {
		return swissCheese, nil
	}
	return steps.Lookup(name)
}
