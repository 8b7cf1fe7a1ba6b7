package observe

import (
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// mounts compares the lists of mounts by what is mounted where. The IDs of
// mounts are no help: a new mount namespace begins with copies that have others.
func (d *differ) mounts() {
	if d.unread("mountinfo") || slices.EqualFunc(d.old.Mounts, d.new.Mounts, alike) {
		return
	}
	was, is := texts(d.old.Mounts), texts(d.new.Mounts)
	added, removed := diffSets(was, is)
	d.set(Change{
		Group: GroupMounts, Field: "mountinfo", Added: added, Removed: removed,
		Old: countMounts(d.old.Mounts), New: withNames(countMounts(d.new.Mounts), is),
	})
	pairs := d.pairMounts(was, is)
	d.transitions("mountinfo options", pairs, func(m *Mount) string { return m.Options })
	d.transitions("mountinfo propagation", pairs, propagationKind)
}

// alike tells whether two mounts differ in nothing that is told of them.
func alike(a, b Mount) bool {
	return a.FSType == b.FSType && a.Root == b.Root && a.Mountpoint == b.Mountpoint &&
		a.Options == b.Options && a.Propagation == b.Propagation
}

func countMounts(list []Mount) string {
	return counted(len(list), lang.N("%d mount"), lang.N("%d mounts"))
}

// pairMounts finds the mounts that both lists have, by what they are called; of
// several alike, the first belongs to the first.
func (d *differ) pairMounts(was, is []string) [][2]*Mount {
	waiting := make(map[string][]int, len(was))
	for i, name := range was {
		waiting[name] = append(waiting[name], i)
	}
	var pairs [][2]*Mount
	for i, name := range is {
		if alike := waiting[name]; len(alike) > 0 {
			pairs = append(pairs, [2]*Mount{&d.old.Mounts[alike[0]], &d.new.Mounts[i]})
			waiting[name] = alike[1:]
		}
	}
	return pairs
}

// transitions adds one change for all mounts that went from the same old to the
// same new value.
func (d *differ) transitions(field string, pairs [][2]*Mount, value func(*Mount) string) {
	var steps []Change
	for _, p := range pairs {
		was, is := value(p[0]), value(p[1])
		if was == is {
			continue
		}
		part := Change{Field: Printable(p[1].Mountpoint), Old: was, New: is}
		i := 0
		for i < len(steps) && (steps[i].Old != was || steps[i].New != is) {
			i++
		}
		if i == len(steps) {
			steps = append(steps, Change{Group: GroupMounts, Field: field, Old: was, New: is})
		}
		steps[i].Parts = append(steps[i].Parts, part)
	}
	for _, step := range steps {
		step.New += ": " + whichMounts(step.Parts, len(pairs))
		d.add(step)
	}
}

func whichMounts(parts []Change, of int) string {
	const few = 3
	switch {
	case len(parts) <= few:
		names := make([]string, len(parts))
		for i, p := range parts {
			names[i] = p.Field
		}
		return strings.Join(names, ", ")
	case len(parts) == of:
		return lang.F("all %d mounts", of)
	}
	return lang.F("%d of %d mounts", len(parts), of)
}

// propagationKind says the tags of mount_namespaces(7) without the numbers of
// the peer groups.
func propagationKind(m *Mount) string {
	var kinds []string
	for tag := range strings.FieldsSeq(m.Propagation) {
		switch name, _, _ := strings.Cut(tag, ":"); name {
		case "shared", "private", "unbindable":
			kinds = append(kinds, name)
		case "master":
			kinds = append(kinds, "slave")
		}
	}
	return strings.Join(kinds, lang.T(" and "))
}
