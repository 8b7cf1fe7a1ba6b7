package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// addCgroupFlags is docker run's --pids-limit under the kernel's name.
func addCgroupFlags(fs *pflag.FlagSet, spec *steps.Spec) {
	fs.Var((*pidsMax)(&spec.Cgroup), "pids-max", fmt.Sprintf(
		"at most N processes and threads, %d to %d (default %d)", steps.MinPidsMax, steps.GuardPids, steps.DefaultPidsMax))
}

// pidsMax is a flag that takes no limit which cannot work.
type pidsMax steps.CgroupSettings

func (p *pidsMax) Set(value string) error {
	if value == "" {
		return errEmpty
	}
	s := steps.CgroupSettings{PidsMax: value}
	if err := s.Check(); err != nil {
		return err
	}
	*p = pidsMax(s)
	return nil
}

func (p *pidsMax) String() string { return p.PidsMax }

// Type is what the help shows in the place of a value.
func (p *pidsMax) Type() string { return "N" }
