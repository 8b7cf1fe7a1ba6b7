package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// The groups of commands in the help.
const (
	groupLessons = "lessons"
	groupAttack  = "attack"
	groupLook    = "look"
	groupSetUp   = "setup"
)

// buildOnly are the commands that only a build with a tag has.
var buildOnly []func() *cobra.Command

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "workshop",
		Short: "Learn what a container is by building one",
		Long: `workshop builds a container in front of you, one layer at a time, shows what
each layer changes in the process, and attacks it after every layer.

A container is only a process whose attributes were changed between fork and
exec.

Begin with:  sudo workshop 1`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE:          unknownCommand,
	}
	addLanguageFlag(root)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see: %s --help", err, cmd.CommandPath())}
	})
	root.AddGroup(
		&cobra.Group{ID: groupLessons, Title: "The lessons:"},
		&cobra.Group{ID: groupAttack, Title: "Attack:"},
		&cobra.Group{ID: groupLook, Title: "Look:"},
		&cobra.Group{ID: groupSetUp, Title: "Set up:"},
	)
	addTo(root, groupLessons, newLessonCommands()...)
	addTo(root, groupLessons, newTourCommand(), newReadCommand(), newSlidesCommand(), newStartCommand(), newCheckCommand(), newSolutionCommand())
	addTo(root, groupLessons, newHintCommand(), newQuizCommand(), newProgressCommand(), newResetCommand())
	addTo(root, groupAttack, newAttackCommand(), newDemoCommand())
	addTo(root, groupLook, newListCommand(), newCodeCommand())
	addTo(root, groupSetUp, newDoctorCommand(), newRootfsCommand(), newVersionCommand(), newLintCommand())
	addTo(root, groupLook, newCgroupsCommand(), newCapsCommand(), newSeccompCommand(), newTraceCommand(), newAppArmorCommand())
	addTo(root, groupLook, newNamespacesCommand(), newPsCommand(), newExecCommand())
	addTo(root, groupAttack, newMatrixCommand())
	root.AddCommand(newProbeCommand())
	yieldAliases(root)
	wrapUsage(root)
	for _, c := range buildOnly {
		root.AddCommand(c())
	}
	return root
}

// wrapUsage lets the help of flags fit 80 columns, as the rest does.
func wrapUsage(root *cobra.Command) {
	cobra.AddTemplateFunc("wrapped", func(fs *pflag.FlagSet) string { return fs.FlagUsagesWrapped(80) })
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), "Flags.FlagUsages", "Flags | wrapped"))
}

// yieldAliases takes an alias from a lesson where a command has that name:
// workshop apparmor is no lesson, and workshop 8 is one.
func yieldAliases(root *cobra.Command) {
	names := map[string]bool{}
	for _, c := range root.Commands() {
		names[c.Name()] = true
	}
	for _, c := range root.Commands() {
		c.Aliases = slices.DeleteFunc(c.Aliases, func(a string) bool { return names[a] })
	}
}

func addTo(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
		root.AddCommand(c)
	}
}

// unknownCommand helps without arguments, and else names the nearest command.
func unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return root.Help()
	}
	var names []string
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(append(names, c.Name()), c.Aliases...)
		}
	}
	return usageError{fmt.Errorf("no lesson or command %q%s; see: workshop list", args[0], nearest.Hint(args[0], names))}
}

// args wraps a check of arguments so that it ends with the exit code for usage.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, a []string) error {
		if err := check(cmd, a); err != nil {
			return usageError{fmt.Errorf("%w; see: %s --help", err, cmd.CommandPath())}
		}
		return nil
	}
}
