package container

import (
	"context"
	"errors"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// snapshot looks at a process, where somebody watches.
func (s *supervisor) snapshot(pid int) *observe.Snapshot { return s.look(observe.Take, pid) }

func (s *supervisor) look(take func(int) (*observe.Snapshot, error), pid int) *observe.Snapshot {
	if s.Watcher == nil {
		return nil
	}
	snap, err := take(pid)
	if err != nil {
		return s.last // gone between two looks: nothing changed that can be seen
	}
	s.last = snap
	return snap
}

func (s *supervisor) before(ctx context.Context, m *Moment) error {
	if s.Watcher == nil {
		return ctx.Err()
	}
	if _, hurries := s.Watcher.(Teller); !hurries {
		<-s.signals.caught // Ctrl-C may be the answer
	}
	return errors.Join(ctx.Err(), s.Watcher.Before(ctx, m))
}

func (s *supervisor) after(ctx context.Context, m *Moment) error {
	if s.Watcher == nil {
		return nil
	}
	return s.Watcher.After(ctx, m)
}

// meanwhile gives the watcher time while the child does something.
func (s *supervisor) meanwhile() {
	if w, ok := s.Watcher.(Teller); ok {
		w.Meanwhile()
	}
}
