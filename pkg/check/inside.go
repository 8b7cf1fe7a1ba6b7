package check

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// places are where our program may lie in a root filesystem, the best one first.
var places = []string{"tmp", "dev/shm", "run", "var/tmp", "root", "."}

// guest is our program inside of somebody else's root filesystem.
type guest struct {
	path   string // as the shell names it
	dir    string // its directory, as the shell names it
	parent *os.File
	name   string // of the directory in its parent
}

// bring copies this program to where the shell can execute it. Its directory is
// reached through /proc/PID/root, and so it needs no leave of the container.
func bring(pid int) (*guest, error) {
	root, err := unix.Open(fmt.Sprintf("/proc/%d/root", pid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: fmt.Sprintf("/proc/%d/root", pid), Err: err}
	}
	defer unix.Close(root)
	var failed error
	for _, place := range places {
		g, err := bringTo(root, place)
		if err == nil {
			return g, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, fmt.Errorf("no directory of the root filesystem can be written: %w", failed)
}

func bringTo(root int, place string) (*guest, error) {
	// Its symbolic links lead to what is inside, as they do for the shell.
	fd, err := unix.Openat2(root, place, &unix.OpenHow{
		Flags: unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT,
	})
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: place, Err: err}
	}
	g := &guest{parent: os.NewFile(uintptr(fd), place), name: ".workshop-" + strings.ToLower(rand.Text()[:8])}
	g.dir = strings.TrimPrefix("/"+place+"/"+g.name, "/.")
	g.path = g.dir + "/workshop"
	if err := g.fill(); err != nil {
		return nil, errors.Join(err, g.remove())
	}
	return g, nil
}

// outside is the directory as we reach it.
func (g *guest) outside() string {
	return fmt.Sprintf("/proc/self/fd/%d/%s", g.parent.Fd(), g.name)
}

// fill makes the directory, in which the probes may write, and the copy.
func (g *guest) fill() error {
	if err := os.Mkdir(g.outside(), 0o755); err != nil {
		return err
	}
	if err := os.Chmod(g.outside(), 0o777); err != nil { // in a user namespace we are nobody
		return err
	}
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer self.Close()
	copied, err := os.OpenFile(g.outside()+"/workshop", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(copied, self)
	return errors.Join(err, copied.Chmod(0o755), copied.Close())
}

// remove takes the directory away. Its parent's descriptor is good for that when
// the container has ended, too.
func (g *guest) remove() error {
	defer g.parent.Close()
	return os.RemoveAll(g.outside())
}

// outcome is what came of one attack.
type outcome struct {
	attack.Result
	unclear string // why it says nothing; "" where it does
}

// attack has the shell execute a probe.
func (r *run) attack(ctx context.Context, g *guest, p *attack.Probe, a attack.Ask, s *observe.Snapshot) (o outcome, err error) {
	f, err := attack.Prepare(p, a)
	if err != nil {
		return o, err
	}
	defer f.End()
	line := strings.Join(append(append(f.Env, g.path), f.Args...), " ")
	output, status, err := r.ask(ctx, line, "$?")
	if err != nil {
		return outcome{unclear: err.Error()}, nil
	}
	code, _ := strconv.Atoi(status)
	result, began := f.Judge(output, code, s)
	o.Result = result
	if !began {
		o.unclear = notBegun(code)
	}
	return o, nil
}

// notBegun says why our own program did not run inside.
func notBegun(code int) string {
	switch {
	case code == 126:
		return "the container does not let our program be executed"
	case code == 127:
		return "the shell does not find our program"
	case code > 128:
		return "our program was killed by " + observe.SignalName(code-128) + " before it could begin"
	}
	return fmt.Sprintf("our program ended with exit code %d before it could begin", code)
}
