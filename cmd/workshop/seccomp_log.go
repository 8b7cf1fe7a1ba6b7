package main

import (
	"slices"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/audit"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// settle is how long a record may come after what it tells.
const settle = 300 * time.Millisecond

// runAndListen runs a container, and then shows what the kernel wrote down about
// its filters: the calls of log rules, and those that killed.
func runAndListen(c *container.Container, screen *ui.UI, run func() error) error {
	if !slices.Contains(c.Steps, steps.Seccomp) {
		return run()
	}
	log, listening := audit.Listen()
	if listening != nil {
		err := run()
		screen.DimText(lang.F("what the filters wrote down cannot be heard here: %v", listening), 0)
		return err
	}
	defer func() { _ = log.Close() }() // was only read
	var session audit.Session          // records of all the machine come
	c.BeforeClone = func() { session = audit.BeginSession() }
	err := run()
	if session == (audit.Session{}) { // there was no child
		return err
	}
	records, heard := seccompRecords(log, session)
	if heard != nil {
		screen.DimText(heard.Error(), 0)
	}
	showFilterRecords(screen, records, session.Own)
	return err
}

// showFilterRecords shows the records of a run, or of all that is in its session.
func showFilterRecords(screen *ui.UI, records []seccomp.Record, own bool) {
	if len(records) == 0 {
		return
	}
	what := lang.T("what the kernel wrote down about the filters")
	if !own {
		what = lang.T("what the kernel wrote down about filters, of this run or of another process in its login")
	}
	screen.Step("audit", what)
	var words []string
	for _, r := range records {
		words = append(words, r.Words())
	}
	for _, w := range counted(words) {
		screen.Text(lang.F("%s.", w), 2)
	}
	screen.DimText(seccomp.WhereLogged(), 2)
}

// seccompRecords are those of the processes in a session.
func seccompRecords(log *audit.Listener, session audit.Session) (list []seccomp.Record, err error) {
	err = log.Until(settle, func(next audit.Record) bool {
		r, ok := seccomp.ParseRecord(next.Text)
		if ok && next.Type == audit.Seccomp && r.Session == session.ID {
			list = append(list, r)
		}
		return false
	})
	return list, err
}
