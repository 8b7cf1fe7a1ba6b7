package observe

import (
	"strings"
	"unicode/utf8"
)

// Change is one thing that differs between two snapshots, in words.
//
// A scalar has Old and New. A set has Added and Removed; where the whole set
// can be said in words, such as "all 41", Old and New are there too. Field is
// the name in /proc/PID/status, or the file under /proc/PID.
type Change struct {
	Field   string   `json:"field"`
	Old     string   `json:"old,omitempty"`
	New     string   `json:"new,omitempty"`
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
	Meaning string   `json:"meaning,omitempty"` // half a line: see MeaningOf
	Group   string   `json:"group,omitempty"`   // one of the Group constants
	Parts   []Change `json:"parts,omitempty"`   // the single changes, where several are told as one
}

// The groups of changes, in the order in which Diff gives them.
const (
	GroupProcess      = "process"
	GroupIdentity     = "identity"
	GroupNamespaces   = "namespaces"
	GroupFilesystem   = "filesystem"
	GroupMounts       = "mounts"
	GroupCgroup       = "cgroup"
	GroupCapabilities = "capabilities"
	GroupSeccomp      = "seccomp"
	GroupLSM          = "lsm"
	GroupSignals      = "signals"
	GroupDescriptors  = "descriptors"
	GroupMemory       = "memory"
	GroupLimits       = "limits"
)

// groupRank gives the place of a group in the order above.
func groupRank(group string) int {
	order := [...]string{
		GroupProcess, GroupIdentity, GroupNamespaces, GroupFilesystem, GroupMounts, GroupCgroup,
		GroupCapabilities, GroupSeccomp, GroupLSM, GroupSignals, GroupDescriptors, GroupMemory, GroupLimits,
	}
	for rank, g := range order {
		if g == group {
			return rank
		}
	}
	return len(order)
}

// Summary says the change in one line, without the field's name: "0 (none) →
// 2 (filter)" for a scalar, and for a set what left and what came, "−
// CAP_SYS_TIME, + CAP_KILL", or the whole of it before and after, "all 41 → 2:
// CAP_CHOWN, CAP_KILL", whichever is shorter.
func (c Change) Summary() string {
	whole := c.Old + " → " + c.New
	if len(c.Added) == 0 && len(c.Removed) == 0 {
		return whole
	}
	parts := make([]string, 0, len(c.Added)+len(c.Removed))
	for _, name := range c.Removed {
		parts = append(parts, "− "+name)
	}
	for _, name := range c.Added {
		parts = append(parts, "+ "+name)
	}
	list := strings.Join(parts, ", ")
	if c.Old == "" || utf8.RuneCountInString(list) <= utf8.RuneCountInString(whole) {
		return list
	}
	return whole
}
