package demo

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestAsksTheKernel: the answers that are shown are the kernel's, also where they are
// others than a demo wants.
func TestAsksTheKernel(t *testing.T) {
	testenv.Root(t)
	none := t.TempDir() + "/none"
	for _, want := range []unix.Errno{unix.EINVAL, unix.EPERM, 0} {
		c := condition{newRoot: none, putOld: none, want: want}
		if err := inOwnMounts(c.try); !errors.Is(err, unix.ENOENT) {
			t.Errorf("pivot_root to where nothing is, where %v is wanted: %v", want, err)
		}
	}
	if err := try(none, os.O_WRONLY); !errors.Is(err, unix.ENOENT) {
		t.Errorf("open of what is not there: %v", err)
	}
}
