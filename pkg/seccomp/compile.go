package seccomp

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	lib "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Compile makes the filters of a policy, in the order in which they must be
// installed: the one that may forbid seccomp(2) itself comes last.
func (p *Policy) Compile() ([]Filter, error) {
	if native == nil {
		return nil, fmt.Errorf("no table of system calls for %s", runtime.GOARCH)
	}
	var list []Filter
	conditional := p.conditional()
	for _, call := range conditional {
		filters, err := p.onArguments(call)
		if err != nil {
			return nil, err
		}
		list = append(list, filters...)
	}
	base, err := p.base(conditional)
	return append(list, base), err
}

// base decides by the number of the call alone. A call with rules on its
// arguments passes: a filter on top of this one decides about it.
func (p *Policy) base(conditional []string) (Filter, error) {
	seen := make(map[string]bool)
	groups := []lib.SyscallGroup{{}} // the library refuses a list without any
	if len(conditional) > 0 {
		groups = append(groups, lib.SyscallGroup{Names: conditional, Action: lib.ActionAllow})
		for _, call := range conditional {
			seen[call] = true
		}
	}
	for _, r := range p.Rules {
		var names []string
		for _, call := range r.Calls {
			if !seen[call] {
				seen[call] = true
				names = append(names, call)
			}
		}
		groups = append(groups, lib.SyscallGroup{Names: names, Action: lib.Action(r.Action)})
	}
	f, err := p.filter(nil, groups, p.Default)
	if p.Has(Notify) {
		f.Flags |= unix.SECCOMP_FILTER_FLAG_NEW_LISTENER
	}
	return f, err
}

// conditional lists the calls that are decided by their arguments: those with a
// condition and without a rule that needs none.
func (p *Policy) conditional() []string {
	var calls []string
	certain := make(map[string]bool)
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

// onArguments makes the filters for one call with conditions. The first one
// gives the default where no condition holds; it takes one more for each rule
// that does something else than allow.
func (p *Policy) onArguments(call string) ([]Filter, error) {
	var list []Filter
	var holds []lib.NameWithConditions
	for _, r := range p.Rules {
		if !slices.Contains(r.Calls, call) {
			continue
		}
		conds := named(call, r.Conds)
		holds = append(holds, conds)
		if r.Action.Kind() == Notify {
			return nil, fmt.Errorf("%s: notify with a condition is not possible here", r.Text)
		}
		if r.Action != Allow {
			f, err := p.onCall(call, lib.Action(r.Action), Allow, conds)
			if err != nil {
				return nil, err
			}
			list = append(list, f)
		}
	}
	if p.Default == Allow {
		return list, nil
	}
	f, err := p.onCall(call, lib.ActionAllow, p.Default, holds...)
	return append(list, f), err
}

// onCall gives a filter that lets every other call pass. The library would
// compare the last argument that it loaded with the next number: hence the test
// of the number before, and only one call in a filter.
func (p *Policy) onCall(call string, match lib.Action, otherwise Action, holds ...lib.NameWithConditions) (Filter, error) {
	number, _ := Number(call)
	others := []bpf.Instruction{
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(number), SkipTrue: 1},
		bpf.RetConstant{Val: uint32(Allow)},
	}
	return p.filter(others, []lib.SyscallGroup{{NamesWithCondtions: holds, Action: match}}, otherwise)
}

func named(call string, conds []Cond) lib.NameWithConditions {
	n := lib.NameWithConditions{Name: call}
	for _, c := range conds {
		n.Conditions = append(n.Conditions, c.conditions()...)
	}
	return n
}

// filter assembles. first stands between the guard and the groups.
func (p *Policy) filter(first []bpf.Instruction, groups []lib.SyscallGroup, otherwise Action) (Filter, error) {
	// The library's own default knows no errno and no notification: kill-thread,
	// which nobody can ask for, holds its place.
	policy := &lib.Policy{DefaultAction: lib.ActionKillThread, Syscalls: groups}
	code, err := policy.Assemble()
	if err != nil {
		return Filter{}, fmt.Errorf("assemble the filter: %w", err)
	}
	for i, instruction := range code {
		if instruction == (bpf.RetConstant{Val: uint32(lib.ActionKillThread)}) {
			code[i] = bpf.RetConstant{Val: uint32(otherwise)}
		}
	}
	if !p.ForeignABI {
		if code, err = guarded(code); err != nil {
			return Filter{}, err
		}
	}
	at := afterNumber(code)
	raw, err := bpf.Assemble(slices.Insert(code, at, first...))
	if err != nil {
		return Filter{}, fmt.Errorf("assemble the filter: %w", err)
	}
	return newFilter(raw, p.Flags)
}

// x32 is amd64's second ABI: the same AUDIT_ARCH, and this bit in the number.
const x32 = 0x40000000

// guarded puts our guard in the place of the library's, which lets a call of
// another ABI fall through to the default action.
func guarded(code []bpf.Instruction) ([]bpf.Instruction, error) {
	guard := []bpf.Instruction{
		bpf.LoadAbsolute{Off: offsetArch, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(native.ID), SkipTrue: 1},
		bpf.RetConstant{Val: uint32(Kill)},
		bpf.LoadAbsolute{Off: offsetNumber, Size: 4},
	}
	if native.ID == arch.X86_64.ID {
		guard = append(guard,
			bpf.JumpIf{Cond: bpf.JumpGreaterOrEqual, Val: x32, SkipFalse: 1},
			bpf.RetConstant{Val: uint32(Kill)})
	}
	at := afterNumber(code)
	if at == 0 {
		return nil, errors.New("assemble the filter: the library's program does not load the number of the call")
	}
	return append(guard, code[at:]...), nil
}

// afterNumber finds where the number of the call is loaded and, on amd64, x32
// is dealt with.
func afterNumber(code []bpf.Instruction) int {
	at := slices.Index(code, bpf.Instruction(bpf.LoadAbsolute{Off: offsetNumber, Size: 4})) + 1
	if at > 0 && native.ID == arch.X86_64.ID {
		at += 2
	}
	return at
}
