package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/demo"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newDemoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo [NAME]",
		Short: "Break a rule of the kernel on purpose, and see its answer",
		Long: `Try in a container what the kernel forbids or leaves open, and show each call
with its answer. It ends with 1 where the kernel answers otherwise than the
lesson says. Without NAME: the list.

The container is made for it, on the host. In a shell that workshop started, a
demo ends with 77 where the layers there leave it nothing to show.`,
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

// stagedEnv tells a demo that the container was made for it.
const stagedEnv = "WORKSHOP_DEMO_STAGED"

// runDemo starts the demo in a container; there this same command shows it.
func runDemo(cmd *cobra.Command, name string) error {
	d, err := demo.Lookup(name)
	if err != nil {
		return usageError{err}
	}
	if insideContainer() {
		show := demoHere
		if os.Getenv(stagedEnv) != "" {
			show = showDemo
		}
		return show(ui.New(cmd.OutOrStdout()), d)
	}
	if err := needRoot("demo " + name); err != nil {
		return err
	}
	dir, err := rootfs.Find("")
	if err != nil {
		return err
	}
	c := &container.Container{Rootfs: dir, Env: append(container.DefaultEnv(), stagedEnv+"=1")}
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

// demoHere tries a demo in a container that was made for something else. Where it fails
// there, that says nothing of the kernel.
func demoHere(screen *ui.UI, d *demo.Demo) error {
	held, err := d.Inside(screen)
	if unwritten := screen.Err(); unwritten != nil {
		return unwritten
	}
	why := lang.T("its layers are in the way")
	switch {
	case err != nil:
		why = err.Error()
	case held:
		return nil
	}
	return &steps.Unsupported{
		What:    lang.F("the demo %s does not work inside of this container: %s", d.Name, why),
		Instead: lang.F("run it on the host: %s", "sudo workshop demo "+d.Name), Err: err,
	}
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
