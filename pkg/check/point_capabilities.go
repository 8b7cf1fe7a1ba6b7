package check

import (
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

var capabilitiesPoints = []point{
	{lesson: 6, name: "no-sys-time", says: lang.N("CAP_SYS_TIME is gone"), judge: gone("CAP_SYS_TIME"), hint: goneHint("CAP_SYS_TIME")},
	{lesson: 6, name: "no-sys-chroot", says: lang.N("CAP_SYS_CHROOT is gone"), judge: gone("CAP_SYS_CHROOT"), hint: goneHint("CAP_SYS_CHROOT")},
	{lesson: 6, name: "set-clock", says: lang.N("the clock cannot be set"), attacks: true, probe: attack.SetClock, judge: clockKept, hint: goneHint("CAP_SYS_TIME")},
	{lesson: 6, name: "second-chroot", says: lang.N("a second chroot is refused"), attacks: true, probe: attack.Chroot, judge: chrootRefused, hint: goneHint("CAP_SYS_CHROOT")},
}

// capSets are the sets in which a capability must not be.
var capSets = []string{"CapBnd", "CapPrm", "CapEff"}

// setsWith names those that have it.
func setsWith(s *observe.Snapshot, capability string) []string {
	mask, err := observe.CapMask([]string{capability})
	if err != nil {
		return capSets
	}
	var found []string
	for _, set := range append(capSets, "CapInh", "CapAmb") {
		if held, err := observe.ParseMask(s.Get(set)); err != nil || held&mask != 0 {
			found = append(found, set)
		}
	}
	return found
}

// gaveUp tells whether a process is without it in a set in which the shell has it.
func gaveUp(s, shell *observe.Snapshot, capability string) bool {
	with := setsWith(s, capability)
	return slices.ContainsFunc(setsWith(shell, capability), func(set string) bool {
		return slices.Contains(capSets, set) && !slices.Contains(with, set)
	})
}

func gone(capability string) func(*evidence) verdict {
	return func(e *evidence) verdict {
		with := setsWith(e.shell, capability)
		if len(with) > 0 {
			return fails(lang.F("%s of the shell still have it", strings.Join(with, ", ")))
		}
		return holds(lang.F("%s of the shell are without it", strings.Join(capSets, ", ")))
	}
}

func goneHint(capability string) func(*evidence) string {
	return func(e *evidence) string {
		with := strings.Join(setsWith(e.shell, capability), " ")
		switch {
		case with == "":
			return ""
		case e.who(func(s *observe.Snapshot) bool { return gaveUp(s, e.shell, capability) }) != nil:
			return lang.F("Another process of yours has given %s up, and the shell has not: each process has its own sets, and a child copies them at the fork. Drop it in the process that executes the shell, or before the fork.", capability)
		case strings.Contains(with, "CapInh"):
			return lang.F("%s is in the inheritable set, and from there it comes back at execve(2). Clear CapInh and CapAmb too: capset(2), prctl(PR_CAP_AMBIENT_CLEAR_ALL).", capability)
		case !strings.Contains(with, "CapBnd"):
			return lang.F("The bounding set is without %s, but the shell holds it: the set bounds what execve(2) gives, and takes away nothing that is held. Drop it before execve(2), and from the permitted and effective sets as well: capset(2).", capability)
		case strings.Contains(with, "CapEff"):
			return lang.F("At execve(2) root is given all that is in the bounding set, so a capability that was only dropped from CapEff and CapPrm comes back. Drop %s from the bounding set, before execve(2): prctl(PR_CAPBSET_DROP). In a shell script:\n\tsetpriv --bounding-set -%s ...", capability, short(capability))
		}
		return lang.F("The shell does not hold %s now, and the bounding set still has it: a program with a file capability, or a set-user-ID program, would bring it back. Drop it there too: prctl(PR_CAPBSET_DROP).", capability)
	}
}

// short is a capability as setpriv(1) calls it.
func short(capability string) string { return strings.ToLower(strings.TrimPrefix(capability, "CAP_")) }

func clockKept(e *evidence) verdict {
	return stopped(e, attack.SetClock, "EPERM").or(gone("CAP_SYS_TIME")(e).state == Holds)
}

func chrootRefused(e *evidence) verdict {
	return stopped(e, attack.Chroot, "EPERM").or(gone("CAP_SYS_CHROOT")(e).state == Holds)
}
