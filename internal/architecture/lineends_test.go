package architecture_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestLineEnds: in a clone on Windows too each text ends its lines as Linux has them, for
// the VM runs what is in there.
func TestLineEnds(t *testing.T) {
	testenv.NotEmulated(t) // no guest has the sources
	out, err := exec.Command("git", "-C", "../..", "ls-files", "--eol").Output()
	testenv.Needs(t, "a clone by git", err == nil, err)
	for line := range strings.Lines(string(out)) {
		if !strings.Contains(line, "attr/text=auto eol=lf") || strings.Contains(line, "i/crlf") {
			t.Error(line)
		}
	}
}
