package seccomp

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sys/unix"
)

// tooNew is for calls that are newer than all that a profile names, as in runc: a
// library that asks for one takes it for an older kernel, and has another way.
const tooNew = Errno | Action(unix.ENOSYS)

// Compile makes the filter of a policy: first the guard and what is too new for a
// profile, then the calls that are decided by their number alone, then those with
// conditions on their arguments, and what none of them is gets the default.
func (p *Policy) Compile() (Filter, error) {
	if native == nil {
		return Filter{}, fmt.Errorf("no table of system calls for %s", runtime.GOARCH)
	}
	if err := p.check(); err != nil {
		return Filter{}, err
	}
	lines := guard()
	if p.ForeignABI {
		lines = []line{load(offsetNumber)}
	}
	if p.newest > 0 {
		lines = append(lines, ask(unix.BPF_JGT, uint32(p.newest), 0, 1), answer(tooNew))
	}
	conditional := p.conditional()
	lines = append(lines, p.unconditional(conditional)...)
	for _, call := range conditional {
		lines = append(lines, byArguments(call, p.about(call), p.Default)...)
	}
	return p.filter(append(lines, answer(p.Default)))
}

// check looks at what ParseRules and LoadProfile have looked at, and who makes a
// policy by hand has not.
func (p *Policy) check() error {
	if p.Default.Kind() == 0 {
		return errors.New("no default action: say what happens to the calls that no rule names, such as Allow")
	}
	for _, r := range p.Rules {
		if r.Action.Kind() == 0 {
			return fmt.Errorf("a rule without an action for %q", r.Calls)
		}
		for _, call := range r.Calls {
			_, here := Number(call)
			switch {
			case here:
			case elsewhere(call):
				return errors.New(absent(call))
			default:
				return unknownCall(call)
			}
		}
		for _, c := range r.Conds {
			if err := c.check(); err != nil {
				return err
			}
		}
	}
	return nil
}

// unconditional decides about all calls but some: the first rule without a
// condition counts.
func (p *Policy) unconditional(but []string) []line {
	seen := make(map[string]bool, len(native.calls))
	for _, call := range but {
		seen[call] = true
	}
	var lines []line
	for _, r := range p.Rules {
		if len(r.Conds) > 0 {
			continue
		}
		var calls []string
		for _, call := range r.Calls {
			if !seen[call] {
				seen[call] = true
				calls = append(calls, call)
			}
		}
		lines = append(lines, byNumber(calls, r.Action)...)
	}
	return lines
}

// conditional lists the calls that are decided by their arguments: those with a
// condition and without a rule that needs none.
func (p *Policy) conditional() []string {
	var calls []string
	certain := make(map[string]bool, len(native.calls))
	for _, r := range p.Rules {
		for _, call := range r.Calls {
			if _, seen := certain[call]; !seen && len(r.Conds) > 0 {
				calls = append(calls, call)
			}
			certain[call] = certain[call] || len(r.Conds) == 0
		}
	}
	return slices.DeleteFunc(calls, func(call string) bool { return certain[call] })
}

// about gives the rules for a call, the strictest first: where several hold, it
// counts.
func (p *Policy) about(call string) []Rule {
	var rules []Rule
	for _, r := range p.Rules {
		if slices.Contains(r.Calls, call) {
			rules = append(rules, r)
		}
	}
	slices.SortStableFunc(rules, func(a, b Rule) int { return cmp.Compare(int32(a.Action.Kind()), int32(b.Action.Kind())) })
	return rules
}

// filter makes the lines what seccomp(2) takes.
func (p *Policy) filter(lines []line) (Filter, error) {
	if len(lines) > unix.BPF_MAXINSNS {
		return Filter{}, fmt.Errorf("a filter of %d instructions: the kernel takes at most %d", len(lines), unix.BPF_MAXINSNS)
	}
	f := Filter{Flags: p.Flags, Code: make(Program, 0, len(lines))}
	for _, l := range lines {
		if max(l.yes, l.no) > longest {
			return Filter{}, fmt.Errorf("a jump over %d instructions: the kernel takes at most %d", max(l.yes, l.no), longest)
		}
		f.Code = append(f.Code, unix.SockFilter{Code: l.code, Jt: uint8(l.yes), Jf: uint8(l.no), K: l.k})
	}
	if p.Has(Notify) {
		f.Flags |= unix.SECCOMP_FILTER_FLAG_NEW_LISTENER
	}
	return f, nil
}
