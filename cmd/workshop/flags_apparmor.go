package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// addAppArmorFlags choose the profile.
func addAppArmorFlags(fs *pflag.FlagSet, spec *steps.Spec) {
	a := &spec.AppArmor
	fs.Var((*text)(&a.Profile), "apparmor-profile", "a `file` with a profile, instead of the lesson's")
	fs.Var((*deniedPaths)(&a.Deny), "apparmor-deny", "a path that the lesson's profile refuses too: /etc/shadow, '/home/**'")
	fs.BoolVar(&a.Complain, "apparmor-complain", false, "complain mode: let through what no rule allows, and write it down")
}

// deniedPaths is a flag that takes a path each time, and none that cannot stand
// in a rule.
type deniedPaths []string

func (d *deniedPaths) Set(path string) error {
	if err := apparmor.CheckPath(path); err != nil {
		return err
	}
	*d = append(*d, path)
	return nil
}

func (d *deniedPaths) String() string { return strings.Join(*d, " ") }

// Type is what the help shows in the place of a value.
func (d *deniedPaths) Type() string { return "path" }
