package observe

import (
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// kind says how a field of /proc/PID/status is compared.
type kind int

const (
	kindSkip    kind = iota // moves by itself, or another field says it
	kindText                // as the kernel writes it
	kindLife                // State
	kindThreads             // Threads
	kindPerNS               // one number for each pid namespace
	kindIDs                 // Uid, Gid
	kindWords               // Groups
	kindSwitch              // 0 or 1
	kindSeccomp             // Seccomp
	kindCaps                // a set of capabilities
	kindSignals             // a set of signals
)

// kindOf places a field of proc_pid_status(5). A field that this program does
// not know is text.
func kindOf(name string) (group string, k kind) {
	switch name {
	case "State":
		return GroupProcess, kindLife
	case "Threads":
		return GroupProcess, kindThreads
	case "NSpid":
		return GroupProcess, kindPerNS
	case "Uid", "Gid":
		return GroupIdentity, kindIDs
	case "Groups":
		return GroupIdentity, kindWords
	case "Umask":
		return GroupFilesystem, kindText
	case "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb":
		return GroupCapabilities, kindCaps
	case "NoNewPrivs":
		return GroupSeccomp, kindSwitch
	case "Seccomp":
		return GroupSeccomp, kindSeccomp
	case "Seccomp_filters", "Speculation_Store_Bypass", "SpeculationIndirectBranch":
		return GroupSeccomp, kindText
	case "SigBlk", "SigIgn", "SigCgt":
		return GroupSignals, kindSignals
	case "THP_enabled", "untag_mask", "x86_Thread_features", "x86_Thread_features_locked":
		return GroupMemory, kindText
	case "Cpus_allowed_list", "Mems_allowed_list":
		return GroupLimits, kindText
	}
	if movesByItself(name) || saidElsewhere(name) {
		return "", kindSkip
	}
	return GroupProcess, kindText
}

func movesByItself(name string) bool {
	switch name {
	case "Ngid", "TracerPid", "FDSize", "SigQ", "SigPnd", "ShdPnd", "CoreDumping":
		return true
	}
	return strings.HasPrefix(name, "Vm") || strings.HasPrefix(name, "Rss") ||
		strings.HasPrefix(name, "Huge") || strings.HasSuffix(name, "_ctxt_switches")
}

// saidElsewhere names the fields that Pid, NSpid and the lists of CPUs and
// memory nodes say as well.
func saidElsewhere(name string) bool {
	switch name {
	case "Tgid", "NStgid", "Cpus_allowed", "Mems_allowed":
		return true
	}
	return false
}

// status compares the fields that both processes have.
func (d *differ) status() {
	for _, f := range d.new.Status {
		i := slices.IndexFunc(d.old.Status, func(o Field) bool { return o.Name == f.Name })
		if i >= 0 && d.old.Status[i] != f {
			d.field(f.Name, d.old.Status[i].Value, f.Value)
		}
	}
}

func (d *differ) field(name, old, new string) {
	group, k := kindOf(name)
	switch k {
	case kindText:
		d.scalar(group, name, oneLine(old), oneLine(new))
	case kindIDs:
		d.scalar(group, name, decodeIDs(old), decodeIDs(new))
	case kindSwitch:
		d.scalar(group, name, onOff(old), onOff(new))
	case kindSeccomp:
		d.scalar(group, name, old+" ("+SeccompMode(old)+")", new+" ("+SeccompMode(new)+")")
	case kindWords:
		added, removed := diffSets(strings.Fields(old), strings.Fields(new))
		d.set(Change{Group: group, Field: name, Added: added, Removed: removed})
	case kindLife:
		if lifeOf(old) != lifeOf(new) {
			d.scalar(group, name, old, new)
		}
	case kindThreads:
		if !d.old.Exe.Same(d.new.Exe) && !d.unread("exe") && !d.new.Ended() {
			d.scalar(group, name, old, new)
		}
	case kindPerNS:
		// With one namespace it says what Pid says.
		if strings.ContainsAny(old+new, "\t ") {
			d.scalar(group, name, oneLine(old), oneLine(new))
		}
	case kindCaps:
		d.mask(group, name, old, new, CapNames, d.allCaps())
	case kindSignals:
		d.mask(group, name, old, new, SignalNames, SignalNames(^uint64(0)))
	}
}

func onOff(value string) string {
	switch value {
	case "0":
		return lang.T("0 (off)")
	case "1":
		return lang.T("1 (on)")
	}
	return value
}

// allCaps names every capability of the kernel that the snapshot was taken on.
func (d *differ) allCaps() []string {
	if d.new.LastCap <= 0 || d.new.LastCap > 63 {
		return nil
	}
	return CapNames(^uint64(0) >> (63 - d.new.LastCap))
}

// mask compares two sets in hexadecimal; one that cannot be read is told as it
// stands.
func (d *differ) mask(group, name, old, new string, names func(uint64) []string, all []string) {
	was, err := ParseMask(old)
	if err != nil {
		d.scalar(group, name, old, new)
		return
	}
	is, err := ParseMask(new)
	if err != nil {
		d.scalar(group, name, old, new)
		return
	}
	d.set(Change{
		Group: group, Field: name, Added: names(is &^ was), Removed: names(was &^ is),
		Old: describeSet(names(was), all), New: describeSet(names(is), all),
	})
}

// describeSet says a whole set: "none", "all 41", "40: all but CAP_SYS_TIME" or
// "2: CAP_CHOWN, CAP_KILL".
func describeSet(names, all []string) string {
	if len(names) == 0 {
		return lang.T("none")
	}
	unknown, missing := diffSets(all, names)
	if len(missing) == 0 && len(unknown) == 0 {
		return lang.F("all %d", len(all))
	}
	listed := strings.Join(names, ", ")
	if but := lang.F("all but %s", strings.Join(missing, ", ")); len(unknown) == 0 && len(but) < len(listed) {
		listed = but
	}
	return lang.F("%d: %s", len(names), listed)
}

// mergeCapabilities tells capability sets that changed alike as one Change.
func mergeCapabilities(changes []Change) []Change {
	var out []Change
	for _, c := range changes {
		i := slices.IndexFunc(out, func(o Change) bool { return changedAlike(o, c) })
		if i < 0 {
			out = append(out, c)
			continue
		}
		out[i] = joinChanges(out[i], c)
	}
	return out
}

func changedAlike(a, b Change) bool {
	return a.Group == GroupCapabilities && b.Group == GroupCapabilities &&
		slices.Equal(a.Added, b.Added) && slices.Equal(a.Removed, b.Removed)
}

// joinChanges keeps Old and New only where they hold for all parts.
func joinChanges(a, b Change) Change {
	if len(a.Parts) == 0 {
		a.Parts = []Change{a}
	}
	a.Parts = append(a.Parts, b)
	a.Field += " " + b.Field
	a.Meaning = MeaningOf(a.Field, lang.Now())
	if a.Old != b.Old || a.New != b.New {
		a.Old, a.New = "", ""
	}
	return a
}
