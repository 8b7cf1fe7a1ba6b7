package caps

import (
	"os"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
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

// TestRootUID: where the kernel has no user namespaces 0 is root, and where one maps
// nobody yet, nobody is.
func TestRootUID(t *testing.T) {
	const nobody = ^uint32(0)
	user := map[string]observe.Namespace{"user": {Link: "user:[4026532000]"}}
	for _, c := range []struct {
		what string
		s    observe.Snapshot
		want uint32
	}{
		{"none", observe.Snapshot{}, 0},
		{"the first one", observe.Snapshot{UIDMap: "0 0 4294967295", Namespaces: user}, 0},
		{"a new one", observe.Snapshot{UIDMap: "0 1000 1", Namespaces: user}, 1000},
		{"one that maps nobody", observe.Snapshot{Namespaces: user}, nobody},
		{"one that maps nobody and is not shown", observe.Snapshot{Denied: []string{"ns"}}, nobody},
	} {
		for _, set := range []string{"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"} {
			c.s.Status = append(c.s.Status, observe.Field{Name: set, Value: "0"})
		}
		c.s.Status = append(c.s.Status, observe.Field{Name: "Uid", Value: "0 0 0 0"}, observe.Field{Name: "Gid", Value: "0 0 0 0"})
		if p, err := FromSnapshot(&c.s); err != nil || p.RootUID != c.want {
			t.Errorf("%s: %d is root, %v", c.what, p.RootUID, err)
		}
	}
}
