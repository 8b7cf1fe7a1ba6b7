package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/matrix"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

type matrixFlags struct {
	lab                         matrix.Lab
	layers                      []string
	alone, allButOne, all, json bool
	rootfs, self                string
}

func newMatrixCommand() *cobra.Command {
	f := &matrixFlags{}
	cmd := &cobra.Command{
		Use:   "matrix [ATTACK...] [-- COMMAND [ARG...]]",
		Short: "Every attack against every layer, measured now",
		Long: `Run each attack in a bare process, in containers with one layer each, and in one
with all layers, and show which are stopped. Without ATTACK it is all of them.

A measurement counts only where the attack succeeds without any layer. The layer
that was made to stop it must do so alone, and all layers together must stop it:
else it ends with exit code 1. Not counted are attacks that live on a capability
which the lesson keeps, as Docker does, and those against a layer that this
machine has not got; they are named below the table.

The attacks are harmless: each tries one thing on what it made itself, or makes
a call that cannot work. What each one tries is in the list of: workshop attack.
The fork bomb of this table has a number. The one that has none is: workshop
attack fork-bomb. core-pattern opens, for writing, the file that names the
program which the kernel runs as root, on the host, after a crash: core(5).

What a layer does can be set as everywhere: --privileged, --cap-add, --seccomp.
Then an attack may go through, and the exit code is 0. It is 77 where this
machine can try none.

With COMMAND, which makes a container by other means, there is a column for that
one beside our own. At the end of the command line come the path of workshop in
there and what it has to do: COMMAND must bring the program along, see --self.`,
		Example: `  sudo workshop matrix
  sudo workshop matrix chroot-escape mount --all
  sudo workshop matrix --all-but-one             which layer is the only one?
  sudo workshop matrix --privileged
  sudo workshop matrix -- bwrap --unshare-all --ro-bind / / --proc /proc`,
		RunE:              f.run,
		ValidArgsFunction: completeAttacks,
	}
	fs := cmd.Flags()
	fs.Var((*words)(&f.layers), "layers", "these layers and no others: pv,sc or pivot-root,seccomp")
	fs.BoolVar(&f.alone, "alone", false, "each layer alone")
	fs.BoolVar(&f.allButOne, "all-but-one", false, "all layers but one, each in turn")
	fs.BoolVar(&f.all, "all", false, "each layer alone, and all layers but one")
	fs.BoolVar(&f.json, "json", false, "every cell as JSON, with its errno and its reason")
	fs.Var((*text)(&f.rootfs), "rootfs", "a directory, or busybox or debian (default: what is built)")
	fs.Var((*text)(&f.self), "self", "where workshop is in the container of COMMAND (default: where it is here)")
	for _, add := range layerFlags {
		add(fs, &f.lab.Spec)
	}
	cmd.MarkFlagsMutuallyExclusive("alone", "all-but-one", "all")
	var layers []string
	for _, l := range matrix.Layers() {
		layers = append(layers, l.Step.Name)
	}
	completeFlag(cmd, "layers", layers...)
	return cmd
}

func completeAttacks(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, p := range attack.All() {
		names = append(names, p.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// kinds are the columns.
func (f *matrixFlags) kinds() []matrix.Kind {
	switch {
	case f.lab.Other != nil:
		return []matrix.Kind{matrix.None, matrix.Alone, matrix.All, matrix.Other}
	case f.alone:
		return []matrix.Kind{matrix.None, matrix.Alone}
	case f.allButOne:
		return []matrix.Kind{matrix.None, matrix.All, matrix.AllBut}
	case f.all:
		return []matrix.Kind{matrix.None, matrix.Alone, matrix.All, matrix.AllBut}
	}
	return []matrix.Kind{matrix.None, matrix.Alone, matrix.All}
}

func (f *matrixFlags) run(cmd *cobra.Command, args []string) error {
	names, command := splitAtDash(cmd, args)
	probes, err := findProbes(names)
	if err == nil && len(command) > 0 && (f.alone || f.all || f.allButOne) {
		err = errors.New("with COMMAND there is one column more, and no choice of the others")
	}
	if err != nil {
		return usageError{err}
	}
	if err := needRoot("matrix"); err != nil {
		return err
	}
	if err := f.prepare(); err != nil {
		return err
	}
	if f.lab.Other, err = f.other(command); err != nil {
		return err
	}
	if err := f.lab.Open(f.kinds()...); err != nil {
		return err
	}
	defer f.lab.Close()
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	if f.json {
		return f.encode(ctx, cmd, probes)
	}
	return f.show(ctx, ui.New(cmd.OutOrStdout()), probes)
}

// splitAtDash divides the arguments at --.
func splitAtDash(cmd *cobra.Command, args []string) (before, after []string) {
	if at := cmd.ArgsLenAtDash(); at >= 0 {
		return args[:at], args[at:]
	}
	return args, nil
}

// other is the command line of another program that makes a container.
func (f *matrixFlags) other(command []string) ([]string, error) {
	if len(command) == 0 {
		return nil, nil
	}
	if _, err := exec.LookPath(command[0]); err != nil {
		return nil, usageError{fmt.Errorf("find COMMAND, which would make a container: %w", err)}
	}
	if f.self != "" {
		return append(slices.Clone(command), f.self), nil
	}
	self, err := exec.LookPath(os.Args[0]) // by the name workshop, also where that is a link
	if err == nil {
		self, err = filepath.Abs(self)
	}
	return append(slices.Clone(command), self), err
}

func findProbes(names []string) ([]*attack.Probe, error) {
	if len(names) == 0 {
		return attack.All(), nil
	}
	var list []*attack.Probe
	for _, name := range names {
		p, err := attack.Lookup(name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list, nil
}

// prepare reads the flags.
func (f *matrixFlags) prepare() (err error) {
	f.lab.Layers = matrix.Layers()
	if len(f.layers) > 0 {
		if f.lab.Layers, err = matrix.Pick(f.layers); err != nil {
			return usageError{err}
		}
	}
	if err := f.lab.Spec.Namespaces.Check(); err != nil {
		return usageError{err}
	}
	filters := slices.ContainsFunc(f.lab.Layers, func(l *matrix.Layer) bool { return l.Step == steps.Seccomp })
	if err := readSeccompProfile(&f.lab.Spec, filters); err != nil {
		return err
	}
	if f.lab.Rootfs, err = rootfs.Find(f.rootfs); err != nil {
		return err
	}
	f.lab.Tools, err = rootfs.Tools()
	return err
}

// show fills the table while it is measured.
func (f *matrixFlags) show(ctx context.Context, screen *ui.UI, probes []*attack.Probe) error {
	t := &matrixTable{screen: screen, lab: &f.lab}
	t.head()
	var rows []*matrix.Row
	for _, p := range probes {
		t.begin(p)
		r, err := f.lab.Measure(ctx, p, t.cell)
		t.end(r)
		if err != nil {
			return err
		}
		rows = append(rows, r)
	}
	sum := matrix.Summarise(f.lab.Sets, rows)
	t.foot(&sum, rows)
	return cmp.Or(matrixEnd(sum.Holds(), sum.Attacks), screen.Err())
}

// matrixEnd is the exit code. Where this machine can try no attack, nothing is claimed.
func matrixEnd(holds bool, measured int) error {
	switch {
	case !holds:
		return exitCode(exitClaim)
	case measured == 0:
		return exitCode(exitUnsupported)
	}
	return nil
}

func (f *matrixFlags) encode(ctx context.Context, cmd *cobra.Command, probes []*attack.Probe) error {
	var rows []*matrix.Row
	for _, p := range probes {
		r, err := f.lab.Measure(ctx, p, func(matrix.Cell) {})
		if err != nil {
			return err
		}
		rows = append(rows, r)
	}
	report := f.lab.Report(rows)
	enc := json.NewEncoder(cmd.OutOrStdout())
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(report); err != nil {
		return fmt.Errorf("write the matrix: %w", err)
	}
	return matrixEnd(report.Holds, report.Measured)
}
