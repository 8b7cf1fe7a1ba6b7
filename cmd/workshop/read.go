package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newReadCommand() *cobra.Command {
	var notes bool
	cmd := &cobra.Command{
		Use:   "read N",
		Short: "The text of lesson N; nothing is run",
		Long: `Show the text of lesson N; nothing is run. On a terminal less(1) turns the
pages, or the program that PAGER names: q leaves.`,
		Example:           "  workshop read 3\n  workshop read pivot-root >lesson-3.txt",
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: completeLessons,
		RunE: func(cmd *cobra.Command, names []string) error {
			list, err := readLessons(names)
			if err != nil {
				return err
			}
			screen := ui.New(cmd.OutOrStdout())
			return screen.Read(os.Stdin, func() error { return lesson.Show(screen, list[0], notes) })
		},
	}
	cmd.Flags().BoolVar(&notes, "notes", false, "with the speaker's notes")
	return cmd
}
