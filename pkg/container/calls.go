package container

import (
	"fmt"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// A filter can hand a call to us: by ptrace(2), which has to be there before the
// filter is, and by notification, whose listener is there after it.

// beforeFilter traces the child where a rule says so.
func (s *supervisor) beforeFilter(step *steps.Step) (err error) {
	if step != steps.Seccomp || !s.Spec.Seccomp.Traces() {
		return nil
	}
	s.child.tracer, err = startTracer(s.run.PID, s.Calls)
	if err != nil {
		return fmt.Errorf("trace the child: %w; a call of a trace rule would fail with ENOSYS", err)
	}
	return nil
}

// afterFilter answers the calls of notify rules.
func (s *supervisor) afterFilter(step *steps.Step) error {
	if step != steps.Seccomp || s.Spec.Seccomp.Answers() == nil {
		return nil
	}
	l, err := seccomp.Listen(s.run.PID)
	if err != nil {
		return fmt.Errorf("take the seccomp listener: %w", err)
	}
	s.answering = make(chan struct{})
	go func() {
		defer close(s.answering)
		// Should it fail, it closes the listener, and the calls fail with ENOSYS.
		_ = l.Serve(s.Spec.Seccomp.Answers(), s.tell)
	}()
	return nil
}

// awaitTold waits until the last answered call has been told of. What the command
// left behind may live on where there is no guard, and so may its filter.
func (s *supervisor) awaitTold() {
	if s.answering == nil {
		return
	}
	select {
	case <-s.answering:
	case <-time.After(time.Second):
	}
}

func (s *supervisor) tell(c seccomp.Call) {
	if s.Calls != nil {
		s.Calls(c)
	}
}

// stopper holds the command at its first instruction, to be looked at.
type stopper interface {
	waitExec()
	detach() error
}

// stopAtExec is nil where nobody looks, or this machine forbids it.
func (s *supervisor) stopAtExec() stopper {
	switch {
	case s.child.tracer != nil:
		return s.child.tracer
	case s.Watcher != nil && s.child.seize():
		return s.child
	}
	return nil
}
