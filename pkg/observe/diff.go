package observe

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// Diff says what changed from old to new, grouped and in words: see the
// package's comment for what it leaves out. The snapshots may be of one process
// at two moments, or of two processes, such as parent and child. Capability
// sets that lost and gained the same are one Change, with each set in its Parts.
func Diff(old, new *Snapshot) []Change {
	d := &differ{old: old, new: new}
	if old.Ended() || new.Ended() {
		d.status() // all else goes when a process ends
	} else {
		d.links()
		d.namespaces()
		d.status()
		d.mounts()
		d.cgroups()
		d.texts()
		d.memory()
		d.descriptors()
		d.limits()
	}
	slices.SortStableFunc(d.changes, func(a, b Change) int {
		return cmp.Compare(groupRank(a.Group), groupRank(b.Group))
	})
	return mergeCapabilities(d.changes)
}

type differ struct {
	old, new *Snapshot
	changes  []Change
}

func (d *differ) add(c Change) {
	c.Meaning = MeaningOf(c.Field, lang.Now())
	d.changes = append(d.changes, c)
}

// scalar adds a change of one value; "" is said as none.
func (d *differ) scalar(group, field, old, new string) {
	if old != new {
		d.add(Change{Field: field, Group: group, Old: cmp.Or(old, lang.T("none")), New: cmp.Or(new, lang.T("none"))})
	}
}

// unread tells whether one of the snapshots could not read that file.
func (d *differ) unread(file string) bool {
	return slices.Contains(d.old.Denied, file) || slices.Contains(d.new.Denied, file)
}

func (d *differ) links() {
	d.link(GroupProcess, "exe", d.old.Exe, d.new.Exe)
	d.link(GroupFilesystem, "root", d.old.Root, d.new.Root)
	d.link(GroupFilesystem, "cwd", d.old.Cwd, d.new.Cwd)
}

// link compares what a link leads to. In the same mount namespace the mount
// counts too: the same directory through a bind mount is another place.
func (d *differ) link(group, field string, old, new Link) {
	if d.unread(field) {
		return
	}
	was, is := old.String(), new.String()
	if was == is && old.MountID != new.MountID && d.old.Namespaces["mnt"] == d.new.Namespaces["mnt"] {
		was = lang.F("%s on mount %d", was, old.MountID)
		is = lang.F("%s on mount %d", is, new.MountID)
	}
	d.scalar(group, field, was, is)
}

func (d *differ) namespaces() {
	const children = "_for_children"
	if d.unread("ns") {
		return
	}
	for _, name := range unionKeys(d.old.Namespaces, d.new.Namespaces) {
		was, is := d.old.Namespaces[name], d.new.Namespaces[name]
		own := strings.TrimSuffix(name, children)
		// Where the children's namespace moved with the process's own, that says it.
		if own != name && d.old.Namespaces[own] == was && d.new.Namespaces[own] == is {
			continue
		}
		d.scalar(GroupNamespaces, "ns/"+name, was.Link, is.Link)
	}
}

func (d *differ) cgroups() {
	was, is := cgroupPaths(d.old.Cgroups), cgroupPaths(d.new.Cgroups)
	for _, field := range unionKeys(was, is) {
		d.scalar(GroupCgroup, field, was[field], is[field])
	}
}

// cgroupPaths gives the path of each hierarchy: "cgroup" for v2, "cgroup pids"
// for v1.
func cgroupPaths(all []Cgroup) map[string]string {
	paths := make(map[string]string, len(all))
	for _, c := range all {
		name := strings.TrimSpace("cgroup " + strings.Join(c.Controllers, ","))
		paths[name] = Printable(c.Path)
	}
	return paths
}

func (d *differ) texts() {
	d.scalar(GroupProcess, "cmdline", decodeCommand(d.old.Cmdline), decodeCommand(d.new.Cmdline))
	d.scalar(GroupIdentity, "uid_map", d.old.UIDMap, d.new.UIDMap)
	d.scalar(GroupIdentity, "gid_map", d.old.GIDMap, d.new.GIDMap)
	d.scalar(GroupNamespaces, "timens_offsets", d.old.TimeOffsets, d.new.TimeOffsets)
	if !d.unread("attr") {
		d.scalar(GroupLSM, "attr/current", Printable(d.old.Label), Printable(d.new.Label))
	}
}

// memory compares the files that are mapped. The number of mappings moves by
// itself as memory is allocated.
func (d *differ) memory() {
	if d.unread("maps") {
		return
	}
	was, is := printables(d.old.Maps.Files), printables(d.new.Maps.Files)
	added, removed := diffSets(was, is)
	d.set(Change{
		Group: GroupMemory, Field: "maps", Added: added, Removed: removed,
		Old: countFiles(was), New: countFiles(is),
	})
}

// countFiles formats as "3 files: /usr/bin/cat, ...": the program comes first.
func countFiles(files []string) string {
	text := withNames(counted(len(files), lang.N("%d file"), lang.N("%d files")), files[:min(len(files), 1)])
	if len(files) > 1 {
		text += ", ..."
	}
	return text
}

func (d *differ) descriptors() {
	if d.unread("fd") {
		return
	}
	added, removed := diffSets(texts(d.old.FDs), texts(d.new.FDs))
	numbers := make([]string, len(d.new.FDs))
	for i, fd := range d.new.FDs {
		numbers[i] = fmt.Sprint(fd.Number)
	}
	d.set(Change{
		Group: GroupDescriptors, Field: "fd", Added: added, Removed: removed,
		Old: lang.F("%d open", len(d.old.FDs)), New: withNames(lang.F("%d open", len(numbers)), numbers),
	})
}

func (d *differ) limits() {
	for _, is := range d.new.Limits {
		if was, ok := d.old.Limit(is.Name); ok {
			d.scalar(GroupLimits, "limits "+is.Name, was.text(), is.text())
		}
	}
}

func (l Limit) text() string {
	if l.Soft == l.Hard {
		return l.Soft
	}
	return lang.F("soft %s, hard %s", l.Soft, l.Hard)
}

// set adds the change of a set, if there is one.
func (d *differ) set(c Change) {
	if len(c.Added) > 0 || len(c.Removed) > 0 {
		d.add(c)
	}
}

// diffSets gives what only one of the lists has, each in its own order. What is
// twice in a list counts twice.
func diffSets(old, new []string) (added, removed []string) {
	surplus := make(map[string]int, len(old))
	for _, name := range old {
		surplus[name]++
	}
	for _, name := range new {
		if surplus[name] > 0 {
			surplus[name]--
		} else {
			added = append(added, name)
		}
	}
	for _, name := range old {
		if surplus[name] > 0 {
			surplus[name]--
			removed = append(removed, name)
		}
	}
	return added, removed
}

func unionKeys[V any](a, b map[string]V) []string {
	var keys []string
	for k := range a {
		keys = append(keys, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

func texts[T fmt.Stringer](all []T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = v.String()
	}
	return out
}

func printables(all []string) []string {
	out := make([]string, len(all))
	for i, text := range all {
		out[i] = Printable(text)
	}
	return out
}

// withNames formats as "3 open: 0, 1, 2".
func withNames(head string, names []string) string {
	if len(names) == 0 {
		return head
	}
	return head + ": " + strings.Join(names, ", ")
}

// counted formats as "1 mount" and "2 mounts".
func counted(n int, one, more string) string {
	if n == 1 {
		return lang.F(one, n)
	}
	return lang.F(more, n)
}
