package main

import (
	"cmp"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// newProbeCommand is the inside of workshop attack.
func newProbeCommand() *cobra.Command {
	var report, asJSON bool
	var told []string
	cmd := &cobra.Command{
		Use:    "probe NAME [-- COMMAND [ARG...]]",
		Hidden: true,
		Args:   args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := attack.Tell(told); err != nil {
				return usageError{err}
			}
			if report {
				p, err := attack.Lookup(args[0])
				if err != nil {
					return usageError{err}
				}
				return attack.Report(p, cmd.OutOrStdout())
			}
			return probe(cmd, args, asJSON, "")
		},
	}
	cmd.Flags().BoolVar(&report, "report", false, "what happens as JSON lines, for workshop attack")
	cmd.Flags().StringSliceVar(&told, strings.TrimPrefix(attack.TellFlag, "--"), nil, "what it is to look for on the host, from workshop attack")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the result as JSON")
	return cmd
}

// probe attacks, and says whether that was as expected; where it succeeds, it executes
// a command.
func probe(cmd *cobra.Command, args []string, asJSON bool, expect string) error {
	p, err := attack.Lookup(args[0])
	if err != nil {
		return usageError{err}
	}
	out := cmd.OutOrStdout()
	if asJSON {
		r := attack.Try(p, io.Discard)
		return cmp.Or(encodeResult(out, r), judged(r, expect))
	}
	r := attack.Try(p, ui.New(out).Narrow(out))
	if err := showResult(out, p, r); err != nil {
		return err
	}
	switch {
	case len(args) == 1:
		return judged(r, expect)
	case !r.Allowed:
		return exitCode(exitClaim)
	}
	return attack.Exec(args[1:], os.Environ())
}

// insideContainer tells whether this process was started in a container of ours.
func insideContainer() bool { return os.Getenv("container") == container.EnvName }
