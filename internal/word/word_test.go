package word

import (
	"os/exec"
	"testing"
)

// TestQuoted: a shell gives back what was quoted.
func TestQuoted(t *testing.T) {
	for _, word := range []string{"", "./box.sh", "my box.sh", "it's", `a"b`, "$HOME", "*", "a\tb", "箱"} {
		out, err := exec.Command("sh", "-c", `printf %s `+Quoted(word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("%q: %q, %v", word, out, err)
		}
	}
	if got := Quoted("./box.sh"); got != "./box.sh" {
		t.Errorf("quoted without need: %s", got)
	}
}
