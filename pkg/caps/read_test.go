package caps

import (
	"os"
	"testing"
)

// TestReadProcess: who this process is, and who is root where it is.
func TestReadProcess(t *testing.T) {
	p, err := ReadProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if int(p.UID) != os.Getuid() || int(p.EUID) != os.Geteuid() {
		t.Errorf("user IDs %d and %d, want %d and %d", p.UID, p.EUID, os.Getuid(), os.Geteuid())
	}
	if p.RootUID == ^uint32(0) {
		t.Error("nobody is root here")
	}
	if p.Bounding == 0 {
		t.Error("no bounding set")
	}
}
