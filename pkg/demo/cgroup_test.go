package demo_test

import (
	"strings"
	"testing"
)

// TestRootGroup is S14: the root group cannot be limited, and one below it can.
func TestRootGroup(t *testing.T) {
	text := play(t, "root-group")
	for _, says := range []string{"ENOENT", "/pids.max", "ok"} {
		if !strings.Contains(text, says) {
			t.Errorf("it must say %q:\n%s", says, text)
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
