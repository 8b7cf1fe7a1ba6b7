package check_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/check"
)

// TestSecondTakesGroupsBack: a program whose end is by force cannot.
func TestSecondTakesGroupsBack(t *testing.T) {
	group := fmt.Sprintf("%s/check-test-second-%d", tree(t).Mount, os.Getpid())
	other, once := group+"-other", filepath.Join(t.TempDir(), "once")
	t.Cleanup(func() { _ = errors.Join(os.Remove(group), os.Remove(other)) }) // where it is not
	script := `test -e "$ONCE" && mkdir "$GROUP-other"; : >"$ONCE"; mkdir "$GROUP" && echo $$ >"$GROUP/cgroup.procs"; unshare -p -f -m sh; code=$?
		echo $$ >"$TOP/cgroup.procs"; rmdir "$GROUP"; exit $code`
	runCommand(t, &check.Check{
		Lesson: 4, Command: []string{"sh", "-c", script}, Env: []string{"GROUP=" + group, "TOP=" + tree(t).Mount, "ONCE=" + once},
	})
	if _, err := os.Stat(group); err == nil {
		t.Errorf("%s is still there", group)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("nobody was in it, so it may be anybody's: %v", err)
	}
}

// TestSecondHangup: the end of a terminal's session is not that of its container.
func TestSecondHangup(t *testing.T) {
	testenv.NotEmulated(t)
	r := run(t, 4, `test -t 0 || { echo "not a tty" >&2; exit 1; }; sh; exit $?`)
	if !r.Terminal || !slices.Contains(failing(r), "ends-with-it") {
		t.Errorf("%+v", r)
	}
}

// TestEndsWithUs: after a kill -9 of who checks, the program does not go on.
func TestEndsWithUs(t *testing.T) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), checksEnv+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	_, err = fmt.Fscan(out, &pid)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, 2*time.Second, "the program ends", func() bool {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		return err != nil || strings.Contains(string(status), "State:\tZ")
	})
}

// checksEnv makes the test binary one that checks a program, which tells its pid.
const checksEnv = "WORKSHOP_TEST_CHECKS"

func checkIfAsked() {
	if os.Getenv(checksEnv) == "" {
		return
	}
	c := check.Check{Lesson: 1, Command: []string{"sh", "-c", fmt.Sprintf("echo $$ >/proc/%d/fd/1; exec sleep 1000", os.Getpid())}}
	_, _ = c.Run(context.Background())
	os.Exit(0)
}

// TestSecondInterrupted: nobody waits for a shell that goes on, once the time is over.
func TestSecondInterrupted(t *testing.T) {
	testenv.NotEmulated(t)
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
