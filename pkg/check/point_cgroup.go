package check

import (
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

var cgroupPoints = []point{
	{lesson: 5, name: "own-group", says: lang.N("a cgroup of its own"), judge: ownGroup, hint: groupHint},
	{lesson: 5, name: "pids-max", says: lang.N("pids.max is between 1 and 128"), judge: limited, hint: limitHint},
	{lesson: 5, name: "eagain", says: lang.N("a fork past the limit fails"), attacks: true, probe: attack.ForkBomb, judge: forksRefused, hint: limitHint},
}

func ownGroup(e *evidence) verdict {
	switch {
	case e.group.err != nil:
		return unclear(lang.F("its group cannot be read: %s", harmless(e.group.err.Error())))
	case e.group.root:
		return fails(lang.F("it is in %s: the root group, which has no limit", e.group.dir))
	case e.group.dir == e.guard:
		return fails(lang.F("it is in %s: the group that your program was started in", e.group.dir))
	}
	return holds(lang.F("it is in %s", harmless(e.group.dir)))
}

func groupHint(e *evidence) string {
	other := e.who(func(s *observe.Snapshot) bool {
		g := e.groups[s.PID]
		return !g.root && g.dir != e.guard && g.dir != e.group.dir
	})
	switch {
	case other != nil:
		return lang.F("Process %s is in a group of its own, and the shell is not: a process is born in its parent's group, and moving the parent later does not move the child. Write the shell's pid into cgroup.procs, or your own before the fork.", called(other))
	case len(e.newGroups) > 0:
		return lang.F("There is a new group, %s, and the shell is not in it. If your program has made it, write the shell's pid into cgroup.procs there (in the child, 0 means the process that writes), before execve(2).", harmless(e.newGroups[0]))
	}
	return lang.T("Make a directory in the cgroup tree that has the pids controller, write the limit into its pids.max, and then the child's pid into its cgroup.procs, before execve(2). workshop cgroups shows where the tree is.")
}

func limited(e *evidence) verdict {
	switch {
	case e.group.err != nil:
		return unclear(lang.F("its group cannot be read: %s", harmless(e.group.err.Error())))
	case e.group.pids.Max == cgroup.NoLimit:
		return fails(lang.F("pids.max of %s is max", harmless(e.group.dir)))
	case e.group.limited == e.guard:
		return fails(lang.F("there is no limit but the one of this check, which is %d", e.group.pids.Max))
	}
	return given(e.group.holds(), lang.F("pids.max of %s is %d", harmless(e.group.limited), e.group.pids.Max))
}

func limitHint(e *evidence) string {
	switch {
	case e.group.root || e.group.dir == e.guard:
		return groupHint(e)
	case e.group.limited == e.guard || e.group.pids.Max == cgroup.NoLimit:
		return lang.F("The shell is in %s, and nothing was written into pids.max there. Write a number, such as 32, before the shell's pid goes into cgroup.procs: into the same group.", harmless(e.group.dir))
	case e.full():
		return lang.F("With a limit of %d the shell cannot fork at all: it is in the group itself, and counts. 32 is plenty for a shell.", e.group.pids.Max)
	case !e.group.holds():
		return lang.F("A limit of %d is too high for this lesson: 32 is plenty for a shell.", e.group.pids.Max)
	}
	return ""
}

// full tells whether the learner's own limit leaves no room for a child of the shell.
func (e *evidence) full() bool {
	g := e.group
	return g.limited != "" && g.limited != e.guard && g.pids.Current >= g.pids.Max
}

// forksRefused counts what the kernel says that it has refused, from outside.
func forksRefused(e *evidence) verdict {
	o, tried := e.attacks[attack.ForkBomb.Name]
	made := o.Facts[attack.MadeFact]
	switch {
	case e.full():
		return fails(lang.F("not tried: the shell cannot fork at all, for %d are in the group, and %d is its limit", e.group.pids.Current, e.group.pids.Max))
	case !e.group.holds():
		return fails(lang.F("not tried: without a limit it would be a fork bomb"))
	case !tried && e.noGuest != nil:
		return unclear(lang.F("the attack could not be made: %s", e.noGuest))
	case !tried:
		return unclear(lang.F("not tried: the limit read otherwise when it was read once more"))
	case e.refused > 0 && made != "":
		return holds(lang.F("%s were made, and then %s; pids.events counts %d refused", made, o.Errno, e.refused))
	case e.refused > 0:
		return holds(lang.F("pids.events counts %d forks that the kernel refused", e.refused))
	case o.unclear != "":
		return unclear(lang.F("the attack could not be made: %s", o.unclear))
	case o.Allowed:
		return fails(lang.F("%s processes were made at the same time", made))
	}
	return unclear(lang.F("something else was in the way: %s", o.how()))
}
