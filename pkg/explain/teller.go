package explain

import (
	"context"

	"github.com/how-to-be-a-container/workshop/pkg/container"
)

// Teller is a Screen without keys, and a container.Teller: what has happened is
// worked out and shown while the child goes on.
type Teller struct {
	Screen
	untold []func()
}

// Before keeps the moment for Meanwhile.
func (t *Teller) Before(ctx context.Context, m *container.Moment) error {
	t.untold = append(t.untold, func() { _ = t.Screen.Before(ctx, m) })
	return t.UI.Err()
}

// After keeps it too, but for what must be seen before the next thing is: after
// execve the command writes, and after wait the prompt.
func (t *Teller) After(ctx context.Context, m *container.Moment) error {
	t.untold = append(t.untold, func() { _ = t.Screen.After(ctx, m) })
	if m.Name == "execve" || m.Name == "wait" {
		t.Meanwhile()
	}
	return t.UI.Err()
}

// Meanwhile shows what has been kept.
func (t *Teller) Meanwhile() {
	if len(t.untold) == 0 {
		return
	}
	t.UI.AtOnce(func() {
		for _, show := range t.untold {
			show()
		}
	})
	t.untold = nil
}
