package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
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
	fs.Var((*words)(&f.only), "only", "run these steps and no others: chroot,capabilities")
	fs.Var((*words)(&f.without), "without", "leave these steps out")
	fs.Var((*text)(&f.rootfs), "rootfs", "a directory, or busybox, debian or host (default: what is built)")
	for _, add := range layerFlags {
		add(fs, &f.spec)
	}
	names := steps.Names(steps.All())
	completeFlag(cmd, "only", names...)
	completeFlag(cmd, "without", names...)
	completeFlag(cmd, "ns", append(steps.NamespaceKinds(), "all", "none")...)
}

// text is a flag that takes any word but an empty one: a script's variable that is not
// set asks for no default.
type text string

var errEmpty = errors.New("it is empty: give a value, or leave the flag out")

func (t *text) Set(value string) error {
	if value == "" {
		return errEmpty
	}
	*t = text(value)
	return nil
}

func (t *text) String() string { return string(*t) }

// Type is what the help shows in the place of a value.
func (t *text) Type() string { return "string" }

// words is a flag that takes names with commas between them, and is not empty: that
// would be the default.
type words []string

func (w *words) Set(value string) error {
	if value == "" {
		return errEmpty
	}
	*w = append(*w, strings.Split(value, ",")...)
	return nil
}

func (w *words) String() string { return strings.Join(*w, ",") }

// Type is what the help shows in the place of a value.
func (w *words) Type() string { return "strings" }

// completeFlag offers the values of a flag.
func completeFlag(cmd *cobra.Command, flag string, values ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, // fails only for a flag that is not there
		cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// notNull is the list for a script: an empty one is [] in JSON, and nil would be null.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
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
	effective := steps.Effective(list)
	for _, s := range list {
		if len(f.only) > 0 && !f.hush && !slices.Contains(effective, s) {
			warn(errors.New(lang.F("%s is left out: another step of these takes its place", s.Name)))
		}
	}
	return effective, nil
}
