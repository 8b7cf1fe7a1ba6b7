package seccomp

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestNumbers compares the table with the constants of this architecture: a name
// that is missing there is a call that Docker's profile would forbid.
func TestNumbers(t *testing.T) {
	for name, want := range map[string]int{
		"newfstatat": unix.SYS_NEWFSTATAT, "fstat": unix.SYS_FSTAT, "statx": unix.SYS_STATX,
		"openat": unix.SYS_OPENAT, "execve": unix.SYS_EXECVE, "mmap": unix.SYS_MMAP,
		"mkdirat": unix.SYS_MKDIRAT, "fchownat": unix.SYS_FCHOWNAT, "clone3": unix.SYS_CLONE3,
	} {
		if got, ok := Number(name); !ok || got != want || Name(want) != name {
			t.Errorf("%s is %d (%v) and %d is %s, want %d", name, got, ok, want, Name(want), want)
		}
	}
}
