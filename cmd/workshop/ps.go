package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// running is one container of workshop ps --json.
type running struct {
	journal.Info
	Group     string `json:"group,omitempty"`    // its cgroup
	Processes int    `json:"processes"`          // in that group
	Building  bool   `json:"building,omitempty"` // it has not all its layers yet, and no command
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
	r := running{Info: info, Group: groupOfRun(info), Building: container.Building(info.PID)}
	if r.Group != "" {
		r.Processes, _ = cgroup.Count(r.Group) // 0 where it ended meanwhile
	}
	return r
}

// count is - where no group tells.
func (r running) count() string {
	if r.Group == "" {
		return "-"
	}
	return fmt.Sprint(r.Processes)
}

// groupOfRun is the group of the container's first process, or "" where the run has none
// of its own. Of a zombie version 1 says the root group: then it is the run's guard.
func groupOfRun(info journal.Info) string {
	tree, err := cgroup.Find("pids")
	if err != nil {
		return ""
	}
	guard := tree.Path(info.ID)
	if own, err := tree.Of(info.PID, "pids"); err == nil && cgroup.Within(own, guard) {
		return own
	}
	if _, err := os.Stat(guard); err != nil {
		return ""
	}
	return guard
}

func showRunning(screen *ui.UI, list []running) error {
	if len(list) == 0 {
		screen.Line(lang.T("No container runs. Start one in another terminal: sudo workshop 5"))
		return screen.Err()
	}
	var rows [][]string
	for _, r := range list {
		layers := ui.Wrap(strings.Join(r.Steps, " "), layersColumn)
		command := observe.Printable(strings.Join(strings.Fields(strings.Join(r.Command, " ")), " ")) // of many lines, too
		if r.Building {
			command = lang.F("being built: %s", command)
		}
		rows = append(rows, []string{
			r.ID, fmt.Sprint(r.PID), r.count(), strings.Join(layers, "\n"), ui.Cut(command, screen.Width()-besideCommand),
		})
	}
	screen.Table([]string{"ID", "PID", lang.T("PROCESSES"), lang.T("LAYERS"), lang.T("COMMAND")}, rows)
	return screen.Err()
}

// The layers take two words a line, and what is left of it is for the command: an
// ID has 6 letters, a PID up to 7, and the Japanese head of PROCESSES 10 columns.
const (
	layersColumn  = len("namespaces pivot-root")
	besideCommand = 6 + 1 + 7 + 1 + 10 + 1 + layersColumn + 1
)
