package demo_test

import (
	"regexp"
	"strings"
	"testing"
)

// TestRootGroup is S14: the root group cannot be limited, and one below it can.
func TestRootGroup(t *testing.T) {
	text := play(t, "root-group")
	for _, row := range []string{
		`/workshop/\w+/pids\.max +writing +ok `,
		`/pids\.max +writing +ENOENT `,
		`/pids\.max +making +(EACCES|EPERM) `,
	} {
		if !regexp.MustCompile(`(?m)^/\S*` + row).MatchString(text) {
			t.Errorf("no row is %s:\n%s", row, text)
		}
	}
}

// TestRlimit is S13: the limit misses the process that attached, pids.max does not.
func TestRlimit(t *testing.T) {
	text := play(t, "rlimit")
	if !strings.Contains(text, "all 64") || strings.Count(text, "EAGAIN") != 3 {
		t.Error(text)
	}
}
