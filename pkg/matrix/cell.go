package matrix

import (
	"errors"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// State is what was measured in one cell.
type State string

// The states of a cell.
const (
	Allowed      State = "allowed"      // the attack went through
	Stopped      State = "stopped"      // it did not
	Inconclusive State = "inconclusive" // the measurement shows nothing
	Impossible   State = "impossible"   // this machine cannot try it
)

// Cell is one attack against one set of layers.
type Cell struct {
	Set    *Set
	State  State
	Errno  string // "EPERM"; "" where no errno stopped it, but a signal or an empty view
	Reason string // what stopped it, or why there is no result
	Why    string // what the kernel shows of the process, from outside
}

// cellOf reads what a probe found. err is what kept it from running.
func cellOf(set *Set, r attack.Result, err error) Cell {
	switch {
	case errors.Is(err, steps.ErrUnsupported):
		return Cell{Set: set, State: Impossible, Reason: err.Error()}
	case err != nil:
		return Cell{Set: set, State: Inconclusive, Reason: err.Error()}
	case r.Impossible:
		return Cell{Set: set, State: Impossible, Reason: r.Reason}
	case r.Allowed:
		return Cell{Set: set, State: Allowed}
	case !r.Tried():
		return Cell{Set: set, State: Inconclusive, Errno: r.Errno, Reason: lang.F("not even tried: %s", r.Reason)}
	}
	return Cell{Set: set, State: Stopped, Errno: r.Errno, Reason: r.Reason, Why: r.Why}
}

// calibrated is the cell without any layer. There the attack must succeed: else
// it is the machine that stops it, and no layer.
func (c Cell) calibrated() Cell {
	if c.State != Stopped {
		return c
	}
	c.State = Inconclusive
	if c.Errno == unix.ErrnoName(unix.ENOSYS) { // no layer was there to say so
		c.State = Impossible
	}
	return c
}
