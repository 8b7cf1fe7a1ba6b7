package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/caps"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// TestPrintable: what a process calls itself, its command, its group or its network
// interface does nothing to the terminal of who looks at it.
func TestPrintable(t *testing.T) {
	const wild = "rvm\x1b[31mred\a"
	look := &capsLook{Command: wild, File: &caps.File{Path: wild}, Outcome: &caps.Outcome{}}
	for name, show := range map[string]func(*ui.UI){
		"cgroups":  func(u *ui.UI) { showGroups(u, cgroup.Survey{Mounts: []cgroup.Mount{{Group: "/" + wild}}}) },
		"ps":       func(u *ui.UI) { _ = showRunning(u, []running{{Info: journal.Info{Command: []string{"echo", wild}}}}) },
		"caps":     func(u *ui.UI) { _ = look.show(u) },
		"an error": func(u *ui.UI) { u.Line(harmless(wild)) },
		"namespaces": func(u *ui.UI) {
			_ = (&picture{Host: member{Command: wild}, Processes: []member{{Command: wild}}}).show(u)
		},
		"an interface": func(u *ui.UI) {
			m := member{Namespaces: map[string]uint64{"net": 1}, Detail: map[string]string{"net": "interfaces: " + wild}}
			_ = (&picture{Processes: []member{m}}).show(u)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			show(ui.New(&out))
			if text := out.String(); !strings.Contains(text, `rvm\x1b[31m`) || strings.ContainsAny(text, "\x1b\a") {
				t.Errorf("%q", text)
			}
		})
	}
}

// TestHarmless: nothing else of an error is changed.
func TestHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"open \"ä 漢\":\n  no　such": "open \"ä 漢\":\n  no　such",
		"a\x9bb\xffc\x1b\u009b":    `a\x9bb\xffc\x1b\u009b`,
	} {
		if got := harmless(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
