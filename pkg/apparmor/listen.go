package apparmor

import (
	"errors"
	"os"
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

// Until gives the records of a profile until that is removed, at most for a
// second after the last one: records are written a little after what they tell.
func (l *Listener) Until(removed string) ([]Record, error) {
	var list []Record
	for {
		record, err := l.Next(time.Second)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return list, nil
		}
		if err != nil {
			return list, err
		}
		r, ok := ParseRecord(record.Text)
		switch {
		case ok && r.Operation == "profile_remove" && r.Name == removed:
			return list, nil
		case ok && isOf(r.Profile, removed):
			list = append(list, r)
		}
	}
}
