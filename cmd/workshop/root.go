package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
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

// entry is a command that is not made yet.
type entry struct {
	group string
	names []string // what calls it: its name and its aliases
	make  func() *cobra.Command
}

// entries are the commands, but for the lessons.
func entries() []entry {
	command := func(group, name string, make func() *cobra.Command) entry {
		return entry{group, strings.Fields(name), make}
	}
	return append([]entry{
		command(groupLessons, "tour", newTourCommand),
		command(groupLessons, "read", newReadCommand),
		command(groupLessons, "slides", newSlidesCommand),
		command(groupLessons, "start", newStartCommand),
		command(groupLessons, "check", newCheckCommand),
		command(groupLessons, "solution", newSolutionCommand),
		command(groupLessons, "hint", newHintCommand),
		command(groupLessons, "quiz", newQuizCommand),
		command(groupLessons, "progress", newProgressCommand),
		command(groupLessons, "reset", newResetCommand),
		command(groupAttack, "attack", newAttackCommand),
		command(groupAttack, "demo", newDemoCommand),
		command(groupAttack, "matrix", newMatrixCommand),
		command(groupLook, "list", newListCommand),
		command(groupLook, "code", newCodeCommand),
		command(groupLook, "cgroups", newCgroupsCommand),
		command(groupLook, "caps", newCapsCommand),
		command(groupLook, "seccomp", newSeccompCommand),
		command(groupLook, "trace", newTraceCommand),
		command(groupLook, "apparmor", newAppArmorCommand),
		command(groupLook, "namespaces ns", newNamespacesCommand),
		command(groupLook, "ps", newPsCommand),
		command(groupLook, "exec", newExecCommand),
		command(groupSetUp, "doctor", newDoctorCommand),
		command(groupSetUp, "rootfs", newRootfsCommand),
		command(groupSetUp, "version", newVersionCommand),
		command(groupSetUp, "lint", newLintCommand),
		command("", "probe", newProbeCommand),
	}, buildOnly...)
}

// buildOnly are the commands that only a build with a tag has.
var buildOnly []entry

// newRootCommand makes the command that first calls, the first word of a command
// line, and no other: each start would pay for all of them. It makes all where
// that is none of them, as in workshop help or with a flag before it.
func newRootCommand(first string) *cobra.Command {
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
	root.SetFlagErrorFunc(misused)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := cmd.ValidateFlagGroups(); err != nil {
			return misused(cmd, err)
		}
		return speakEnglishToScripts(cmd)
	}
	root.AddGroup(
		&cobra.Group{ID: groupLessons, Title: "The lessons:"},
		&cobra.Group{ID: groupAttack, Title: "Attack:"},
		&cobra.Group{ID: groupLook, Title: "Look:"},
		&cobra.Group{ID: groupSetUp, Title: "Set up:"},
	)
	list := called(first)
	root.CompletionOptions.DisableDefaultCmd = len(list) == 1
	for _, e := range list {
		c := e.make()
		c.GroupID = e.group
		root.AddCommand(c)
	}
	root.SetUsageFunc(usage)
	return root
}

// completeCobra makes cobra's own two commands end with the exit code for usage too, and
// fit 80 columns. A root that has been made for one command has neither.
func completeCobra(root *cobra.Command) {
	if root.CompletionOptions.DisableDefaultCmd {
		return
	}
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "completion":
			c.Args, c.RunE = args(cobra.NoArgs), func(c *cobra.Command, _ []string) error { return c.Help() }
			for _, shell := range c.Commands() {
				shell.Args = args(cobra.NoArgs)
				shell.Long = strings.Replace(shell.Long, "you can install it via", "you can install it\nvia", 1) // of 83 columns
			}
		case "help":
			c.Run, c.RunE = nil, help
		}
	}
}

// help shows the help of the command that is named.
func help(cmd *cobra.Command, names []string) error {
	named, rest, err := cmd.Root().Find(names)
	if err != nil || named == cmd.Root() && len(rest) > 0 {
		return unknownCommand(cmd.Root(), names)
	}
	named.InitDefaultHelpFlag()
	return named.Help()
}

// called gives the command that is called so, or all of them.
func called(first string) []entry {
	others := entries()
	all := append(lessonEntries(others), others...)
	if i := slices.IndexFunc(all, func(e entry) bool { return slices.Contains(e.names, first) }); i >= 0 {
		return all[i : i+1]
	}
	return all
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
	return usageError{fmt.Errorf("no lesson or command %q%s; see: workshop --help", args[0], nearest.Hint(args[0], names))}
}

// args wraps a check of arguments so that it ends with the exit code for usage.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, a []string) error {
		switch err := check(cmd, a); {
		case err == nil:
			return nil
		case len(a) == 0:
			return misused(cmd, fmt.Errorf("an argument is missing: %s", cmd.UseLine()))
		default:
			return misused(cmd, fmt.Errorf("%q is too much: %s", strings.Join(a, " "), cmd.UseLine()))
		}
	}
}

// misused is an error in a command line, and where to read how it should be.
func misused(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	var number *strconv.NumError
	if errors.As(err, &invalid) && errors.As(err, &number) {
		err = fmt.Errorf("--%s %s: that is no number that fits here", invalid.GetFlag().Name, invalid.GetValue())
	}
	var missing *pflag.NotExistError
	if !cmd.HasParent() && errors.As(err, &missing) {
		err = fmt.Errorf("%w; the flags of a lesson or a command come after its name: workshop 3 -q", err)
	}
	return usageError{fmt.Errorf("%w; see: %s --help", err, cmd.CommandPath())}
}
