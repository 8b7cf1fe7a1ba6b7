package seccomp

import (
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// Policy is a list of rules, and what happens to the calls that none names.
type Policy struct {
	Name        string // where it comes from: a file, or "" for rules
	Default     Action
	defaultText string
	Rules       []Rule
	Flags       uint     // SECCOMP_FILTER_FLAG_* of seccomp(2)
	missing     []string // calls that a profile names and this architecture has not
	newest      int      // of a profile that forbids the rest: the highest number that it names; else 0

	// ForeignABI leaves out the guard that kills a process for a call through
	// another ABI, to show what that is good for.
	ForeignABI bool
}

// Has tells whether a rule has an action of that kind.
func (p *Policy) Has(kind Action) bool {
	return p.Default.Kind() == kind ||
		slices.ContainsFunc(p.Rules, func(r Rule) bool { return r.Action.Kind() == kind })
}

// Of gives the action for a call. It is certain unless rules ask about the
// arguments, and none does without: then it is what happens if none of them
// applies.
func (p *Policy) Of(call string) (action Action, certain bool) {
	if number, ok := Number(call); ok && p.newest > 0 && number > p.newest {
		return tooNew, true
	}
	certain = true
	for _, r := range p.Rules {
		switch {
		case !slices.Contains(r.Calls, call):
		case len(r.Conds) == 0:
			return r.Action, true
		default:
			certain = false
		}
	}
	return p.Default, certain
}

// Skipped lists the calls that a profile names and no table here knows.
func (p *Policy) Skipped() []string {
	return slices.DeleteFunc(slices.Clone(p.missing), elsewhere)
}

// Words names the policy: the file, or the rules.
func (p *Policy) Words() string {
	if p.Name != "" {
		return lang.T(p.Name)
	}
	var rules []string
	for _, r := range p.Rules {
		rules = append(rules, r.Text)
	}
	return strings.Join(rules, ", ")
}

// RuleFor gives the words of the first rule that names the call, else of the
// default.
func (p *Policy) RuleFor(call string) string {
	for _, r := range p.Rules {
		if slices.Contains(r.Calls, call) {
			return p.where(r.Text)
		}
	}
	return p.where(p.defaultText)
}

// Names tells whether a rule names the call, so that none of another action can be added.
func (p *Policy) Names(call string) bool {
	return slices.ContainsFunc(p.Rules, func(r Rule) bool { return slices.Contains(r.Calls, call) })
}

func (p *Policy) where(text string) string {
	if p.Name != "" {
		return text + " in " + p.Name
	}
	return text
}

// Answers gives what the supervisor says to each call of the notify rules.
func (p *Policy) Answers() map[string]Answer {
	answers := make(map[string]Answer)
	for _, r := range p.Rules {
		for _, call := range r.Calls {
			if r.Action.Kind() == Notify {
				answers[call] = r.Answer
			}
		}
	}
	return answers
}
