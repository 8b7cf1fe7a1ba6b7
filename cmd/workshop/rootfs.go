package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newRootfsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rootfs",
		Short: "Build, find and remove the root filesystems of containers",
		Long: `A root filesystem is the directory that becomes / of a container.

Kinds: busybox (the default), host, debian. They are kept in
/var/lib/workshop/rootfs, or where the environment variable WORKSHOP_ROOTFS
says: sudo drops it, and hands it on with -E.`,
		Args: cobra.ArbitraryArgs,
		RunE: unknownRootfsCommand,
	}
	cmd.AddCommand(newRootfsBuildCommand(), newRootfsPathCommand(),
		newRootfsListCommand(), newRootfsRmCommand())
	return cmd
}

// unknownRootfsCommand helps without arguments; cobra would do so with a wrong
// one as well, and call it a success.
func unknownRootfsCommand(cmd *cobra.Command, names []string) error {
	if len(names) == 0 {
		return cmd.Help()
	}
	hint := nearest.Hint(names[0], []string{"build", "path", "list", "rm"})
	return usageError{fmt.Errorf("no such command: rootfs %s%s; see: workshop rootfs --help", names[0], hint)}
}

func newRootfsBuildCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "build [KIND]",
		Short: "Build a root filesystem, busybox unless KIND says another",
		Long: `Build a root filesystem: busybox, debian or host. workshop rootfs list says what
is in each. One that is built already is made anew.`,
		Args:              args(cobra.MaximumNArgs(1)),
		ValidArgsFunction: completeKinds,
		RunE: func(cmd *cobra.Command, names []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), endings()...)
			defer stop()
			dir, err := rootfs.Build(ctx, kindArg(names, "busybox"), cmd.ErrOrStderr())
			if err != nil {
				return badKind(err)
			}
			u := ui.New(cmd.OutOrStdout())
			u.Good(lang.F("built %s", dir))
			return u.Err()
		},
	}
}

func newRootfsPathCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "path [KIND]",
		Short: "Where a root filesystem is, for a program of your own",
		Long: `Print the directory of a root filesystem: of KIND, or of the first that is
built. As root, it also brings the workshop in it up to this build.`,
		Args:              args(cobra.MaximumNArgs(1)),
		ValidArgsFunction: completeKinds,
		RunE: func(cmd *cobra.Command, names []string) error {
			dir, err := rootfs.Find(kindArg(names, ""))
			if err != nil {
				return badKind(err)
			}
			if os.Geteuid() == 0 && filepath.Dir(dir) == rootfs.Dir() {
				if err := rootfs.RefreshWorkshop(dir); err != nil {
					return err
				}
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), dir)
			return err
		},
	}
}

func newRootfsListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the kinds of root filesystem, and which are built",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			u := ui.New(cmd.OutOrStdout())
			u.Table([]string{lang.T("KIND"), lang.T("BUILT"), lang.T("WHAT")}, kindRows(u))
			u.Dim(lang.F("in %s", rootfs.Dir()))
			return u.Err()
		},
	}
}

func kindRows(u *ui.UI) [][]string {
	var rows [][]string
	for _, k := range rootfs.Kinds() {
		built := u.DimWord(lang.T("no"))
		if _, err := rootfs.Find(k.Name); err == nil {
			built = u.GoodWord(lang.T("yes"))
		}
		rows = append(rows, []string{k.Name, built, lang.T(k.Does)})
	}
	return rows
}

func newRootfsRmCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "rm KIND",
		Short:             "Remove a root filesystem that nothing uses",
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: completeKinds,
		RunE: func(_ *cobra.Command, names []string) error {
			return badKind(rootfs.Remove(names[0]))
		},
	}
}

func kindArg(names []string, otherwise string) string {
	if len(names) == 0 {
		return otherwise
	}
	return names[0]
}

// badKind makes a usage error of an unknown name.
func badKind(err error) error {
	if errors.Is(err, rootfs.ErrUnknown) {
		return usageError{err}
	}
	return err
}

// completeKinds offers the kinds, for the one argument there is.
func completeKinds(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, k := range rootfs.Kinds() {
		names = append(names, k.Name+"\t"+k.Does)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
