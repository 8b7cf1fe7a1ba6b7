package check_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/check"
)

// TestSecondTakesGroupsBack: a program whose end is by force cannot.
func TestSecondTakesGroupsBack(t *testing.T) {
	group := fmt.Sprintf("%s/check-test-second-%d", tree(t).Mount, os.Getpid())
	t.Cleanup(func() { _ = os.Remove(group) }) // where it is not
	script := `mkdir "$GROUP" && echo $$ >"$GROUP/cgroup.procs"; unshare -p -f -m sh; code=$?
		echo $$ >"$TOP/cgroup.procs"; rmdir "$GROUP"; exit $code`
	runCommand(t, &check.Check{
		Lesson: 4, Command: []string{"sh", "-c", script}, Env: []string{"GROUP=" + group, "TOP=" + tree(t).Mount},
	})
	if _, err := os.Stat(group); err == nil {
		t.Errorf("%s is still there", group)
	}
}

// TestSecondInterrupted: nobody waits for a shell that goes on, once the time is over.
func TestSecondInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Second, cancel)
	began := time.Now()
	c := &check.Check{Lesson: 4, Command: []string{"sh", "-c", "sh; exit $?"}}
	if _, err := c.Run(ctx); err == nil {
		t.Error("it was not interrupted")
	}
	if took := time.Since(began); took > 2500*time.Millisecond {
		t.Errorf("it took %v", took)
	}
}
