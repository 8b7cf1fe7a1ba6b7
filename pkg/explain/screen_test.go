package explain

import (
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// status is a snapshot of these fields of /proc/PID/status.
func status(namesAndValues ...string) *observe.Snapshot {
	s := &observe.Snapshot{}
	for i := 0; i < len(namesAndValues); i += 2 {
		s.Status = append(s.Status, observe.Field{Name: namesAndValues[i], Value: namesAndValues[i+1]})
	}
	return s
}

// TestParentIsTheProcess: a thread clones, and what is shown before the arrow is
// the number that the child has as its parent's.
func TestParentIsTheProcess(t *testing.T) {
	m := &container.Moment{
		Name:   "clone",
		Before: status("Tgid", "10", "Pid", "12", "PPid", "1", "NStgid", "10", "NSpid", "12"),
		After:  status("Tgid", "20", "Pid", "20", "PPid", "10", "NStgid", "20\t1", "NSpid", "20\t1"),
	}
	want := map[string]string{"Pid": "10 → 20", "PPid": "1 → 10", "NSpid": "10 → 20 1"}
	for _, c := range changes(m) {
		if got := c.Summary(); got != want[c.Field] {
			t.Errorf("%s: %s, want %q", c.Field, got, want[c.Field])
		}
		delete(want, c.Field)
	}
	if len(want) > 0 {
		t.Errorf("not shown: %v", want)
	}
}

// TestStoppedByWhom explains the states that are shown.
func TestStoppedByWhom(t *testing.T) {
	for before, want := range map[string]bool{"t (tracing stop)": true, "T (stopped)": false} {
		m := &container.Moment{Name: "wait", Before: status("State", before), After: status("State", "Z (zombie)")}
		list := changes(m)
		if len(list) != 1 {
			t.Fatalf("%s: %v", before, list)
		}
		if got := list[0].Meaning == "t: stopped by workshop, to look; Z: ended, not waited for"; got != want {
			t.Errorf("%s: %s", before, list[0].Meaning)
		}
	}
}
