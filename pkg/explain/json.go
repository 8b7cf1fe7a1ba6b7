package explain

import (
	"context"
	"encoding/json"
	"io"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// JSON is a container.Watcher for scripts: one line for each moment.
type JSON struct{ W io.Writer }

// Event is such a line.
type Event struct {
	Moment  string           `json:"moment"`
	Does    string           `json:"does"`
	PID     int              `json:"pid"`
	Changes []observe.Change `json:"changes"`
}

// Before says nothing.
func (j *JSON) Before(context.Context, *container.Moment) error { return nil }

// After writes the line.
func (j *JSON) After(_ context.Context, m *container.Moment) error {
	e := Event{Moment: m.Name, Does: does(m), PID: m.PID, Changes: changes(m)}
	if e.Changes == nil {
		e.Changes = []observe.Change{} // not null
	}
	return json.NewEncoder(j.W).Encode(e)
}
