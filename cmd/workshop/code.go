package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newCodeCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "code N",
		Short:   "The source of the step that runs in lesson N",
		Example: "  workshop code 3\n  workshop code pivot-root",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := findStep(args[0])
			if err != nil {
				return usageError{err}
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

// findStep understands 3, 03, 03-pivot-root and pivot-root.
func findStep(name string) (*steps.Step, error) {
	for _, n := range lessonNumbers() {
		s := stepOf(n)
		if name == lessonName(s) || name == strconv.Itoa(n) || name == fmt.Sprintf("%02d", n) {
			return s, nil
		}
	}
	return steps.Lookup(name)
}
