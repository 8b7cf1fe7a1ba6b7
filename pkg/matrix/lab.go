package matrix

import (
	"context"
	"errors"
	"os"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Lab is where attacks are measured.
type Lab struct {
	Layers []*Layer
	Sets   []*Set // the columns

	Spec   steps.Spec // the settings of the layers; the zero value is that of the lessons
	Rootfs string     // for containers with a root of their own
	Tools  string     // see rootfs.Tools

	// Other makes the containers of the kind Other. At its end stands where this
	// program is in there.
	Other []string

	null *os.File
}

// Open gets ready to measure sets of these kinds. Call Close. A setting that could
// work on no machine is a [container.SettingError].
func (l *Lab) Open(kinds ...Kind) (err error) {
	l.Spec.Seccomp.SameFilter = true
	if err := errors.Join(container.Runnable(), l.check()); err != nil {
		return err
	}
	for _, kind := range kinds {
		l.Sets = append(l.Sets, l.sets(kind)...)
	}
	// What a killed probe or its shell says is not for the screen.
	l.null, err = os.OpenFile(os.DevNull, os.O_RDWR, 0)
	return err
}

// Close ends it.
func (l *Lab) Close() { _ = l.null.Close() } // it was only read

// Measure runs one probe against every set. each is told of a cell as soon as it
// is known. An error means that there is no row: the context ended.
func (l *Lab) Measure(ctx context.Context, p *attack.Probe, each func(Cell)) (*Row, error) {
	r := &Row{Probe: p}
	var err error
	if r.Base, err = l.cell(ctx, p, &Set{Kind: None}); err != nil {
		return nil, err
	}
	r.Base = r.Base.calibrated()
	if err := l.measureOwn(ctx, r); err != nil {
		return nil, err
	}
	for _, set := range l.Sets {
		c, err := l.next(ctx, r, set)
		if err != nil {
			return nil, err
		}
		if set.Kind == All {
			r.All = c
		}
		r.Cells = append(r.Cells, c)
		each(c)
	}
	return r, nil
}

// measureOwn is the second half of the calibration.
func (l *Lab) measureOwn(ctx context.Context, r *Row) error {
	layer := l.layer(r.Probe.Stops)
	if layer == nil {
		r.Hole = Hole{Layer: r.Probe.Stops}
		return nil
	}
	var err error
	if r.Hole, err = l.hole(r.Probe); err != nil {
		return err
	}
	own := &Set{Kind: Alone, Layer: layer, Steps: []*steps.Step{layer.Step}}
	if r.Counts() {
		r.Own, err = l.cell(ctx, r.Probe, own)
	}
	return err
}

// layer is the one of that name; nil where it is not among them, or missing here.
func (l *Lab) layer(name string) *Layer {
	for _, layer := range l.Layers {
		if layer.Step.Name == name && layer.Missing == nil {
			return layer
		}
	}
	return nil
}

// next gives the cell of a set, which may be known already.
func (l *Lab) next(ctx context.Context, r *Row, set *Set) (Cell, error) {
	switch {
	case set.Kind == None || !r.Counts():
		c := r.Base
		c.Set = set
		return c, nil
	case set.Missing() != "":
		return Cell{Set: set, State: Impossible, Reason: set.Missing()}, nil
	case set.Kind == Alone && r.Own.Set != nil && set.Layer == r.Own.Set.Layer:
		c := r.Own
		c.Set = set
		return c, nil
	}
	return l.cell(ctx, r.Probe, set)
}

// cell runs the probe in one container.
func (l *Lab) cell(ctx context.Context, p *attack.Probe, set *Set) (Cell, error) {
	r, err := l.against(ctx, p, set)
	if ctx.Err() != nil {
		return Cell{}, context.Cause(ctx)
	}
	return cellOf(set, r, err), nil
}

func (l *Lab) against(ctx context.Context, p *attack.Probe, set *Set) (attack.Result, error) {
	if set.Kind == Other {
		return attack.Through(ctx, p.Name, set.Other)
	}
	return attack.Against(ctx, p.Name, l.container(p, set))
}

// container is what the probe attacks. Without chroot and pivot-root it is in the
// host's root directory, with the host's /proc; a probe that is about a file of
// the root filesystem gets chroot at least.
func (l *Lab) container(p *attack.Probe, set *Set) container.Container {
	list := append([]*steps.Step{steps.ForkExec}, set.Steps...)
	if p.InRoot {
		list = append(list, steps.Chroot)
	}
	c := container.Container{Steps: list, Spec: l.Spec, Stdin: l.null, Stderr: l.null}
	if c.NewRoot() {
		c.Rootfs, c.Tools = l.Rootfs, l.Tools
	}
	return c
}
