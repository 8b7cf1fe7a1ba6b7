package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/progress"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// listed is one lesson of workshop list --json.
type listed struct {
	Lesson int    `json:"lesson"`
	Name   string `json:"name"`
	Does   string `json:"does"`
	You    string `json:"you,omitempty"` // how far the learner is: watched, tried or passed
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
			p, marked := remembered(), false
			for _, n := range lessonNumbers() {
				s := stepOf(n)
				you := howFar(p.Lesson(n))
				marked = marked || you != ""
				lessons = append(lessons, listed{n, lessonName(s), s.Does, you})
				rows = append(rows, []string{strings.TrimSpace(fmt.Sprint(n, " ", sign[you])), lessonName(s), lang.T(s.Does)})
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(lessons)
			}
			screen := ui.New(cmd.OutOrStdout())
			screen.Table([]string{"N", lang.T("LESSON"), lang.T("ADDS")}, rows)
			if marked {
				screen.Dim("  " + lang.T("✓ passed   ~ tried   . watched"))
			}
			return screen.Err()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// sign is how far the learner is, in one column.
var sign = map[string]string{"passed": "✓", "tried": "~", "watched": "."}

// howFar says how far the learner is with a lesson, in one word.
func howFar(l *progress.Lesson) string {
	switch {
	case !l.Passed.IsZero():
		return "passed"
	case l.Tries > 0:
		return "tried"
	case !l.Watched.IsZero() || !l.Played.IsZero():
		return "watched"
	}
	return ""
}
