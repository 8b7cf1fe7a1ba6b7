package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newAppArmorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "apparmor",
		Short: "This kernel's AppArmor, our profile, what was refused",
		Args:  args(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAppArmorStatus(), newAppArmorShow(), newAppArmorExplain(), newAppArmorLog())
	return cmd
}

// appArmorStatus is what workshop apparmor status finds.
type appArmorStatus struct {
	Kernel  apparmor.Kernel    `json:"kernel"`
	Missing *apparmor.Missing  `json:"missing,omitempty"`
	Loaded  []apparmor.Profile `json:"loaded"`           // those of workshop
	Hidden  bool               `json:"hidden,omitempty"` // Loaded is shown to root alone
	PID     int                `json:"pid"`
	Label   string             `json:"label"`
}

func newAppArmorStatus() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status [PID]",
		Short: "This kernel, the profiles that we loaded, a process's label",
		Args:  args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			pid, err := pidArg(args)
			if err != nil {
				return err
			}
			s, err := lookAppArmor(pid)
			if err != nil {
				return err
			}
			if asJSON {
				s.Loaded = notNull(s.Loaded)
				return json.NewEncoder(cmd.OutOrStdout()).Encode(s)
			}
			return showAppArmor(ui.New(cmd.OutOrStdout()), s)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func lookAppArmor(pid int) (appArmorStatus, error) {
	s := appArmorStatus{Kernel: apparmor.Look(), PID: pid}
	s.Missing = s.Kernel.Missing()
	if err := shown(pid); err != nil {
		return s, err
	}
	if !s.Kernel.Enabled {
		return s, nil
	}
	label, err := apparmor.LabelOf(pid)
	if err != nil {
		return s, err
	}
	s.Label = label.String()
	if !s.Kernel.Visible {
		return s, nil
	}
	loaded, err := apparmor.Loaded()
	if errors.Is(err, os.ErrPermission) {
		s.Hidden, err = true, nil
	}
	s.Loaded = slices.DeleteFunc(loaded, func(p apparmor.Profile) bool {
		return !strings.HasPrefix(p.Name, apparmor.Prefix)
	})
	return s, err
}

func showAppArmor(screen *ui.UI, s appArmorStatus) error {
	screen.Title("AppArmor", "")
	screen.Line("")
	if s.Missing == nil {
		screen.Good(lang.T("This machine can confine a process."))
	} else {
		screen.Bad(s.Missing.What)
		screen.Text(s.Missing.Instead, 2)
	}
	rows := [][]string{{lang.T("security modules"), strings.Join(s.Kernel.LSMs, ", ")}}
	if s.Label != "" {
		rows = append(rows, []string{lang.F("label of process %d", s.PID), s.Label})
	}
	if s.Kernel.Namespace != "" {
		rows = append(rows, []string{lang.T("policy namespace"), s.Kernel.Namespace})
	}
	if s.Hidden {
		rows = append(rows, []string{lang.T("loaded by workshop"), lang.T("only root may see it")})
	}
	for _, p := range s.Loaded {
		rows = append(rows, []string{lang.T("loaded by workshop"), fmt.Sprintf("%s (%s)", p.Name, p.Mode)})
	}
	screen.Line("")
	screen.Table([]string{lang.T("WHAT"), lang.T("FOUND")}, rows)
	return screen.Err()
}

// exampleName stands for the name that a run gives its profile.
const exampleName = apparmor.Prefix + "ID"

func newAppArmorShow() *cobra.Command {
	var spec steps.Spec
	cmd := &cobra.Command{
		Use:   "show",
		Short: "The profile as it is loaded",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := spec.AppArmor.Text(exampleName, false)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), text)
			return err
		},
	}
	addAppArmorFlags(cmd.Flags(), &spec)
	return cmd
}

func newAppArmorExplain() *cobra.Command {
	var spec steps.Spec
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain",
		Short: "The profile rule by rule, and why each is there",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := spec.AppArmor.Text(exampleName, false)
			if err != nil {
				return err
			}
			rules := apparmor.Rules(text)
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(rules)
			}
			screen := ui.New(cmd.OutOrStdout())
			for _, r := range rules {
				screen.Line(screen.Code(r.Text))
				screen.Text(lang.T(r.Why), 4)
			}
			return screen.Err()
		},
	}
	addAppArmorFlags(cmd.Flags(), &spec)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}
