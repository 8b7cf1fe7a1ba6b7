package main

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
)

// withoutDash leaves out the -- that other commands have before COMMAND.
func withoutDash(args []string) []string {
	if len(args) > 1 && args[1] == "--" {
		return slices.Delete(slices.Clone(args), 1, 2)
	}
	return args
}

func execArgs(cmd *cobra.Command, args []string) error {
	if len(withoutDash(args)) < 2 {
		return misused(cmd, errors.New("exec needs the ID of a container, which workshop ps shows, and a command"))
	}
	return nil
}

func newExecCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exec ID [--] COMMAND [ARG...]",
		Short: "Run one more command in a container that runs",
		Long: `Enter a running container, as docker exec does, and execute a command there.
One that is being built, step by step, cannot be entered yet.

The new process enters the namespaces of the container's first process, its
root directory and its cgroup, begins in /, and takes the same capabilities,
label and filter. What it does not get is what the first process inherited from
its parent: resource limits (ulimit), niceness, signal masks. Nor does it get
what only a supervisor can do: seccomp rules "notify" and "trace" have nobody
who answers for this process, and the call fails with ENOSYS. Where that call is
execve, no process can enter.`,
		Example: "  sudo workshop ps\n  sudo workshop exec 1a2b3c -- sh",
		Args:    execArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			args = withoutDash(args)
			if err := needRootTo("enter the namespaces of a container", "exec"); err != nil {
				return err
			}
			e := &container.Exec{ID: args[0], Args: args[1:]}
			e.Terminal = mayTakeTerminal()
			code, err := e.Run(cmd.Context())
			if err == nil && code != 0 {
				err = exitCode(code)
			}
			return err
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) (ids []string, _ cobra.ShellCompDirective) {
			running, _ := journal.Running() // without root: no names
			for _, info := range running {
				ids = append(ids, info.ID)
			}
			if len(args) > 0 {
				ids = nil
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().SetInterspersed(false) // flags after ID are the command's
	return cmd
}
