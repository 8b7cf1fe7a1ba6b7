//go:build man

package main

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// The man pages' library costs every start of workshop a third of a millisecond,
// so only make man builds it in.
func init() { buildOnly = []entry{{names: []string{"man"}, make: newManCommand}} }

func newManCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the man pages into a directory",
		Hidden: true,
		Args:   args(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := newRootCommand("") // the one that runs has only the command man
			root.InitDefaultCompletionCmd()
			root.DisableAutoGenTag = true
			header := &doc.GenManHeader{Section: "1", Source: "workshop " + versionText(), Manual: "workshop"}
			return doc.GenManTree(root, header, args[0])
		},
	}
}
