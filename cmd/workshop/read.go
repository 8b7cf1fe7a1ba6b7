package main

import (
	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newReadCommand() *cobra.Command {
	var notes bool
	cmd := &cobra.Command{
		Use:               "read N",
		Short:             "The text of lesson N; nothing is run",
		Example:           "  workshop read 3\n  workshop read pivot-root | less -R",
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: completeLessons,
		RunE: func(cmd *cobra.Command, names []string) error {
			list, err := readLessons(names)
			if err != nil {
				return err
			}
			return lesson.Show(ui.New(cmd.OutOrStdout()), list[0], notes)
		},
	}
	cmd.Flags().BoolVar(&notes, "notes", false, "with the speaker's notes")
	return cmd
}
