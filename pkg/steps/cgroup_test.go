package steps_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// layers is a container of the named steps, on the host's root.
func layers(t *testing.T, names ...string) container.Container {
	t.Helper()
	testenv.Root(t)
	list, err := steps.Only(names)
	if err != nil {
		t.Fatal(err)
	}
	return container.Container{Steps: list}
}

// output runs a shell script in the container and gives what it said.
func output(t *testing.T, c container.Container, script string) string {
	t.Helper()
	text, err := testroot.Said(t, func(w *os.File) error {
		c.Args, c.Stdout, c.Stderr = []string{"/bin/sh", "-c", script}, w, w
		_, err := c.Run(t.Context())
		return err
	})
	if err != nil {
		t.Fatalf("run %s: %v; it said %q", script, err, text)
	}
	return text
}

// The script starts 60 processes at once, one after the other.
const sixty = `i=0; while [ $i -lt 60 ]; do sleep 30 & i=$((i+1)); done; echo sixty; kill $(jobs -p)`

func TestPidsMaxStops(t *testing.T) {
	without := output(t, layers(t, "fork-exec"), sixty)
	if !strings.Contains(without, "sixty") {
		t.Fatalf("without the layer 60 processes must be possible; the shell said %q", without)
	}
	with := output(t, layers(t, "fork-exec", "cgroup"), sixty)
	if strings.Contains(with, "sixty") || !strings.Contains(strings.ToLower(with), "fork") {
		t.Fatalf("with pids.max 32, the shell must stop at a fork that is refused; it said %q", with)
	}
}

// The limit and the membership are there before the command's first instruction.
func TestLimitedBeforeExec(t *testing.T) {
	for _, max := range []string{"", "16", "64"} {
		c := layers(t, "fork-exec", "cgroup")
		c.Spec.Cgroup.PidsMax = max
		w := &groupAtExec{}
		c.Watcher = w
		output(t, c, "true")
		want := or(max, strconv.Itoa(steps.DefaultPidsMax))
		if w.pids.Limit() != want || filepath.Base(w.dir) != "limited" {
			t.Errorf("--pids-max %q: before execve the child was in %s with pids.max %s", max, w.dir, w.pids.Limit())
		}
		if w.threads > steps.MinPidsMax {
			t.Errorf("the child has %d threads: MinPidsMax is too low", w.threads)
		}
		t.Logf("threads before execve: %d", w.threads)
	}
}

type groupAtExec struct {
	dir     string
	pids    cgroup.Pids
	threads int
}

func (g *groupAtExec) Before(_ context.Context, m *container.Moment) error {
	if m.Name != "execve" {
		return nil
	}
	var err, err2 error
	g.dir, err = cgroup.Of(m.PID, "pids")
	g.pids, err2 = cgroup.ReadPids(g.dir)
	tasks, err3 := os.ReadDir("/proc/" + strconv.Itoa(m.PID) + "/task")
	g.threads = len(tasks)
	return errors.Join(err, err2, err3)
}

func (*groupAtExec) After(context.Context, *container.Moment) error { return nil }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func TestPidsMaxBadInput(t *testing.T) {
	for value, says := range map[string]string{
		"0":                    "at least one process",
		"-1":                   "at least one process",
		"1":                    "counts threads",
		"15":                   "counts threads",
		"513":                  "guard",
		"many":                 "not a number",
		"32x":                  "not a number",
		"max":                  "--without cgroup",
		"99999":                "guard",
		"99999999999999999999": "not a number",
	} {
		c := layers(t, "fork-exec", "cgroup")
		c.Spec.Cgroup.PidsMax = value
		c.Args = []string{"/bin/true"}
		_, err := c.Run(t.Context())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("pids.max %s: the error must say %q: %v", value, says, err)
		}
	}
}

// In a mount namespace of its own the test binary sees a read-only tree, or none.
func TestTreeThatCannotBeUsed(t *testing.T) {
	testenv.Root(t)
	if says := os.Getenv("INSIDE_BAD_TREE"); says != "" {
		inBadTree(t, says)
		return
	}
	tree, err := cgroup.Find("pids")
	if err != nil {
		t.Fatal(err)
	}
	for prepare, says := range map[string]string{
		"mount -o bind,remount,ro " + tree.Mount: "read-only",
		"umount -l " + tree.Mount:                noTree,
	} {
		cmd := exec.Command("unshare", "-m", "/bin/sh", "-c", prepare+` && exec "$0" -test.run '^TestTreeThatCannotBeUsed$' -test.v`, os.Args[0])
		cmd.Env = append(os.Environ(), "INSIDE_BAD_TREE="+says)
		out, err := cmd.CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("PASS: TestTreeThatCannotBeUsed")) {
			t.Errorf("after %s: %v\n%s", prepare, err, out)
		}
	}
}

// badTrees are the errors by what they say.
var badTrees = map[string]error{"read-only": syscall.EROFS, noTree: cgroup.ErrNotFound}

const noTree = "no mounted cgroup tree offers the pids controller"

func inBadTree(t *testing.T, says string) {
	c := layers(t, "fork-exec", "cgroup")
	c.Args = []string{"/bin/true"}
	_, err := c.Run(t.Context())
	if !errors.Is(err, steps.ErrUnsupported) || !strings.Contains(err.Error(), says) {
		t.Errorf("with the layer: the error must say %q: %v", says, err)
	}
	if why := badTrees[says]; !errors.Is(err, why) {
		t.Errorf("with the layer: the error must be %v: %v", why, err)
	}
	c = layers(t, "fork-exec")
	c.Args = []string{"/bin/true"}
	if _, err := c.Run(t.Context()); err != nil {
		t.Errorf("without the layer it must run: %v", err)
	}
}
