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
	err := run()
	records, heard := seccompRecords(log)
	if heard != nil {
		screen.DimText(heard.Error(), 0)
	}
	if len(records) == 0 {
		return err
	}
	screen.Step("audit", lang.T("what the kernel wrote down about the filters"))
	for _, r := range records {
		screen.Text(lang.F("%s.", r.Words()), 2)
	}
	screen.DimText(seccomp.WhereLogged(), 2)
	return err
}

func seccompRecords(log *audit.Listener) (list []seccomp.Record, err error) {
	err = log.Until(settle, func(next audit.Record) bool {
		if r, ok := seccomp.ParseRecord(next.Text); ok && next.Type == audit.Seccomp {
			list = append(list, r)
		}
		return false
	})
	return list, err
}
