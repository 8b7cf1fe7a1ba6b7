package explain

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// TestDescriptors: a new root gives the same files other names, which is noise; a
// descriptor that comes or goes is none.
func TestDescriptors(t *testing.T) {
	before := []observe.FD{{Number: 0, Target: "/dev/null"}, {Number: 3, Target: "/srv/x"}}
	for _, test := range []struct {
		name  string
		after []observe.FD
		shown bool
	}{
		{"the same", before, false},
		{"another name", []observe.FD{{Number: 0, Target: "/null"}, {Number: 3, Target: "/x"}}, false},
		{"closed", before[:1], true},
		{"opened", append(before[:2:2], observe.FD{Number: 4, Target: "/srv/y"}), true},
		{"another number", []observe.FD{{Number: 0, Target: "/dev/null"}, {Number: 4, Target: "/srv/x"}}, true},
	} {
		m := &container.Moment{Name: "execve", Before: &observe.Snapshot{FDs: before}, After: &observe.Snapshot{FDs: test.after}}
		if shown := len(changes(m)) > 0; shown != test.shown {
			t.Errorf("%s: shown: %v, want %v", test.name, shown, test.shown)
		}
	}
}

// TestOpenFiles: Go raises its soft limit, which is noise; the hard one is a layer's.
func TestOpenFiles(t *testing.T) {
	limited := func(soft, hard string) *observe.Snapshot {
		return &observe.Snapshot{Limits: []observe.Limit{{Name: openFiles, Soft: soft, Hard: hard}}}
	}
	for _, test := range []struct {
		after *observe.Snapshot
		shown bool
	}{
		{limited("1024", "4096"), false},
		{limited("4096", "4096"), false},
		{limited("256", "256"), true},
		{limited("1024", "2048"), true},
	} {
		m := &container.Moment{Name: "a step", Before: limited("1024", "4096"), After: test.after}
		if shown := len(changes(m)) > 0; shown != test.shown {
			t.Errorf("%+v: shown: %v, want %v", test.after.Limits, shown, test.shown)
		}
	}
}

// TestSurvivedCapabilities: capabilities have survived where the effective set and the
// bounding set are what they were.
func TestSurvivedCapabilities(t *testing.T) {
	before := status("CapEff", "3", "CapBnd", "f")
	for _, test := range []struct {
		after *observe.Snapshot
		want  bool
	}{
		{before, true},
		{status("CapEff", "1", "CapBnd", "f"), false},
		{status("CapEff", "3", "CapBnd", "7"), false},
	} {
		note := survives(&container.Moment{Name: "execve", Before: before, After: test.after})
		if got := strings.Contains(note, "capabilities"); got != test.want {
			t.Errorf("%v: %s", test.after.Status, note)
		}
	}
}

// TestTold is what a person reads of moments that change something and of some that do
// not, and of what has survived.
func TestTold(t *testing.T) {
	snapshot := func(eff string, inode uint64) *observe.Snapshot {
		s := status("CapEff", eff, "Uid", "0 0 0 0", "Gid", "0 0 0 0", "Seccomp", "2")
		s.PID, s.Root, s.Cwd = 7, observe.Link{Path: "/", Ino: 2}, observe.Link{Path: "/srv", Ino: inode}
		s.Cgroups = []cgroup.Membership{{Path: "/a"}}
		s.Namespaces = map[string]observe.Namespace{"uts": {Link: "uts:[1]"}, "pid_for_children": {Link: "pid:[1]"}}
		return s
	}
	same, less := snapshot("3", 3), snapshot("1", 4)
	born := &steps.Step{Name: "born", Does: "at birth", AtClone: steps.Namespaces.AtClone}
	acts := &steps.Step{Name: "acts", Does: "in the child", InChild: steps.Capabilities.InChild}
	for _, test := range []struct {
		m    container.Moment
		want string
	}{
		{container.Moment{Name: "clone", CloneFlags: "CLONE_NEWNS", Before: same, After: same}, `
▸ clone   clone(2) makes a child: a copy of its parent, but for CLONE_NEWNS
  nothing changed that the kernel shows
  Inherited: pid 7, the root directory, the working directory, user and group
  ids, capabilities, cgroups, the namespaces uts, the seccomp filters.
`},
		{container.Moment{Name: "born", Step: born, Before: same, After: same}, `
▸ born   at birth
  the child was born with it: see clone above
`},
		{container.Moment{Name: "acts", Step: acts, Before: same, After: same}, `
▸ acts   in the child
  nothing changed that the kernel shows
`},
		{container.Moment{Name: "execve", Before: same, After: less}, `
▸ execve   execve(2) replaces the program, not the process
  cwd             /srv (dev 0:0, inode 3) → /srv (dev 0:0, inode 4)
                  where its relative paths start
  CapEff          − CAP_DAC_OVERRIDE
                  the parts of root's power that it has right now
  Survived: pid 7, the root directory, user and group ids, cgroups, the
  namespaces uts, the seccomp filters.

`},
	} {
		var out bytes.Buffer
		s := &Screen{UI: ui.New(&out)}
		if err := errors.Join(s.Before(t.Context(), &test.m), s.After(t.Context(), &test.m)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, out.String()); diff != "" {
			t.Errorf("%s:\n%s", test.m.Name, diff)
		}
	}
}
