// Package explain tells a person, or a script, what happens to a container's
// process while it is built.
package explain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// ErrLeft means that the person did not want to go on.
var ErrLeft = errors.New("left before the end")

// Screen is a container.Watcher for people: after each moment what changed, and
// what that means. Where it waits for keys, it shows no more at once than the
// terminal holds.
type Screen struct {
	UI   *ui.UI
	Keys *os.File // where Enter is awaited before each step; nil: no pause

	terminal *ui.UI // without the pager, for what is asked there
	pager    *ui.Pager
}

// Before announces the moment and waits for Enter.
func (s *Screen) Before(ctx context.Context, m *container.Moment) error {
	if m.Name == "wait" || idle(m) {
		return nil
	}
	if s.Keys != nil && s.terminal == nil {
		s.terminal = s.UI
		s.UI, s.pager = s.UI.Paged()
	}
	s.UI.Measure()
	s.UI.AtOnce(func() { s.UI.Step(m.Name, does(m)) })
	if err := s.UI.Err(); err != nil {
		return fmt.Errorf("show the step %s: %w", m.Name, err)
	}
	if s.Keys == nil {
		return nil
	}
	return s.pause(ctx)
}

func (s *Screen) pause(ctx context.Context) error {
	keys := "  " + lang.T("Enter: do it    q: leave")
	s.UI.Dim(keys)
	if err := s.more(ctx); err != nil {
		return err
	}
	for {
		key, err := ui.Key(ctx, s.Keys, func() { s.terminal.Dim(keys) })
		switch {
		case err != nil:
			return err
		case key == 'q':
			return ErrLeft
		case key == '\r' || key == '\n' || key == ' ':
			return s.pager.Next()
		}
	}
}

// more shows what the pager kept, a page for each key.
func (s *Screen) more(ctx context.Context) error {
	for s.pager.Full() {
		if err := s.pager.Unmark(); err != nil {
			return err
		}
		key, err := s.terminal.Ask(ctx, s.Keys, "  "+lang.T("Enter: more    q: leave"), "\r\n q")
		switch {
		case err != nil:
			return err
		case key == 'q':
			return ErrLeft
		}
		if err := s.pager.Next(); err != nil {
			return err
		}
	}
	return nil
}

// After shows what changed.
func (s *Screen) After(ctx context.Context, m *container.Moment) error {
	if idle(m) {
		return nil
	}
	s.UI.Measure()
	s.UI.AtOnce(func() { s.show(m) })
	if err := s.more(ctx); err != nil {
		return err
	}
	return s.UI.Err()
}

func (s *Screen) show(m *container.Moment) {
	if m.Name == "wait" {
		s.pager.Freely() // nobody is asked any more
		s.UI.Step(m.Name, does(m))
	}
	entries := s.entries(m)
	s.UI.Entries(entries)
	if len(entries) == 0 {
		s.UI.Dim("  " + unchanged(m))
	}
	if note := survives(m); note != "" {
		s.UI.Text(note, 2)
	}
	if m.Name == "execve" {
		s.UI.Line("")
	}
}

// idle is a step that does nothing: fork-exec.
func idle(m *container.Moment) bool { return m.Step != nil && !m.Step.Acts() }

// unchanged says why a moment changed nothing.
func unchanged(m *container.Moment) string {
	if s := m.Step; s != nil && s.InChild == nil && s.InSupervisor == nil {
		return lang.T("the child was born with it: see clone above")
	}
	return lang.T("nothing changed that the kernel shows")
}

// does says what the moment is, in half a line.
func does(m *container.Moment) string {
	switch m.Name {
	case "clone":
		if m.CloneFlags == "" {
			return lang.T("clone(2) makes a child: a copy of its parent")
		}
		return lang.F("clone(2) makes a child: a copy of its parent, but for %s", m.CloneFlags)
	case "execve":
		return lang.T("execve(2) replaces the program, not the process")
	case "wait":
		return lang.T("wait(2): the parent takes the exit status, and the process is gone")
	}
	return lang.T(m.Step.Does)
}

func (s *Screen) entries(m *container.Moment) []ui.Entry {
	var entries []ui.Entry
	for _, c := range changes(m) {
		e := ui.Entry{Name: c.Field, Old: c.Old, New: c.New, Meaning: c.Meaning}
		if len(c.Added)+len(c.Removed) > 0 {
			e.Text = c.Summary()
		}
		entries = append(entries, e)
	}
	return entries
}

const openFiles = "Max open files"

// changes leaves out what is noise at that moment.
func changes(m *container.Moment) []observe.Change {
	if m.Before == nil || m.After == nil {
		return nil
	}
	list := slices.DeleteFunc(observe.Diff(m.Before, m.After), func(c observe.Change) bool {
		switch {
		case c.Field == "limits "+openFiles:
			// Go's own: it raises its soft limit, and gives it back before an execve.
			was, _ := m.Before.Limit(openFiles)
			is, _ := m.After.Limit(openFiles)
			return was.Hard == is.Hard
		case m.Name == "clone": // the child is this program again, in a second copy
			return c.Group == observe.GroupMemory || c.Field == "cmdline"
		case c.Group == observe.GroupDescriptors: // a new root gives the same files other names
			return slices.EqualFunc(m.Before.FDs, m.After.FDs, sameNumber)
		}
		return false
	})
	for i := range list {
		clarify(m, &list[i])
	}
	return list
}

// clarify says of a change what only this program knows: who cloned, and who
// stopped the child.
func clarify(m *container.Moment, c *observe.Change) {
	switch {
	case m.Name == "clone" && c.Field == "Pid": // a thread cloned, whose own number is nobody's parent
		c.Old = m.Before.Get("Tgid")
	case m.Name == "clone" && c.Field == "NSpid":
		c.Old = strings.Join(strings.Fields(m.Before.Get("NStgid")), " ")
	case c.Field == "State" && strings.HasPrefix(c.Old, "t "):
		c.Meaning = lang.T("t: stopped by workshop, to look; Z: ended, not waited for")
	}
}

func sameNumber(a, b observe.FD) bool { return a.Number == b.Number }

// survives says what did not change, where that is the point.
func survives(m *container.Moment) string {
	if m.Before == nil || m.After == nil {
		return ""
	}
	switch m.Name {
	case "apparmor":
		return lang.T("The profile is loaded, and the child has written its name to attr/apparmor/exec and read it back: the kernel shows a label for execve to nobody else.")
	case "clone":
		return lang.F("Inherited: %s.", same(m))
	case "execve":
		return lang.F("Survived: %s.", same(m))
	}
	return ""
}

// same lists, by comparing, what both snapshots have in common.
func same(m *container.Moment) string {
	a, b := m.Before, m.After
	var names []string
	add := func(equal bool, name string) {
		if equal {
			names = append(names, name)
		}
	}
	add(a.PID == b.PID, fmt.Sprintf("pid %d", b.PID))
	add(a.Root.Same(b.Root), lang.T("the root directory"))
	add(a.Cwd.Same(b.Cwd), lang.T("the working directory"))
	add(a.Get("Uid") == b.Get("Uid") && a.Get("Gid") == b.Get("Gid"), lang.T("user and group ids"))
	add(a.Get("CapEff") == b.Get("CapEff") && a.Get("CapBnd") == b.Get("CapBnd"), lang.T("capabilities"))
	add(len(a.Cgroups) > 0 && slices.EqualFunc(a.Cgroups, b.Cgroups, func(x, y observe.Cgroup) bool { return x.Path == y.Path }), lang.T("cgroups"))
	if kinds := sameNamespaces(a, b); len(kinds) > 0 {
		names = append(names, lang.F("the namespaces %s", strings.Join(kinds, " ")))
	}
	add(a.Get("Seccomp") == b.Get("Seccomp") && b.Get("Seccomp") != "0", lang.T("the seccomp filters"))
	return strings.Join(names, lang.T(", "))
}

func sameNamespaces(a, b *observe.Snapshot) []string {
	var kinds []string
	for kind, ns := range b.Namespaces {
		if !strings.HasSuffix(kind, "_for_children") && a.Namespaces[kind] == ns {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}
