package seccomp

import (
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// Group is the calls that filters treat alike.
type Group struct {
	Actions []Action `json:"actions"` // more than one: it depends on the arguments
	Calls   []string `json:"calls,omitempty"`
}

// Survey is what filters do with every call of this architecture. It is found by
// walking through their instructions for each number.
type Survey struct {
	Arch    string  `json:"arch"`
	Groups  []Group `json:"groups"`         // the strictest first
	Foreign []ABI   `json:"foreign"`        // calls through other ABIs
	Newer   Group   `json:"newer_than_all"` // calls newer than the table: what the default is
}

// ABI is another ABI of this machine, and what filters can do with its calls.
type ABI struct {
	Name    string   `json:"name"`
	Actions []Action `json:"actions"`
}

// Lets tells whether calls of the ABI can be made.
func (a ABI) Lets() bool { return slices.ContainsFunc(a.Actions, Action.Makes) }

// Look asks filters about every call.
func Look(filters []Filter) Survey {
	s := Survey{Arch: Arch()}
	for _, n := range Numbers() {
		s.put(Outcomes(filters, n), Name(n))
	}
	slices.SortStableFunc(s.Groups, func(a, b Group) int {
		return slices.Compare(signed(a.Actions), signed(b.Actions))
	})
	s.Newer.Actions = Outcomes(filters, Numbers()[len(Numbers())-1]+100)
	if native == x8664 {
		s.Foreign = []ABI{
			{lang.T("i386, by int 0x80"), otherABI(filters, i386.auditArch, word{})},
			{"x32", otherABI(filters, x8664.auditArch, word{x32 | 1, true})},
		}
	} else {
		s.Foreign = []ABI{{lang.T("32-bit ARM"), otherABI(filters, arm.auditArch, word{})}}
	}
	return s
}

func signed(actions []Action) []int32 {
	var list []int32
	for _, a := range actions {
		list = append(list, int32(a))
	}
	return list
}

func (s *Survey) put(actions []Action, call string) {
	i := slices.IndexFunc(s.Groups, func(g Group) bool { return slices.Equal(g.Actions, actions) })
	if i < 0 {
		i = len(s.Groups)
		s.Groups = append(s.Groups, Group{Actions: actions})
	}
	s.Groups[i].Calls = append(s.Groups[i].Calls, call)
}

// Words says what happens to the calls of the group.
func (g Group) Words() string { return Words(g.Actions) }

// Words says what one of these actions does.
func Words(actions []Action) string {
	var list []string
	for _, a := range actions {
		list = append(list, a.Words())
	}
	text := strings.Join(list, lang.T(", or "))
	if len(list) > 1 {
		return lang.F("%s: it depends on the arguments", text)
	}
	return text
}
