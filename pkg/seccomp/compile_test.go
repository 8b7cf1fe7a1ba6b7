package seccomp

import (
	"strings"
	"testing"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// TestByHand: of a policy that nothing has read, Compile looks at all of it. What it
// does not know would be a rule for system call 0, which is read on amd64.
func TestByHand(t *testing.T) {
	good := Rule{Action: Kill, Calls: []string{"mkdirat"}, Conds: []Cond{{Arg: 5, Op: specs.OpEqualTo}}}
	with := func(change func(*Rule)) *Policy {
		r := good
		change(&r)
		return &Policy{Default: Allow, Rules: []Rule{r}}
	}
	if f, err := with(func(*Rule) {}).Compile(); err != nil || len(f.Code) == 0 {
		t.Errorf("%v, %v", f, err)
	}
	for want, p := range map[string]*Policy{
		"no default action":          {},
		"a rule without an action":   with(func(r *Rule) { r.Action = 0 }),
		`did you mean "mkdirat"`:     with(func(r *Rule) { r.Calls = []string{"mkdrat"} }),
		"has no cacheflush":          with(func(r *Rule) { r.Calls = []string{"cacheflush"} }),
		`no system call "*"`:         with(func(r *Rule) { r.Calls = []string{Every} }),
		"has six, 0 to 5":            with(func(r *Rule) { r.Conds = []Cond{{Arg: 6, Op: specs.OpEqualTo}} }),
		`no operator "SCMP_CMP_EEQ"`: with(func(r *Rule) { r.Conds = []Cond{{Op: "SCMP_CMP_EEQ"}} }),
	} {
		if f, err := p.Compile(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", want, f, err)
		}
	}
}
