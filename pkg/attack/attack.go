// Package attack holds the probes: small programs that each try one thing from
// inside a container, with bare system calls, and report the errno.
//
// A probe is an effect on things that it owns itself, or a call with bad
// pointers, which the kernel lets through or not and which does nothing. None
// writes to the host.
//
// A probe is this same program, executed again inside of the container: one that
// imports this package calls [Main] first. Without that the probe is never heard,
// and its result is not [Result.Tried]. It begins the program anew instead, and
// there [Against] is an error.
package attack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Probe is one attack.
type Probe struct {
	Name  string         // as in workshop attack NAME
	Stops string         // the step that must stop it
	Tries string         // half a line: what it tries
	Run   func(*T) error // nil: the attack succeeded; else what stopped it

	// Scene makes what it attacks, on the host. It may be nil.
	Scene func() (*Scene, error)

	// args are the arguments of its last call, by which a filter may decide, as far as
	// they are known beforehand.
	args map[int]uint64

	// InRoot is for an attack on a file of the root filesystem: without the step
	// chroot at least it would be one on the host's, which may not have it.
	InRoot bool

	// Capability is the one that it needs, where it is a matter of one: then
	// the capabilities step stops it by dropping that one.
	Capability string

	// Says is a sentence for a result of which neither "succeeded" nor "stopped" is
	// the whole truth, "" for another one. It may be nil.
	Says func(Result) string

	// Why explains from outside, from what the kernel shows of the process, why
	// the attack was stopped; "" is nothing more than the errno. It may be nil.
	Why func(View, Result) string

	// Limit says in the same way what an attack that succeeded is not worth; "" is
	// nothing. It may be nil.
	Limit func(View) string
}

// probes is the list of all attacks.
var probes = []*Probe{
	HostFile, ChrootEscape, MountOutside,
	HostProcesses, KillHostProcess, Rename, SharedMemory, MessageQueue,
	HostLoopback, AbstractSocket, HostCgroup, HostUptime,
	ForkBomb,
	SetClock, Chroot, Mknod, Mount, KillOther, Ptrace, BindLowPort, RawSocket,
	Reboot, OpenHandle,
	Mkdir, Fchownat, Keyctl, Unshare, MountCall, BPF, PerfEvent, Userfaultfd, Clone3,
	Personality, Vsock, ForeignABI,
	OwnFile, RunTop, CorePattern,
}

// All lists the probes.
func All() []*Probe { return slices.Clone(probes) }

// Lookup finds a probe. The error names the nearest one.
func Lookup(name string) (*Probe, error) {
	if OldMkdir != nil && name == OldMkdir.Name {
		return OldMkdir, nil // half of an attack: Mkdir is in the list
	}
	var names []string
	for _, p := range probes {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, fmt.Errorf("no attack %q%s; the attacks are %s",
		name, nearest.Hint(name, names), strings.Join(names, ", "))
}

// Verdict says in a sentence what came of the attack.
func (p *Probe) Verdict(r Result) string {
	if p.Says != nil {
		if says := p.Says(r); says != "" {
			return says
		}
	}
	if r.Allowed {
		return lang.F("The attack succeeded: %s.", lang.T(p.Tries))
	}
	return lang.F("The attack was stopped: %s.", lang.T(r.Reason))
}

// Call is one system call of a probe.
type Call struct {
	Call  string `json:"call"`            // as strace would write it
	Errno string `json:"errno,omitempty"` // "EPERM"; empty where it succeeded
}

// ErrImpossible is in the error of a probe that cannot be tried on this machine.
var ErrImpossible = errors.New("not possible on this machine")

// impossible is such an error, and why.
type impossible string

func (i impossible) Error() string { return lang.F("not possible on this machine: %s", string(i)) }

func (i impossible) Unwrap() error { return ErrImpossible }

// Result is what a probe found.
type Result struct {
	Probe   string `json:"probe"`
	Allowed bool   `json:"allowed"` // the attack succeeded
	Errno   string `json:"errno,omitempty"`
	Reason  string `json:"reason,omitempty"` // what stopped it, in words
	Why     string `json:"why,omitempty"`    // the same as the kernel shows it from outside, or what limits a success
	Note    string `json:"note,omitempty"`   // what the errno of the last call shows, where that was wrong on purpose

	// Impossible tells that this machine has nothing to attack in that way,
	// whatever the layers: see ErrImpossible.
	Impossible bool `json:"impossible,omitempty"`

	killed bool // the probe began, and a filter killed it
	lost   bool // it did not even begin: nothing is known

	Facts map[string]string `json:"facts,omitempty"` // what it read, such as the device and inode of /
	Calls []Call            `json:"calls,omitempty"`
}

// Tried tells of an attack that did not succeed whether it was made at all: a probe
// that could not even prepare it shows nothing. One that a filter killed has come
// that far. One that found nothing in its way may have made no call.
func (r Result) Tried() bool { return r.killed || len(r.Calls) > 0 }

// T is what a running probe has: it shows the calls and keeps the facts.
type T struct {
	out    io.Writer
	result Result
}

// Do makes one system call and shows it as it happens.
func (t *T) Do(call string, do func() error) error {
	err := do()
	call = lang.T(call) // a few are no call, but words
	c := Call{Call: call, Errno: errname.Of(err)}
	t.result.Calls = append(t.result.Calls, c)
	if err != nil {
		t.show(call, fmt.Sprintf("%s (%v)", c.Errno, err))
		return fmt.Errorf("%s: %w", call, err)
	}
	t.show(call, "ok")
	return nil
}

// columns is how wide a line may be, and resultColumn where the result of a call
// begins: behind it there is room for nearly every errno.
const (
	columns      = 80
	resultColumn = 43
)

// show writes a call and its result; where both do not fit into a line, into two.
func (t *T) show(call, result string) {
	line := ui.Pad("  "+call, resultColumn) + " = " + result
	if !ui.Fits(line, columns) {
		at := min(resultColumn, columns-ui.Width(" = "+result))
		line = "  " + call + "\n" + ui.Pad("", at) + " = " + result
	}
	fmt.Fprintln(t.out, line)
}

// Note shows a sentence between the calls.
func (t *T) Note(text string) { ui.New(t.out).Text(text, 2) }

// Fact keeps what the probe read, and shows it.
func (t *T) Fact(name, value string) {
	if t.result.Facts == nil {
		t.result.Facts = make(map[string]string)
	}
	t.result.Facts[name] = value
	fmt.Fprintf(t.out, "  %s %s\n", ui.Pad(lang.T(name)+":", 28), value)
}

// Try runs a probe in this process and shows its calls on out. What ends it by
// SIGSYS ends this process.
func Try(p *Probe, out io.Writer) Result {
	dieOf(unix.SIGSYS)
	t := &T{out: out, result: Result{Probe: p.Name}}
	err := thread.Do(func() error {
		defer endWithThread()()
		return p.Run(t)
	})
	t.result.Allowed = err == nil
	if err != nil {
		t.result.Errno, t.result.Reason = errname.Of(err), err.Error()
		t.result.Impossible = errors.Is(err, ErrImpossible)
	}
	return t.result
}

// dieOf lets a signal do what it does by default: of one that the kernel sends for
// a call, the Go runtime would print its registers, and exit.
func dieOf(sig unix.Signal) {
	var action [4]uintptr // struct sigaction: SIG_DFL is 0
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
}

// event is one line of what a probe says to Against: that it has begun, something
// to show, or the end.
type event struct {
	Line   string  `json:"line,omitempty"`
	Result *Result `json:"result,omitempty"`
}

// lines turns what is written into events.
type lines struct{ enc *json.Encoder }

func (l lines) Write(b []byte) (int, error) {
	return len(b), l.enc.Encode(event{Line: string(b)})
}

// Report runs a probe in this process for Against, which reads out.
func Report(p *Probe, out io.Writer) error {
	enc := json.NewEncoder(out)
	if err := enc.Encode(event{}); err != nil { // it has begun: what kills it from here on stops the attack
		return err
	}
	r := Try(p, lines{enc})
	return enc.Encode(event{Result: &r})
}

// TellFlag is the argument with what a probe is told of the host.
const TellFlag = "--tell"

// Main is the inside of Against: where this process was started as a probe it
// runs it, reports and exits. A test binary calls it in TestMain.
func Main() {
	if len(os.Args) < 3 || os.Args[1] != probeCommand {
		return
	}
	p, err := Lookup(os.Args[2])
	for _, arg := range os.Args[3:] {
		if told, ok := strings.CutPrefix(arg, TellFlag+"="); ok && err == nil {
			err = Tell(strings.Split(told, ","))
		}
	}
	if err == nil {
		err = Report(p, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(0)
}
