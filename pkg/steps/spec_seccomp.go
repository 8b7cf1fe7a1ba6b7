package steps

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
)

// Unconfined as a profile means no filter at all.
const Unconfined = "unconfined"

// SeccompSettings are the settings of the seccomp step. The zero value is
// Docker's default profile, and DefaultSeccompRule on top. With rules or a
// profile there are those, and nothing else.
type SeccompSettings struct {
	Rules      []string `json:",omitempty"` // see seccomp.ParseRule: "kill:mkdir,mkdirat"
	Profile    string   `json:",omitempty"` // a file in Docker's JSON format, "docker", "unconfined", or ""
	ForeignABI bool     `json:",omitempty"` // leave open the hole of calls through another ABI, to show it

	// SameFilter tells a profile of the capabilities that the capabilities layer
	// leaves, also where that layer does not run: so with and without it the
	// filter is the same, and can be compared.
	SameFilter bool `json:",omitempty"`

	// Filters is what the step's Check has compiled the others to.
	Filters []seccomp.Filter `json:",omitempty"`

	text     []byte            // the profile's, after Read
	policies []*seccomp.Policy // what Check read, for Traces, Answers, Words and Skipped
}

// DefaultSeccompRule is the talk's: a root shell whose mkdir and chown the kernel
// kills. fchown, on a file that is open, is not on the list.
const DefaultSeccompRule = "kill:mkdir,mkdirat,chown,lchown,fchownat"

// Read takes in the profile's file for all runs that get a copy of these settings: a
// pipe gives it only once. Without it each run reads it again.
func (c *SeccompSettings) Read() (err error) {
	if c.Profile != "" && c.Profile != Unconfined && c.Profile != seccomp.Docker {
		c.text, err = seccomp.ReadProfile(c.Profile)
	}
	return err
}

// Policies reads the rules and the profile. caps are the names of the
// capabilities that the container has, which a profile may ask about.
func (c *SeccompSettings) Policies(caps []string) ([]*seccomp.Policy, error) {
	rules, profile := c.Rules, c.Profile
	if len(rules) == 0 && profile == "" {
		rules, profile = []string{DefaultSeccompRule}, seccomp.Docker
	}
	var list []*seccomp.Policy
	if len(rules) > 0 {
		p, err := seccomp.ParseRules(rules)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	if profile != "" && profile != Unconfined {
		p, err := c.load(profile, caps)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	for _, p := range list {
		p.ForeignABI = c.ForeignABI
	}
	return list, nil
}

func (c *SeccompSettings) load(profile string, caps []string) (*seccomp.Policy, error) {
	if c.text != nil {
		return seccomp.ParseProfile(profile, c.text, caps)
	}
	return seccomp.LoadProfile(profile, caps)
}

// Traces tells whether the supervisor must trace the process: a call of a trace
// rule fails with ENOSYS where nobody does. After Check only.
func (c *SeccompSettings) Traces() bool {
	return slices.ContainsFunc(c.policies, func(p *seccomp.Policy) bool { return p.Has(seccomp.Trace) })
}

// Answers gives what the supervisor has to say to the calls of notify rules; nil
// where there are none. After Check only.
func (c *SeccompSettings) Answers() map[string]seccomp.Answer {
	for _, p := range c.policies {
		if p.Has(seccomp.Notify) {
			return p.Answers()
		}
	}
	return nil
}

// Gives lists the errnos that a call can get from the filters, or from who answers for
// them; 0 is none. It can be several where the filters ask for arguments other than
// those, which are given by their index. After Check only.
func (c *SeccompSettings) Gives(call string, args map[int]uint64) []unix.Errno {
	number, known := seccomp.Number(call)
	if !known {
		return nil
	}
	var list []unix.Errno
	for _, a := range seccomp.OutcomesWith(c.Filters, number, args) {
		switch a.Kind() {
		case seccomp.Errno:
			list = append(list, a.Errno())
		case seccomp.Notify:
			list = append(list, c.Answers()[call].Errno)
		default:
			list = append(list, 0)
		}
	}
	return list
}

// Words says in half a line what the settings are. After Check only.
func (c *SeccompSettings) Words() string {
	var words []string
	for _, p := range c.policies {
		words = append(words, p.Words())
	}
	if len(words) == 0 {
		return lang.T("no filter")
	}
	return strings.Join(words, lang.T(" and "))
}

// Skipped lists the calls that a profile allows and that are not known here. After
// Check only.
func (c *SeccompSettings) Skipped() []string {
	var names []string
	for _, p := range c.policies {
		names = append(names, p.Skipped()...)
	}
	return names
}

// compileFilters makes the filters, before anything is started.
func compileFilters(s *Spec) error {
	c := &s.Seccomp
	keep, err := s.capabilitiesLeft()
	if err != nil {
		return err
	}
	if c.policies, err = c.Policies(observe.CapNames(keep)); err != nil {
		return err
	}
	if err := c.sort(); err != nil {
		return err
	}
	c.Filters = nil
	for _, p := range c.policies {
		if err := childCanLive(p); err != nil {
			return err
		}
		f, err := p.Compile()
		if err != nil {
			return err
		}
		c.Filters = append(c.Filters, f)
	}
	return nil
}

// sort puts what forbids seccomp(2) last: nothing could be installed after it.
func (c *SeccompSettings) sort() error {
	if len(c.policies) < 2 || makes(c.policies[0], "seccomp") {
		return c.onlyOneListens()
	}
	if !makes(c.policies[1], "seccomp") {
		return fmt.Errorf("both %s and %s forbid seccomp, so the second could not be installed after the first",
			c.policies[0].RuleFor("seccomp"), c.policies[1].RuleFor("seccomp"))
	}
	slices.Reverse(c.policies)
	return c.onlyOneListens()
}

func (c *SeccompSettings) onlyOneListens() error {
	if len(c.policies) == 2 && c.policies[0].Has(seccomp.Notify) && c.policies[1].Has(seccomp.Notify) {
		return errors.New("both a rule and the profile notify, and the kernel gives a process only one listener")
	}
	return nil
}

func makes(p *seccomp.Policy, call string) bool {
	action, _ := p.Of(call)
	return action.Makes()
}

// needed are the calls that the child makes under its filter.
var needed = []struct{ call, why string }{
	{"execve", "which starts the command itself"},
	{"futex", "with which the child waits for the order to execute the command"},
}

// NeededToStart names the system calls without which no command can start under a
// filter.
func NeededToStart() []string {
	var calls []string
	for _, n := range needed {
		calls = append(calls, n.call)
	}
	return calls
}

// childCanLive refuses rules under which no command could ever start: the filter
// is there before the execve, and must be.
func childCanLive(p *seccomp.Policy) error {
	for _, need := range needed {
		action, _ := p.Of(need.call)
		goesOn := action.Kind() == seccomp.Notify && need.call == "execve" && p.Answers()[need.call].Continue
		if !action.Makes() && !goesOn && action.Kind() != seccomp.Trace {
			return fmt.Errorf("your own rule, %s, forbids %s, %s: the filter is there before, so no command could start under it; %s",
				p.RuleFor(need.call), need.call, need.why, howToAllow(p, need.call))
		}
	}
	return nil
}

// howToAllow says how a call can be allowed: one that a rule names already is in no
// other, and what a profile forbids no rule allows.
func howToAllow(p *seccomp.Policy, call string) string {
	switch {
	case p.Name != "":
		return "let the profile allow " + strings.Join(NeededToStart(), " and ")
	case p.Names(call):
		return fmt.Sprintf("take %s out of that rule", call)
	}
	return "add the rule allow:" + strings.Join(NeededToStart(), ",")
}

// capabilitiesLeft is the bounding set that the container will have, or the one
// that its filters are made for.
func (s *Spec) capabilitiesLeft() (uint64, error) {
	had := boundingSet()
	if !s.Has(Capabilities.Name) && !s.Seccomp.SameFilter {
		return had, nil
	}
	return s.Capabilities.Keep(had)
}
