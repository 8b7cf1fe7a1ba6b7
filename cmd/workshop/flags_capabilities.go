package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// addCapabilityFlags are docker run's flags, and two of our own.
func addCapabilityFlags(fs *pflag.FlagSet, spec *steps.Spec) {
	c := &spec.Capabilities
	fs.Var((*capabilityNames)(&c.Add), "cap-add", "keep these capabilities too: SYS_TIME, all, docker (its default set)")
	fs.Var((*capabilityNames)(&c.Drop), "cap-drop", "take these capabilities away too: KILL, all")
	fs.BoolVar(&c.Privileged, "privileged", false, "take no capability away")
	fs.BoolVar(&c.BoundingOnly, "cap-bounding-only", false, "drop from the bounding set alone, which bites at the execve")
	fs.BoolVar(&c.NoNewPrivs, "no-new-privs", false, "no file gives privileges at execve: prctl(2)")
}

// capabilityNames is a flag that takes names, and takes no wrong one.
type capabilityNames []string

func (n *capabilityNames) Set(value string) error {
	names := strings.Split(value, ",")
	if err := steps.CheckCapabilities(names); err != nil {
		return err
	}
	*n = append(*n, names...)
	return nil
}

func (n *capabilityNames) String() string { return strings.Join(*n, ",") }

// Type is what the help shows in the place of a value.
func (n *capabilityNames) Type() string { return "names" }
