package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// layerFlags are the settings of the layers, each in the file of its layer.
var layerFlags = []func(*pflag.FlagSet, *steps.Spec){
	addNamespaceFlags,
	addCgroupFlags,
	addCapabilityFlags,
	addAppArmorFlags,
	addSeccompFlags,
}

// containerFlags say what container to build.
type containerFlags struct {
	spec    steps.Spec
	only    []string
	without []string
	rootfs  string
	hush    bool // say nothing of layers that the last lesson has to do without
}

func (f *containerFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringSliceVar(&f.only, "only", nil, "run these steps and no others: chroot,capabilities")
	fs.StringSliceVar(&f.without, "without", nil, "leave these steps out")
	fs.StringVar(&f.rootfs, "rootfs", "", "a directory, or busybox, debian or host (default: what is built)")
	for _, add := range layerFlags {
		add(fs, &f.spec)
	}
	names := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return steps.Names(steps.All()), cobra.ShellCompDirectiveNoFileComp
	}
	_ = cmd.RegisterFlagCompletionFunc("only", names) // fails only for a flag that is not there
	_ = cmd.RegisterFlagCompletionFunc("without", names)
}

// steps gives the chosen steps of a lesson, and of those what runs.
func (f *containerFlags) steps(lesson int) ([]*steps.Step, error) {
	list := steps.UpTo(lesson)
	var err error
	if len(f.only) > 0 {
		if list, err = steps.Only(f.only); err != nil {
			return nil, usageError{err}
		}
	}
	if list, err = steps.Without(list, f.without); err != nil {
		return nil, usageError{err}
	}
	return steps.Effective(list), nil
}
