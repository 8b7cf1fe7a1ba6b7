package seccomp

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Every stands in a rule for each call that no other rule names.
const Every = "*"

// Rule says what happens to some system calls.
type Rule struct {
	Text   string // as it was written, for messages
	Action Action
	Answer Answer // to Notify
	Calls  []string
	Conds  []Cond // all of them must hold; none: whatever the arguments
}

// ParseRule reads "ACTION[=VALUE]:CALL[,CALL...]", such as
// "kill:mkdir,mkdirat", "errno=EPERM:chroot" or "trace:*". It leaves out the
// calls that another architecture has and this one has not, unless that leaves
// none.
func ParseRule(text string) (Rule, error) {
	action, calls, ok := strings.Cut(text, ":")
	if !ok {
		return Rule{}, fmt.Errorf("rule %q: a rule is ACTION:CALL,CALL..., such as kill:mkdir,mkdirat", text)
	}
	r := Rule{Text: text}
	var err error
	if r.Action, r.Answer, err = parseAction(action); err != nil {
		return Rule{}, fmt.Errorf("rule %q: %w", text, err)
	}
	if r.Calls, err = parseCalls(calls); err != nil {
		return Rule{}, fmt.Errorf("rule %q: %w", text, err)
	}
	return r, r.check()
}

func parseCalls(list string) ([]string, error) {
	var calls []string
	var missing error
	for _, name := range strings.Split(list, ",") {
		name = strings.TrimSpace(name)
		_, here := Number(name)
		switch {
		case name == "":
			return nil, errors.New("a system call's name is missing after the colon or a comma")
		case here || name == Every:
			if !slices.Contains(calls, name) {
				calls = append(calls, name)
			}
		case elsewhere(name):
			missing = errors.New(absent(name))
		default:
			return nil, unknownCall(name)
		}
	}
	if len(calls) == 0 {
		return nil, missing
	}
	return calls, nil
}

// check refuses what would stop the child before its supervisor listens.
func (r *Rule) check() error {
	if r.Action == Notify && slices.Contains(r.Calls, Every) {
		return fmt.Errorf("rule %q: name the calls: each of them waits for the supervisor; to see every call: trace:*", r.Text)
	}
	return nil
}

// ParseRules reads rules into a policy that allows what no rule names.
func ParseRules(texts []string) (*Policy, error) {
	p := &Policy{Default: Allow}
	owner := make(map[string]string)
	for _, text := range texts {
		r, err := ParseRule(text)
		if err != nil {
			return nil, err
		}
		for _, call := range r.Calls {
			if other, twice := owner[call]; twice {
				return nil, fmt.Errorf("%s is in two rules, %q and %q: which one is meant?", call, other, text)
			}
			owner[call] = text
		}
		p.add(r)
	}
	return p, nil
}

// add takes a rule in, and Every out of it.
func (p *Policy) add(r Rule) {
	if i := slices.Index(r.Calls, Every); i >= 0 {
		p.Default, p.defaultText = r.Action, r.Text
		r.Calls = slices.Delete(slices.Clone(r.Calls), i, i+1)
	}
	p.Rules = append(p.Rules, r)
}
