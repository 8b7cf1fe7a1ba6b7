package attack

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Scene is what a probe attacks: made on the host before the container, for this
// one attack, and gone after it.
type Scene struct {
	Target string // what the probe is told of it

	// Enter and Leave are called on the thread that clones the container: just
	// before it does, and when the probe has ended. They may be nil. In another
	// program's container there is no Enter, and Leave is called on any thread.
	Enter, Leave func() error

	// Judge is nil where the host has felt the attack, or where what the probe
	// says that it read is true.
	Judge func(Result) error
	End   func()
}

// targetEnv is the variable that tells the probe its target.
const targetEnv = "WORKSHOP_TARGET"

// SecretFact is what a probe read that only the host should have.
const SecretFact = "host's secret"

var errNoTarget = errors.New(lang.N("this attack has a target on the host, which is made for it there: run it on the host, as root"))

// target is what the scene told.
func target() (string, error) {
	if s := os.Getenv(targetEnv); s != "" {
		return s, nil
	}
	return "", errNoTarget
}

// told is the same as an argument of the probe: another program that makes the
// container may not hand on the environment.
func (s *Staged) told() []string { return []string{TellFlag + "=" + strings.Join(s.tell, ",")} }

// Tell sets what a probe is told, in the process of the probe.
func Tell(variables []string) error {
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		if name != MarkerEnv && name != targetEnv {
			return fmt.Errorf("a probe is told of %s and %s, and not of %q", MarkerEnv, targetEnv, name)
		}
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

// Staged is a container about to be attacked.
type Staged struct {
	probe   *Probe
	scene   *Scene
	tell    []string // variables
	next    container.Watcher
	seccomp *steps.SeccompSettings // of the container; nil where another program makes it
	view    View
	left    error
}

// Stage makes the scene of a probe and tells the container of it. Call End.
func Stage(p *Probe, c *container.Container) (*Staged, error) {
	if err := withoutMain(); err != nil {
		return nil, err
	}
	marker, err := MarkerPath()
	if err != nil {
		return nil, container.Refusal(err)
	}
	s := &Staged{probe: p, next: c.Watcher, seccomp: &c.Spec.Seccomp, tell: []string{MarkerEnv + "=" + marker}}
	if p.Scene != nil {
		if s.scene, err = p.Scene(); err != nil {
			return nil, container.Refusal(fmt.Errorf("make what %s attacks: %w", p.Name, err))
		}
		s.tell = append(s.tell, targetEnv+"="+s.scene.Target)
	}
	c.Env = append(slices.Clone(or(c.Env, container.DefaultEnv())), s.tell...)
	if p.Scene != nil || p.Why != nil {
		c.Watcher = s
	}
	return s, nil
}

// End takes the scene away.
func (s *Staged) End() {
	if s.scene != nil && s.scene.End != nil {
		s.scene.End()
	}
}

// judge lets the host have the last word, and adds why the attack was stopped.
func (s *Staged) judge(r Result) Result {
	if r.Allowed {
		perhaps, err := s.filtered(r)
		if err = cmp.Or(err, s.unfelt(r)); err != nil {
			r.Allowed, r.Note, r.Errno, r.Reason = false, "", errname.Of(err), err.Error()
		} else if perhaps {
			r.Note = lang.F("%s is the kernel's own answer, or the filter's, which gives it for some arguments: this shows nothing", r.Calls[len(r.Calls)-1].Errno)
		}
	}
	switch {
	case s.view.Snapshot == nil:
	case r.Allowed && s.probe.Limit != nil:
		r.Why = s.probe.Limit(s.view)
	case !r.Allowed && r.Tried() && s.probe.Why != nil:
		r.Why = s.probe.Why(s.view, r)
	}
	return r
}

// unfelt is why the host has not felt an attack that the probe takes for made.
func (s *Staged) unfelt(r Result) error {
	if s.scene == nil {
		return nil
	}
	if s.left != nil || s.scene.Judge == nil {
		return s.left
	}
	return s.scene.Judge(r)
}

// filtered is the error of a call whose errno the probe takes for the kernel's, and
// that the filter itself gives; perhaps tells that the filter may have given it.
func (s *Staged) filtered(r Result) (perhaps bool, err error) {
	if s.seccomp == nil || len(r.Calls) == 0 {
		return false, nil
	}
	last := r.Calls[len(r.Calls)-1]
	name, _, _ := strings.Cut(last.Call, "(")
	gives := s.seccomp.Gives(name, s.probe.args)
	for _, errno := range gives {
		switch {
		case errno == 0 || unix.ErrnoName(errno) != last.Errno:
		case len(gives) > 1:
			return true, nil
		default:
			return false, fmt.Errorf(lang.T("%s: %w, which is the filter's own answer"), last.Call, errno)
		}
	}
	return false, nil
}

// Before enters the scene, and hands on.
func (s *Staged) Before(ctx context.Context, m *container.Moment) error {
	if m.Name == "clone" && s.scene != nil && s.scene.Enter != nil {
		if err := s.scene.Enter(); err != nil {
			return err
		}
	}
	if s.next == nil {
		return nil
	}
	return s.next.Before(ctx, m)
}

// After keeps how the process looked when the probe began, and hands on.
func (s *Staged) After(ctx context.Context, m *container.Moment) error {
	switch m.Name {
	case "clone":
		s.view.Supervisor = m.Before
	case "execve":
		s.view.Snapshot = m.After
	}
	if m.Name == "wait" && s.scene != nil && s.scene.Leave != nil {
		s.left = s.scene.Leave()
	}
	if s.next == nil {
		return nil
	}
	return s.next.After(ctx, m)
}

// shortName is one that nothing else has.
func shortName() string { return strings.ToLower(rand.Text()[:10]) }

// hostDecoy starts a process on the host that makes something of that kind, and
// gives the scene with it. It takes it away when its input ends, and so after a
// kill -9 of this process too.
func hostDecoy(kind string) (*Scene, *syscall.WaitStatus, error) {
	name, secret := shortName(), rand.Text()
	cmd := decoyCommand(kind, name)
	cmd.Env = []string{secretEnv + "=" + secret}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C is not for it
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	var status syscall.WaitStatus
	end := sync.OnceFunc(func() {
		stdin.Close()
		_ = cmd.Wait() // how it ended is in the status
		status, _ = cmd.ProcessState.Sys().(syscall.WaitStatus)
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		end()
		return nil, nil, fmt.Errorf("the decoy made nothing: exit code %d", status.ExitStatus())
	}
	return &Scene{Target: strings.TrimSpace(line), End: end, Judge: mustRead(SecretFact, secret)}, &status, nil
}

// mustRead judges by what the host has.
func mustRead(fact, want string) func(Result) error {
	return func(r Result) error {
		if r.Facts[fact] != want {
			return errors.New(lang.T("what it read is not what the host has there"))
		}
		return nil
	}
}
