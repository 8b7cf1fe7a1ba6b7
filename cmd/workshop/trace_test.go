package main

import (
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// TestAllowFlags: whatever the width, no line is wider, and no call is lost.
func TestAllowFlags(t *testing.T) {
	calls := []string{"brk", "close", "execve", "exit_group", "fstat", "getdents64", "mmap", "openat", "read", "write"}
	for width := 40; width < 100; width++ {
		lines := allowFlags(calls, width)
		for _, line := range lines {
			if ui.Width(line) > width {
				t.Errorf("%d columns: %q has %d", width, line, ui.Width(line))
			}
		}
		shell := strings.ReplaceAll(strings.Join(lines, "\n"), " \\\n", "")
		var allowed []string
		for _, rule := range strings.Split(shell, "  --seccomp allow:")[1:] {
			allowed = append(allowed, strings.Split(rule, ",")...)
		}
		if strings.Join(allowed, " ") != strings.Join(calls, " ") {
			t.Errorf("%d columns: %q", width, lines)
		}
	}
}
