package apparmor

import (
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/audit"
)

// Listener hears the audit records of AppArmor as they are written.
type Listener struct{ *audit.Listener }

// Listen begins to listen: see audit.Listen.
func Listen() (*Listener, error) {
	l, err := audit.Listen()
	if err != nil {
		return nil, err
	}
	return &Listener{l}, nil
}

// Until gives the records of a profile until that is removed, at most until there was
// no record for a second, or for five: they are written a little after what they tell.
// The error is audit.ErrLost where some are missing.
func (l *Listener) Until(removed string) (list []Record, err error) {
	err = l.Listener.Until(time.Second, func(record audit.Record) bool {
		r, ok := ParseRecord(record.Text)
		if ok && r.Operation == "profile_remove" && r.Name == removed {
			return true
		}
		if ok && isOf(r.Profile, removed) {
			list = append(list, r)
		}
		return false
	})
	return list, err
}
