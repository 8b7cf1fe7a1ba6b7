package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// running is one container of workshop ps --json.
type running struct {
	journal.Info
	Group     string `json:"group,omitempty"` // its cgroup
	Processes int    `json:"processes"`       // in that group
}

func newPsCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "ps",
		Short: "The containers that run",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needRootTo("read the journals of what runs", "ps"); err != nil {
				return err
			}
			infos, err := journal.Running()
			if err != nil {
				return fmt.Errorf("read what runs: %w", err)
			}
			list := []running{}
			for _, info := range infos {
				list = append(list, describe(info))
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(list)
			}
			return showRunning(ui.New(cmd.OutOrStdout()), list)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// describe adds what the kernel says of the container just now.
func describe(info journal.Info) running {
	r := running{Info: info}
	if group, err := cgroup.Of(info.PID, "pids"); err == nil {
		r.Group = group
		r.Processes, _ = cgroup.Count(group) // 0 where it ended meanwhile
	}
	return r
}

func showRunning(screen *ui.UI, list []running) error {
	if len(list) == 0 {
		screen.Line(lang.T("No container runs. Start one in another terminal: sudo workshop 5"))
		return screen.Err()
	}
	var rows [][]string
	for _, r := range list {
		rows = append(rows, []string{r.ID, fmt.Sprint(r.PID), fmt.Sprint(r.Processes), short(strings.Join(r.Steps, " ")), short(strings.Join(r.Command, " "))})
	}
	screen.Table([]string{"ID", "PID", lang.T("PROCESSES"), lang.T("LAYERS"), lang.T("COMMAND")}, rows)
	return screen.Err()
}

// short keeps a command to what fits beside the rest.
func short(text string) string {
	if runes := []rune(text); len(runes) > 30 {
		return string(runes[:29]) + "…"
	}
	return text
}
