package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// TestNoChanges: a moment that changed nothing has an empty list.
func TestNoChanges(t *testing.T) {
	for after, want := range map[string]string{"1": "[]", "7": "PPid: 1 → 7"} {
		var out bytes.Buffer
		m := &container.Moment{Name: "wait", PID: 42, Before: status("PPid", "1"), After: status("PPid", after)}
		if err := (&JSON{W: &out}).After(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		var event struct{ Changes json.RawMessage }
		var list []observe.Change
		if err := errors.Join(json.Unmarshal(out.Bytes(), &event), json.Unmarshal(event.Changes, &list)); err != nil {
			t.Fatal(err)
		}
		got := string(event.Changes)
		if len(list) > 0 {
			got = list[0].Field + ": " + list[0].Summary()
		}
		if got != want {
			t.Errorf("PPid is %s: %s, want %s", after, &out, want)
		}
	}
}
