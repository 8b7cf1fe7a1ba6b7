// Package bomb is the fork bomb, and what keeps it from being one: it explodes
// only in a group whose pids.max and membership were read back from the kernel,
// it is killed by the clock, and the host's own fork latency is measured while
// it runs.
//
// What explodes is this same program, executed again: one that imports this
// package calls [Main] first.
package bomb

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// How long a bomb may run before everything is killed.
const (
	DefaultDuration = 10 * time.Second
	MaxDuration     = 60 * time.Second
)

// Bomb is one explosion.
type Bomb struct {
	Container container.Container // its layers, root and settings; Path is this program, see attack.SelfAs
	Shell     string              // a shell in the container, see Shell; "" is the native bomb
	Script    string              // what the shell is told
	Duration  time.Duration       // until the kill; 0 is DefaultDuration
	Until     func(Report) bool   // nil, or else it goes on up to three times as long until this is true
	Idle      time.Duration       // how long the host is measured before; 0 is half a second
	Unsafe    bool                // without any limit: in a virtual machine only
	FullCPU   bool                // let it compete for CPU time, which pids.max does not limit
	Every     time.Duration       // between two samples; 0 is a second

	Armed  func(Group)  // told once, before the first instruction; may be nil
	Sample func(Sample) // told while it runs; may be nil
}

// Sample is one look at the bomb and at the host.
type Sample struct {
	After   time.Duration `json:"after_ns"`
	Pids    cgroup.Pids   `json:"pids"`
	Latency time.Duration `json:"latency_ns"` // of the host's forks since the last sample: the median
	Idle    time.Duration `json:"idle_ns"`    // the same before the bomb
}

// Report is what came of it.
type Report struct {
	Group   Group         `json:"group"`
	Peak    int           `json:"peak"`    // the highest pids.current that was seen, or pids.max where the bomb burnt out on it
	Refused int64         `json:"refused"` // forks that the kernel refused
	Killed  int           `json:"killed"`  // processes at the end
	Left    int           `json:"left"`    // of them after the kill
	Lasted  time.Duration `json:"lasted_ns"`
	Early   bool          `json:"early,omitempty"` // it ended before the clock or the context ended it
	Code    int           `json:"code,omitempty"`  // its exit code then, or 128 + N where signal N ended it
	Said    string        `json:"said,omitempty"`  // what the shell says, most often
	Idle    Latencies     `json:"-"`
	During  Latencies     `json:"-"`
}

// Check says, before anything is started, why this bomb may not be.
func (b *Bomb) Check() error { return b.check(VM()) }

// check is Check where that detected the virtual machine.
func (b *Bomb) check(vm string) error {
	switch {
	case b.Duration < 0 || b.Duration > MaxDuration:
		return fmt.Errorf("a bomb of %v: say at most %v", b.Duration, MaxDuration)
	case b.Unsafe && slices.Contains(b.Container.Steps, steps.Cgroup):
		return errors.New("--unsafe is a bomb without a limit, and the cgroup layer is one; say --without cgroup too")
	case b.Unsafe && vm == "":
		return fmt.Errorf("%w: --unsafe is for virtual machines, and none is detected here", ErrRefused)
	}
	return nil
}

// Run lets it explode, and ends it. The error wraps ErrRefused where the
// interlock did not arm it.
func (b *Bomb) Run(ctx context.Context) (Report, error) {
	if err := b.Check(); err != nil {
		return Report{}, err
	}
	e := &explosion{Bomb: b}
	e.report.Idle = measure(cmp.Or(b.Idle, 500*time.Millisecond))
	return e.run(ctx)
}

// explosion is a bomb that runs.
type explosion struct {
	*Bomb
	report Report
	start  time.Time
	shown  time.Time // the last sample
	count  int       // of processes, in that sample
	meter  *meter
	seen   int           // of the meter's samples
	median time.Duration // of those that the last sample told
	input  *os.File
	armed  chan struct{}
	final  cgroup.Pids // what the group had counted when the bomb ended by itself
}

func (e *explosion) run(ctx context.Context) (Report, error) {
	stdin, input, err := os.Pipe()
	if err != nil {
		return e.report, err
	}
	defer stdin.Close()
	defer input.Close()
	said, output, err := os.Pipe()
	if err != nil {
		return e.report, err
	}
	heard := make(chan string, 1)
	go func() { heard <- listen(said) }()
	e.input, e.armed = input, make(chan struct{})
	c := e.command()
	c.Stdin, c.Stdout, c.Stderr = stdin, output, output
	err = e.live(ctx, c)
	output.Close()
	e.report.Said = <-heard
	return e.report, err
}

// command is the container with the bomb, or with the shell that is told it.
func (e *explosion) command() container.Container {
	c := e.Container
	c.Terminal, c.Watcher = false, &interlock{e.Unsafe, e.FullCPU, e.arm, e.last}
	c.Args = []string{"workshop", nativeCommand}
	if e.Shell != "" {
		c.Path, c.Args = "", []string{e.Shell}
	}
	return c
}

// live runs the container to its end. Once it explodes only kill ends it, which
// counts first.
func (e *explosion) live(ctx context.Context, c container.Container) error {
	own, giveUp := context.WithCancelCause(context.WithoutCancel(ctx))
	defer giveUp(nil)
	ended := make(chan end, 1)
	go func() {
		code, err := c.Run(own)
		ended <- end{code, err}
	}()
	select {
	case end := <-ended:
		if e.report.Group.Dir == "" {
			return end.err
		}
		ended <- end // it was armed, and over at once
	case <-ctx.Done():
		giveUp(context.Cause(ctx))
		return (<-ended).err
	case <-e.armed:
	}
	return e.watch(ctx, ended)
}

// end is how the container ended.
type end struct {
	code int
	err  error
}

// arm is called by the interlock, while the child waits before its execve.
func (e *explosion) arm(g Group) {
	e.report.Group = g
	if e.Armed != nil {
		e.Armed(g)
	}
	close(e.armed)
}

// last reads what the group has counted: a shell can burn out between two looks, and
// the group goes with it.
func (e *explosion) last() { e.final, _ = cgroup.ReadPids(e.report.Group.Dir) }

// fire tells the bomb to explode.
func (e *explosion) fire() error {
	script := e.Script
	if e.Shell == "" {
		script = armedWord
	}
	_, err := io.WriteString(e.input, script+"\n")
	return err
}

// watch looks at the bomb until it ends, and ends it by the clock.
func (e *explosion) watch(ctx context.Context, ended chan end) error {
	e.meter, e.start, e.shown = startMeter(), time.Now(), time.Now()
	if err := e.fire(); err != nil {
		return errors.Join(err, e.kill(), (<-ended).err)
	}
	duration := cmp.Or(e.Duration, DefaultDuration)
	clock, more := time.After(duration), 2
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			e.look(false)
			continue
		case <-clock:
			// On a busy machine it has to wait for the CPU: it has the lowest share.
			if e.Until != nil && !e.Until(e.report) && more > 0 {
				clock, more = time.After(duration), more-1
				continue
			}
		case <-ctx.Done():
		case end := <-ended:
			return e.over(end)
		}
		e.look(true)
		return errors.Join(e.kill(), (<-ended).err)
	}
}

// over reports what somebody else has ended: a signal, the shell itself.
func (e *explosion) over(end end) error {
	e.report.During, e.report.Lasted = e.meter.end(), time.Since(e.start)
	e.report.Early, e.report.Code = true, end.code
	e.note(e.final)
	return end.err
}

// note keeps what the group has counted. Where a fork was refused the group was full,
// also where that was between two looks.
func (e *explosion) note(pids cgroup.Pids) {
	e.report.Peak, e.report.Refused = max(e.report.Peak, pids.Current), max(e.report.Refused, pids.Refused)
	if pids.Refused > 0 {
		e.report.Peak = max(e.report.Peak, e.report.Group.Max)
	}
}

// look takes one sample, and tells it when it is time, or where the last one has
// another count than the one told before.
func (e *explosion) look(last bool) {
	pids, err := settled(func() (cgroup.Pids, error) { return cgroup.ReadPids(e.report.Group.Dir) })
	if err != nil {
		return // it ended just now
	}
	e.note(pids)
	due := time.Since(e.shown) >= cmp.Or(e.Every, time.Second) || last && pids.Current != e.count
	if e.Sample == nil || !due {
		return
	}
	e.shown, e.count = time.Now(), pids.Current
	e.Sample(Sample{time.Since(e.start), pids, e.latency(), e.report.Idle.Percentile(50)})
}

// latency is the median since the last sample. Where no fork has ended meanwhile it
// is the last median, or what the one under way has taken so far.
func (e *explosion) latency() time.Duration {
	new := e.meter.since(e.seen)
	e.seen += len(new)
	if len(new) > 0 {
		e.median = new.Percentile(50)
		return e.median
	}
	return max(e.median, e.meter.waiting())
}

// kill ends all of it, and counts.
func (e *explosion) kill() error {
	e.report.During, e.report.Lasted = e.meter.end(), time.Since(e.start)
	dir := e.report.Group.Dir
	e.report.Killed, _ = cgroup.Count(dir)
	err := cgroup.Kill(dir)
	e.report.Left, _ = cgroup.Count(dir)
	return err
}

// listen keeps one line of what the bomb says, and drops the rest.
func listen(r *os.File) string {
	defer r.Close()
	var begin bytes.Buffer
	_, _ = io.CopyN(&begin, r, 64<<10)
	_, _ = io.Copy(io.Discard, r)
	return plainest(begin.String())
}

// plainest is the line that is there most often, of those about fork where there
// are any: many processes talk at once, and into each other's lines.
func plainest(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	about := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !strings.Contains(l, "fork") })
	if len(about) > 0 {
		lines = about
	}
	seen := make(map[string]int)
	for _, l := range lines {
		seen[l]++
	}
	best := lines[0]
	for _, l := range lines {
		if seen[l] > seen[best] || seen[l] == seen[best] && len(l) < len(best) {
			best = l
		}
	}
	return best
}
