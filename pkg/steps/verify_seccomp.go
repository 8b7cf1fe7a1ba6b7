package steps

import (
	"errors"
	"fmt"
	"os"

	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
)

// filtersAreThere reads the child's mode and how many filters it has: ours, on
// top of those that we have ourselves and it inherited.
func filtersAreThere(s *Spec, r *Run) error {
	if len(s.Seccomp.Filters) == 0 {
		return nil
	}
	filtered, got, err := seccomp.Status(r.PID)
	if err != nil {
		return fmt.Errorf("read the filters of the child: %w", err)
	}
	if !filtered {
		return errors.New("the child is not filtered")
	}
	_, before, err := seccomp.Status(os.Getpid())
	if err != nil {
		return fmt.Errorf("read the filters of this process: %w", err)
	}
	if want := before + len(s.Seccomp.Filters); before >= 0 && got != want {
		return fmt.Errorf("the child has %d filters, and should have %d", got, want)
	}
	return nil
}
