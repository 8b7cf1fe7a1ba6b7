package explain

import (
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
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
