package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newAppArmorLog() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "log [PROFILE]",
		Short: "What our profiles refused, or would have, from the kernel's log",
		Long: `Show the audit records of the profiles that workshop loaded, in words. They
are read from the kernel's log, where dmesg shows them too, and from auditd's.
The kernel's log takes ten records within five seconds and drops the rest.`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if k := apparmor.Look(); !k.Enabled { // so nothing writes records
				m := k.Missing()
				return &steps.Unsupported{What: m.What, Instead: m.Instead}
			}
			records, err := apparmor.Records(append(args, apparmor.Prefix)[0])
			if errors.Is(err, os.ErrPermission) {
				err = fmt.Errorf("%w: try: sudo workshop apparmor log", err)
			}
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(notNull(records))
			}
			screen := ui.New(cmd.OutOrStdout())
			if len(records) == 0 {
				screen.Dim(lang.T("no record: a deny without audit leaves none"))
			}
			for _, r := range records {
				screen.Line(screen.Key(r.Profile) + "  " + r.Words())
			}
			return screen.Err()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// runWithRecords runs a container, and then shows what its profile refused.
func runWithRecords(c *container.Container, screen *ui.UI, run func() error) error {
	if !slices.Contains(c.Steps, steps.AppArmor) {
		return run()
	}
	log, listening := apparmor.Listen()
	if listening == nil {
		defer func() { _ = log.Close() }() // was only read
	}
	err := run()
	name := c.Spec.AppArmor.Name
	if name == "" { // it was not loaded
		return err
	}
	if listening != nil {
		screen.DimText(lang.F("what the profile refused cannot be heard here: %v", listening), 0)
		return err
	}
	records, heard := log.Until(name)
	if heard != nil {
		screen.DimText(heard.Error(), 0)
	}
	showRecords(screen, records)
	if i := slices.IndexFunc(records, apparmor.Record.KeepsFromStarting); err != nil && i >= 0 {
		screen.Warn(lang.F("The profile itself keeps a program from starting: it must allow %s, as a rule with rm, or rix to execute it.", observe.Printable(records[i].Name)))
	}
	return err
}

// showRecords shows each kind of record once, with how often it came.
func showRecords(screen *ui.UI, records []apparmor.Record) {
	if len(records) == 0 {
		return
	}
	screen.Step("audit", lang.T("what the profile wrote down; also: dmesg | grep apparmor="))
	var words []string
	for _, r := range records {
		words = append(words, r.Words())
	}
	for _, w := range counted(words) {
		screen.Text(w, 2)
	}
}

// counted has each line once, with how often it came.
func counted(lines []string) []string {
	times := map[string]int{}
	var once []string
	for _, l := range lines {
		if times[l] == 0 {
			once = append(once, l)
		}
		times[l]++
	}
	for i, l := range once {
		if times[l] > 1 {
			once[i] += lang.F(" (%d times)", times[l])
		}
	}
	return once
}
