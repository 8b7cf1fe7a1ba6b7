package audit

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/thread"
)

// TestBeginSession: each is another one, of a thread alone, and what that starts is in it.
func TestBeginSession(t *testing.T) {
	testenv.Root(t)
	before, err := os.ReadFile("/proc/self/sessionid")
	testenv.Needs(t, "audit sessions", err == nil, err)
	var list []Session
	for range 2 {
		err := thread.Do(func() error {
			s := BeginSession()
			list = append(list, s)
			childs, err := exec.Command("cat", "/proc/self/sessionid").Output()
			if got := strings.TrimSpace(string(childs)); got != s.ID {
				t.Errorf("the child of %+v is in %q", s, got)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !list[0].Own || !list[1].Own || list[0].ID == list[1].ID || list[0].ID == string(before) {
		t.Errorf("%+v, and before %s", list, before)
	}
	if after, _ := os.ReadFile("/proc/self/sessionid"); string(after) != string(before) {
		t.Errorf("the process was in %s, and is in %s", before, after)
	}
}
