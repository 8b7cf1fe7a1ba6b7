package attack_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// TestCallsFit shows calls of many lengths, with the longest errno: in 80 columns,
// and nothing of them is lost.
func TestCallsFit(t *testing.T) {
	for _, n := range []int{1, 30, 36, 37, 60} {
		call := "c(" + strings.Repeat("x", n) + ")"
		var out bytes.Buffer
		attack.Try(&attack.Probe{Run: func(t *attack.T) error {
			return t.Do(call, func() error { return unix.ENETUNREACH })
		}}, &out)
		for line := range strings.Lines(out.String()) {
			if !ui.Fits(strings.TrimSuffix(line, "\n"), 80) {
				t.Errorf("too wide: %s", line)
			}
		}
		for _, want := range []string{call, " = ENETUNREACH (network is unreachable)\n"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %q in\n%s", want, out.String())
			}
		}
	}
}
