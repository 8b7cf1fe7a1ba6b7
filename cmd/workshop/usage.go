package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// showHelp is cobra's own, but for the error: cobra takes none from it.
func showHelp(failed *error) func(*cobra.Command, []string) {
	return func(c *cobra.Command, _ []string) {
		text := strings.TrimSpace(cmp.Or(c.Long, c.Short)) + "\n\n" + c.UsageString()
		w := c.OutOrStdout()
		if _, err := io.WriteString(ui.New(w).Narrow(w), text); err != nil {
			*failed = fmt.Errorf("write the help: %w", err)
		}
	}
}

// usage is cobra's own, but for flags that fit 80 columns. As a template it would
// let the linker leave nothing out: a sixth of the program.
func usage(c *cobra.Command) error {
	w := c.OutOrStderr()
	fmt.Fprint(w, "Usage:")
	if c.Runnable() {
		fmt.Fprint(w, "\n  "+c.UseLine())
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n  %s [command]", c.CommandPath())
	}
	if len(c.Aliases) > 0 {
		section(w, "Aliases:", "  "+c.NameAndAliases())
	}
	if c.HasExample() {
		section(w, "Examples:", c.Example)
	}
	subCommands(w, c)
	if c.HasAvailableLocalFlags() {
		section(w, "Flags:", c.LocalFlags().FlagUsagesWrapped(80))
	}
	if c.HasAvailableInheritedFlags() {
		section(w, "Global Flags:", c.InheritedFlags().FlagUsagesWrapped(80))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n\nUse \"%s [command] --help\" for more information about a command.", c.CommandPath())
	}
	fmt.Fprintln(w)
	return nil
}

func section(w io.Writer, title, text string) {
	fmt.Fprintf(w, "\n\n%s\n%s", title, strings.TrimRight(text, "\n"))
}

// subCommands lists them, by their groups where there are any.
func subCommands(w io.Writer, c *cobra.Command) {
	groups := c.Groups()
	switch {
	case len(groups) == 0:
		groups = []*cobra.Group{{Title: "Available Commands:"}}
	case !c.AllChildCommandsHaveGroup():
		groups = append(groups, &cobra.Group{Title: "Additional Commands:"})
	}
	for _, g := range groups {
		var lines []string
		for _, sub := range c.Commands() {
			if sub.GroupID == g.ID && (sub.IsAvailableCommand() || sub.Name() == "help") {
				lines = append(lines, fmt.Sprintf("  %-*s %s", sub.NamePadding(), sub.Name(), sub.Short))
			}
		}
		if len(lines) > 0 {
			section(w, g.Title, strings.Join(lines, "\n"))
		}
	}
}
