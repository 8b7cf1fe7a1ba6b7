package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/demo"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newDemoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo [NAME]",
		Short: "Break a rule of the kernel on purpose, and see its answer",
		Long: `Try in a container what the kernel forbids or leaves open, and show each call
with its answer. It ends with 1 where the kernel answers otherwise than the
lesson says. Without NAME: the list.`,
		Example: "  workshop demo\n  sudo workshop demo pivot-conditions",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listDemos(cmd.OutOrStdout())
			}
			return runDemo(cmd, args[0])
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, d := range demo.All() {
				names = append(names, d.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// runDemo starts the demo in a container; there this same command shows it.
func runDemo(cmd *cobra.Command, name string) error {
	d, err := demo.Lookup(name)
	if err != nil {
		return usageError{err}
	}
	if insideContainer() {
		return showDemo(ui.New(cmd.OutOrStdout()), d)
	}
	if err := needRoot("demo " + name); err != nil {
		return err
	}
	dir, err := rootfs.Find("")
	if err != nil {
		return err
	}
	c := &container.Container{Rootfs: dir}
	attack.SelfAs(c, "demo", name)
	return runContainer(cmd.Context(), c)
}

func showDemo(screen *ui.UI, d *demo.Demo) error {
	switch held, err := d.Inside(screen); {
	case err != nil:
		return err
	case !held:
		return exitCode(exitClaim)
	}
	return screen.Err()
}

func listDemos(out io.Writer) error {
	screen := ui.New(out)
	var rows [][]string
	for _, d := range demo.All() {
		rows = append(rows, []string{d.Name, lessonName(stepOf(d.Lesson)), lang.T(d.Shows)})
	}
	screen.Table([]string{lang.T("DEMO"), lang.T("LESSON"), lang.T("SHOWS")}, rows)
	return screen.Err()
}
