package check

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"github.com/moby/sys/mountinfo"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// evidence is all that was observed of one run.
type evidence struct {
	lesson  int
	host    *observe.Snapshot // as the program was started
	program *observe.Snapshot // the program while the shell runs; nil where it has ended
	shell   *observe.Snapshot
	between []*observe.Snapshot // the other descendants, while the shell runs

	pid       int    // of the program
	marker    string // a file of the host
	read      string // what the shell read there; "" where it could not
	cwdInside bool
	ways      []string          // what it has open that leads back to the host
	table     []*mountinfo.Info // the mounts of the shell's mount namespace, from its top
	hosts     []*mountinfo.Info // those of them that are the host's
	tableErr  error             // why the table is not known
	beneath   []*mountinfo.Info // the host's under the topmost mount there
	proc      bool
	procFact  string
	group     group
	groups    map[int]group // of the other descendants, while the shell runs
	guard     string        // the group that the program was born in
	newGroups []string
	attacks   map[string]outcome
	noGuest   error // why our own program could not be brought inside
	refused   int64 // forks that the kernel refused during the attack
	deaf      error // why the shell gave no answer after the attacks

	want, got int  // the exit codes, of the shell and of the program
	stays     bool // the program did not end after its shell
	left      []process
	leftNames []string

	second second
}

// gather observes the processes while the shell waits, attacks, and has the shell end.
func (r *run) gather(ctx context.Context, pid int) (*evidence, error) {
	e := &evidence{lesson: r.Lesson, host: r.host, pid: r.pid, attacks: map[string]outcome{}}
	var err error
	if e.shell, err = observe.Take(pid); err != nil {
		return nil, err
	}
	for _, p := range r.descendants() {
		s, err := observe.Take(p.pid)
		switch {
		case err != nil || s.Ended():
		case p.pid == r.pid:
			e.program = s
		case p.pid != pid:
			e.between = append(e.between, s)
		}
	}
	r.look(ctx, e)
	if ns := r.lonely(pid); ns != nil {
		defer ns.Close()
		defer func() { e.beneath = beneath(ns, r.mounts) }()
	}
	if err := r.attackAll(ctx, e); err != nil {
		return nil, err
	}
	r.finish(ctx, e)
	return e, nil
}

// look observes what is not in a snapshot.
func (r *run) look(ctx context.Context, e *evidence) {
	pid := e.shell.PID
	e.cwdInside, _ = inside(pid, "cwd")
	e.group = groupOf(pid)
	e.groups = map[int]group{}
	for _, s := range e.others() {
		e.groups[s.PID] = groupOf(s.PID)
	}
	if r.guard != nil {
		e.guard = r.guard.Dir
	}
	e.newGroups = r.newGroups()
	e.proc, e.procFact = procOf(pid, e.shell)
	e.ways = waysBack(e.shell, r.host, r.mounts)
	var err error
	e.table, e.tableErr = wholeTable(pid)
	e.hosts = ofTheHost(e.table, r.mounts, rootMount(e.shell, r.host))
	e.marker, err = attack.MarkerPath()
	if err != nil {
		return
	}
	// With builtins alone: there may be no program inside that can be executed.
	script := fmt.Sprintf("workshop_read=\nread -r workshop_read 2>&- <%s || workshop_read=", e.marker)
	_, e.read, _ = r.ask(ctx, script, "$workshop_read")
}

// newGroups lists the groups that were not there before, and may be the program's:
// nobody else is in them, or in those below.
func (r *run) newGroups() []string {
	var list, foreign []string
	parent := cgroupParent()
	for dir := range groups() {
		if r.cgroups[dir] || cgroup.Within(dir, parent) {
			continue
		}
		list = append(list, dir)
		if r.foreign(dir) {
			foreign = append(foreign, dir)
		}
	}
	slices.Sort(list)
	return slices.DeleteFunc(list, func(dir string) bool {
		return slices.ContainsFunc(foreign, func(other string) bool { return cgroup.Within(other, dir) })
	})
}

// foreign tells whether a group has a process that is none of the program's. Those are
// listed last: who is forked meanwhile is no stranger.
func (r *run) foreign(dir string) bool {
	members, err := cgroup.Members(dir)
	ours := r.descendants()
	return err != nil || slices.ContainsFunc(members, func(pid int) bool { return !has(ours, pid) })
}

// cgroupParent begins the path of every group of workshop's own.
func cgroupParent() string {
	tree, err := cgroup.Find("pids")
	if err != nil {
		return "none"
	}
	return tree.Path("")
}

// attackAll brings our program inside, attacks, and asks the shell whether it lives.
func (r *run) attackAll(ctx context.Context, e *evidence) error {
	probes := probesOf(e.lesson)
	if len(probes) == 0 {
		return nil
	}
	g, err := bring(e.shell.PID)
	var refused *os.SyscallError
	switch {
	case errors.As(err, &refused) && refused.Syscall == "setns": // it is we who may not
		return fmt.Errorf("enter the mount namespace of the shell: %w", err)
	case err != nil:
		e.noGuest = err
	default:
		if err := errors.Join(r.attackBy(ctx, e, g, probes), g.remove()); err != nil {
			return err
		}
	}
	_, _, e.deaf = r.ask(ctx, "", "$?")
	return nil
}

func (r *run) attackBy(ctx context.Context, e *evidence, g *guest, probes []*attack.Probe) (err error) {
	var o outcome
	for _, p := range probes {
		if p == attack.ForkBomb && !e.armed() {
			continue
		}
		ask := attack.Ask{Dir: g.dir}
		if p == attack.ForkBomb {
			ask.Forks = min(e.group.pids.Max+16, maxForks)
		}
		if !o.stood { // if it did, so would the others
			if o, err = r.attack(ctx, g, p, ask, e.shell); err != nil {
				return err
			}
		}
		e.attacks[p.Name] = o
	}
	if e.group.limited != "" {
		now, err := cgroup.ReadPids(e.group.limited)
		if err == nil {
			e.refused = now.Refused - e.group.pids.Refused
		}
	}
	return nil
}

// The most that pids.max may be, and the most that are forked to see it hold.
const (
	maxLimit = 128
	maxForks = maxLimit + 16
)

// armed reads back from the kernel, once more, that the shell is limited: only
// then its children may be many.
func (e *evidence) armed() bool {
	now := groupOf(e.shell.PID)
	return !e.full() && now.err == nil && now.limited == e.group.limited && now.pids.Max == e.group.pids.Max && now.holds()
}

// holds tells whether the limit is one.
func (g group) holds() bool { return !g.root && g.pids.Max >= 1 && g.pids.Max <= maxLimit }

// leaving is how long a program may go on without its shell.
const leaving = 3 * time.Second

// finish has the shell end, and looks how the program takes that.
func (r *run) finish(ctx context.Context, e *evidence) {
	e.want = 3 + rand.IntN(90)
	r.say(fmt.Sprint("exit ", e.want))
	if !r.pty {
		r.stdin.Close()
	}
	if e.stays = !r.leaves(ctx); e.stays {
		return
	}
	e.got = exitCode(r)
	// What is on its way out is not left behind.
	for range 20 {
		if e.left = r.orphans(); len(e.left) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, p := range e.left {
		e.leftNames = append(e.leftNames, p.String())
	}
}

// leaves waits for the end of a program whose shell has ended.
func (r *run) leaves(ctx context.Context) bool {
	select {
	case <-r.ended:
		return true
	case <-ctx.Done():
	case <-time.After(leaving):
	}
	return false
}

// exitCode is the program's, or 128+N as shells have it.
func exitCode(r *run) int {
	if r.state == nil {
		return -1
	}
	if code := r.state.ExitCode(); code >= 0 {
		return code
	}
	return 128 + int(signalOf(r.state))
}
