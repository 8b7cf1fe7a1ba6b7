package seccomp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	docker "github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// Docker is the name of Docker's own default profile, instead of a file.
const Docker = "docker"

// maxProfile is the largest profile that is read: Docker's own has 18 kB.
const maxProfile = 1 << 20

// LoadProfile reads a profile in Docker's JSON format, or Docker's own default.
// A profile asks which capabilities the container has: caps are their names.
func LoadProfile(name string, caps []string) (*Policy, error) {
	if name == Docker {
		profile, err := docker.GetDefaultProfile(spec(caps))
		if err != nil {
			return nil, fmt.Errorf("make Docker's default profile: %w", err)
		}
		return fromSpec(lang.N("Docker's default profile"), profile)
	}
	body, err := ReadProfile(name)
	if err != nil {
		return nil, err
	}
	return ParseProfile(name, body, caps)
}

// ReadProfile reads the file of a profile, for ParseProfile.
func ReadProfile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w; a profile is a JSON file, or docker, or unconfined", err)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxProfile+1))
	switch {
	case err != nil:
		return nil, err
	case len(body) > maxProfile:
		return nil, fmt.Errorf("%s: larger than %d kB, and Docker's own profile has 18: is this a seccomp profile?", path, maxProfile>>10)
	case len(bytes.TrimSpace(body)) == 0:
		return nil, fmt.Errorf("%s: empty: no profile", path)
	}
	return body, nil
}

// ParseProfile reads a profile from JSON. name is for messages.
func ParseProfile(name string, body []byte, caps []string) (*Policy, error) {
	var file docker.Seccomp
	if err := json.Unmarshal(body, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, whereInJSON(body, err))
	}
	if err := checkKeys(body); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if file.DefaultAction == "" {
		return nil, fmt.Errorf("%s: no \"defaultAction\": the profile says nothing", name)
	}
	if slices.Contains(file.Syscalls, nil) {
		return nil, fmt.Errorf("%s: null among \"syscalls\"", name)
	}
	for i, s := range file.Syscalls {
		if err := checkSyscall(s); err != nil {
			return nil, fmt.Errorf("%s: syscalls[%d]: %w", name, i, err)
		}
	}
	profile, err := docker.LoadProfile(string(body), spec(caps))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return fromSpec(name, profile)
}

// whereInJSON says at which line the file is wrong, or that it just ends.
func whereInJSON(body []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	body = bytes.TrimRight(body, " \t\r\n")
	line := func(offset int64) int { return 1 + bytes.Count(body[:min(offset, int64(len(body)))], []byte("\n")) }
	switch {
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(body)):
		return fmt.Errorf("cut off: it ends in line %d in the middle: %w", line(syntax.Offset), err)
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %w", line(syntax.Offset), err)
	case errors.As(err, &kind):
		return fmt.Errorf("line %d: %w", line(kind.Offset), wrongKind(kind))
	}
	return err
}

// spec is as much of a runtime's configuration as a profile asks for.
func spec(caps []string) *specs.Spec {
	return &specs.Spec{Process: &specs.Process{Capabilities: &specs.LinuxCapabilities{Bounding: caps}}}
}

var profileActions = map[specs.LinuxSeccompAction]Action{
	specs.ActKill:        Kill, // libseccomp: the thread
	specs.ActKillThread:  Kill,
	specs.ActKillProcess: Kill,
	specs.ActTrap:        Trap,
	specs.ActErrno:       Errno,
	specs.ActNotify:      Notify,
	specs.ActTrace:       Trace,
	specs.ActLog:         Log,
	specs.ActAllow:       Allow,
}

var profileFlags = map[specs.LinuxSeccompFlag]uint{
	specs.LinuxSeccompFlagLog:              unix.SECCOMP_FILTER_FLAG_LOG,
	specs.LinuxSeccompFlagSpecAllow:        unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW,
	specs.LinuxSeccompFlagWaitKillableRecv: 0, // about listeners, which we only make ourselves
}

// actionOf reads an action of a profile.
func actionOf(name specs.LinuxSeccompAction, errno *uint) (Action, error) {
	action, ok := profileActions[name]
	if !ok {
		return 0, unknown("action", name, profileActions)
	}
	if action != Errno {
		return action, nil
	}
	if errno == nil {
		return Refuse(unix.EPERM), nil
	}
	if *errno > maxErrno {
		return 0, fmt.Errorf("errnoRet %d: the highest errno is %d", *errno, maxErrno)
	}
	return Refuse(unix.Errno(*errno)), nil
}

// unknown says which of the names of a table was probably meant.
func unknown[K ~string, V any](what string, name K, table map[K]V) error {
	var names []string
	for _, n := range slices.Sorted(maps.Keys(table)) {
		names = append(names, string(n))
	}
	return fmt.Errorf("no %s %q%s", what, name, nearest.Hint(string(name), names))
}

// checkSyscall refuses what Docker's loader would take as it is.
func checkSyscall(s *docker.Syscall) error {
	action, err := actionOf(s.Action, s.ErrnoRet)
	if err != nil {
		return err
	}
	names := s.Names
	if s.Name != "" { //nolint:staticcheck // old profiles have it
		names = append(names, s.Name) //nolint:staticcheck // as above
	}
	if len(names) == 0 {
		return errors.New("no \"names\"")
	}
	for _, name := range names {
		// What a filter does not know it cannot allow, which only makes it
		// stricter. What it does not know it cannot forbid either: a hole.
		if action != Allow && !elsewhere(name) {
			return unknownCall(name)
		}
	}
	return checkArgs(s.Args)
}

func checkArgs(args []specs.LinuxSeccompArg) error {
	for _, a := range args {
		if err := condOf(a).check(); err != nil {
			return err
		}
	}
	return nil
}

// fromSpec makes a policy of what applies to this machine and container.
func fromSpec(name string, profile *specs.LinuxSeccomp) (*Policy, error) {
	p := &Policy{Name: name, defaultText: "defaultAction " + string(profile.DefaultAction)}
	var err error
	if p.Default, err = actionOf(profile.DefaultAction, profile.DefaultErrnoRet); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, flag := range profile.Flags {
		bit, ok := profileFlags[flag]
		if !ok {
			return nil, fmt.Errorf("%s: %w", name, unknown("flag", flag, profileFlags))
		}
		p.Flags |= bit
	}
	for _, s := range profile.Syscalls {
		if err := p.addSyscall(s); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if p.Default.Kind() == Notify {
		return nil, fmt.Errorf("%s: defaultAction SCMP_ACT_NOTIFY: each call would wait for the supervisor; name the calls", name)
	}
	if p.Default == Allow && len(p.Rules) == 0 {
		return nil, fmt.Errorf("%s: it allows everything: no rule under \"syscalls\" applies here", name)
	}
	if stricter(p.Default, Notify) {
		p.newest = p.highest()
	}
	return p, nil
}

// highest is the highest number that a rule names.
func (p *Policy) highest() int {
	highest := 0
	for _, r := range p.Rules {
		for _, call := range r.Calls {
			number, _ := Number(call)
			highest = max(highest, number)
		}
	}
	return highest
}

func (p *Policy) addSyscall(s specs.LinuxSyscall) error {
	action, err := actionOf(s.Action, s.ErrnoRet)
	if err != nil {
		return err
	}
	r := Rule{Text: string(s.Action), Action: action, Answer: Answer{Continue: true}}
	for _, name := range s.Names {
		if _, ok := Number(name); ok {
			r.Calls = append(r.Calls, name)
		} else {
			p.missing = append(p.missing, name)
		}
	}
	if len(r.Calls) == 0 {
		return nil
	}
	for _, conds := range conditions(s.Args) {
		r.Conds = conds
		p.Rules = append(p.Rules, r)
	}
	return nil
}

// conditions gives the alternatives, as runc has them: all conditions of a rule
// must hold, unless two of them are about the same argument; then one is enough.
func conditions(args []specs.LinuxSeccompArg) [][]Cond {
	var all []Cond
	var each [][]Cond
	seen, twice := make(map[uint]bool), false
	for _, a := range args {
		c := condOf(a)
		all, each = append(all, c), append(each, []Cond{c})
		twice = twice || seen[a.Index]
		seen[a.Index] = true
	}
	if twice {
		return each
	}
	return [][]Cond{all}
}
