package main

import (
	"errors"
	"slices"

	"github.com/spf13/pflag"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// readSeccompProfile reads it for all runs of a command, where any of them has filters.
func readSeccompProfile(spec *steps.Spec, filters bool) error {
	if !filters {
		return nil
	}
	if err := spec.Seccomp.Read(); err != nil {
		return &container.SettingError{Step: steps.Seccomp.Name, Err: err}
	}
	return nil
}

// warnOfSilence tells whose own rule keeps the command from printing anything, which looks
// like a mistake of ours. A call that notify hands to us is shown.
func warnOfSilence(c steps.SeccompSettings) {
	if len(c.Rules) == 0 && c.Profile == "" {
		return
	}
	policies, err := c.Policies(nil)
	if err != nil {
		return // the run says it
	}
	for _, p := range policies {
		action, certain := p.Of("write")
		if certain && !action.Makes() && action.Kind() != seccomp.Trace && action.Kind() != seccomp.Notify {
			warn(errors.New(lang.F("your own rule, %s, forbids write: the command can print nothing", p.RuleFor("write"))))
		}
	}
}

// addSeccompFlags: a rule has commas in it, so each flag is one rule.
func addSeccompFlags(fs *pflag.FlagSet, spec *steps.Spec) {
	c := &spec.Seccomp
	fs.Var(&rules{&c.Rules}, "seccomp",
		"ACTION:CALL,CALL... such as kill:mkdir,mkdirat or errno=EPERM:chroot; the actions: kill trap errno notify trace log allow; * is every other call; repeat for more rules")
	fs.Var((*text)(&c.Profile), "seccomp-profile", "a file in Docker's JSON format; docker is its own default, unconfined none (default: docker, and "+steps.DefaultSeccompRule+")")
	fs.BoolVar(&c.ForeignABI, "seccomp-foreign-abi", false, "leave the hole open that calls through another ABI are, to show it")
}

// rules are refused where they are written, as every other flag is.
type rules struct{ list *[]string }

func (r *rules) Set(text string) error {
	_, err := seccomp.ParseRules(append(slices.Clone(*r.list), text))
	if err == nil {
		*r.list = append(*r.list, text)
	}
	return err
}

func (r *rules) String() string { return "" }

func (r *rules) Type() string { return "rule" }
