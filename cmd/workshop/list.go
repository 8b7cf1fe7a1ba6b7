package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// listed is one lesson of workshop list --json.
type listed struct {
	Lesson int    `json:"lesson"`
	Name   string `json:"name"`
	Does   string `json:"does"`
}

func newListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "The lessons and what each adds",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var lessons []listed
			var rows [][]string
			for _, n := range lessonNumbers() {
				s := stepOf(n)
				lessons = append(lessons, listed{n, lessonName(s), s.Does})
				rows = append(rows, []string{fmt.Sprint(n), lessonName(s), lang.T(s.Does)})
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(lessons)
			}
			screen := ui.New(cmd.OutOrStdout())
			screen.Table([]string{"N", lang.T("LESSON"), lang.T("ADDS")}, rows)
			return screen.Err()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}
