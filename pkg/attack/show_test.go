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

// TestNoResult: a probe that found nothing was made where it began and a filter killed
// it, and in no other case.
func TestNoResult(t *testing.T) {
	for _, test := range []struct {
		code   int
		began  bool
		tried  bool
		reason string
	}{
		{128 + int(unix.SIGSYS), true, true, "the probe was killed by SIGSYS"},
		{128 + int(unix.SIGSEGV), true, false, "the probe was killed by SIGSEGV"},
		{2, true, false, "the probe was ended with exit code 2"},
		{2, false, false, "the probe was ended with exit code 2 before it could begin: under these settings it cannot start"},
		{128 + int(unix.SIGSYS), false, false, "the probe was killed by SIGSYS before it could begin: under these settings it cannot start"},
		{128 + int(unix.SIGKILL), false, false, "the probe was killed by SIGKILL before it could begin"},
	} {
		if r := attack.NoResult(test.code, test.began); r.Allowed || r.Tried() != test.tried || r.Reason != test.reason {
			t.Errorf("exit code %d, begun: %v: tried: %v, %q", test.code, test.began, r.Tried(), r.Reason)
		}
	}
}
