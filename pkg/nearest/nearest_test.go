package nearest

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	capabilities := []string{"NET_BIND_SERVICE", "BIND_SERVICE", "NET_RAW", "RAW", "SYS_CHROOT", "CHROOT", "SYS_BOOT", "BOOT", "SYS_NICE", "NICE", "KILL"}
	namespaces := []string{"mnt", "pid", "uts", "ipc", "net", "cgroup", "time"}
	demos := []string{"pivot-conditions", "root-group", "port80"}
	for _, c := range []struct {
		name string
		of   []string
		want string
	}{
		// It begins with the name, or has it within.
		{"net_bind", capabilities, "NET_BIND_SERVICE"},
		{"net", capabilities, "NET_RAW"},
		{"pivot", demos, "pivot-conditions"},
		{"group", demos, "root-group"},
		{"group", namespaces, "cgroup"},
		{"KIL", capabilities, "KILL"},
		{"t8", demos, ""},

		// One edit in three letters, two in six.
		{"nut", namespaces, "net"},
		{"nett", namespaces, "net"},
		{"nte", namespaces, "net"},
		{"pdi", namespaces, "pid"},
		{"sys_chrot", capabilities, "SYS_CHROOT"},
		{"chrtoo", capabilities, "CHROOT"},
		{"prot80", demos, "port80"},

		// Too far.
		{"foo", capabilities, ""},
		{"none", capabilities, ""},
		{"user", namespaces, ""},
		{"abc", namespaces, ""},
		{"", namespaces, ""},
	} {
		if got := Name(c.name, c.of); got != c.want {
			t.Errorf("%q of %q: %q, want %q", c.name, c.of, got, c.want)
		}
	}
}

// TestLongName: what cannot be near is not compared.
func TestLongName(t *testing.T) {
	name := strings.Repeat("x", 1<<16)
	if n := testing.AllocsPerRun(1, func() { Name(name, []string{"mkdirat"}) }); n > 100 {
		t.Errorf("%v allocations", n)
	}
}
