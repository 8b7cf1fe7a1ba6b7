package caps

import (
	"slices"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// Process is what execve(2) looks at in a process. The sets are named as in
// capabilities(7); the user and group IDs are as this reader sees them.
type Process struct {
	Inheritable Set `json:"inheritable"`
	Permitted   Set `json:"permitted"`
	Effective   Set `json:"effective"`
	Bounding    Set `json:"bounding"`
	Ambient     Set `json:"ambient"`

	UID        uint32   `json:"uid"`
	EUID       uint32   `json:"euid"`
	Groups     []uint32 `json:"groups,omitempty"` // the effective group ID and the supplementary ones
	RootUID    uint32   `json:"root_uid"`         // user ID 0 of its user namespace
	NoRoot     bool     `json:"noroot"`           // SECBIT_NOROOT is set
	NoNewPrivs bool     `json:"no_new_privs"`
}

// File is what execve(2) looks at in a file.
type File struct {
	Path   string    `json:"path"`
	Caps   *FileCaps `json:"caps,omitempty"` // nil where it has none
	Owner  uint32    `json:"owner"`
	Group  uint32    `json:"group"`
	SetUID bool      `json:"set_user_id"`
	SetGID bool      `json:"set_group_id"`
	Nosuid bool      `json:"nosuid"` // it is on a mount that is nosuid
}

// Outcome is what execve(2) makes of a process and a file.
type Outcome struct {
	After Process `json:"after"`
	Rules []Rule  `json:"rules"` // the special rules that applied, in the kernel's order

	// The terms of the formula, after the special rules.
	FileInheritable Set  `json:"file_inheritable"`
	FilePermitted   Set  `json:"file_permitted"`
	FileEffective   bool `json:"file_effective"`
	Privileged      bool `json:"privileged_file"` // it has capabilities or changes an ID, so that nothing stays ambient

	Err error `json:"-"` // EPERM where execve refuses
}

// Rule is one of the special rules of capabilities(7).
type Rule string

// The special rules, in the order in which the kernel applies them.
const (
	RuleNosuid   Rule = "the mount is nosuid: the file's capabilities and its set-user-ID bit count for nothing"
	RuleForeign  Rule = "the file's capabilities are those of another user namespace: they count for nothing"
	RuleSetID    Rule = "the file changes the effective user or group ID"
	RuleNoSetID  Rule = "no_new_privs: the set-user-ID and set-group-ID bits count for nothing"
	RuleDumb     Rule = "the file asks for its permitted set to be effective, and may not have all of it: execve refuses (EPERM)"
	RuleNoRoot   Rule = "SECBIT_NOROOT: user ID 0 gets nothing for being 0"
	RuleMixed    Rule = "the file is set-user-ID-root and has capabilities of its own: those alone count"
	RuleRoot     Rule = "root: with the effective user ID 0 the file counts as having every capability, and effective"
	RuleRealRoot Rule = "root: with the real user ID 0 the file counts as having every capability, though not effective"
	RuleNoGain   Rule = "no_new_privs: what was not permitted before is not permitted after"
)

// Words says the rule in the language of the one who reads.
func (r Rule) Words() string { return lang.T(string(r)) }

// Execve computes what execve(2) makes of the sets. It leaves out what a tracer
// or a shared root directory takes away: ptrace(2), clone(2).
func Execve(p Process, f File) Outcome {
	o := Outcome{After: p, Rules: []Rule{}} // not null
	hasCaps := o.fileCaps(p, f)
	setID := o.setIDs(p, f)
	if o.refuses(p) {
		o.After = p
		return o
	}
	o.root(hasCaps)
	o.Privileged = hasCaps || setID
	o.formula(p)
	return o
}

// fileCaps takes the file's own sets where they count.
func (o *Outcome) fileCaps(p Process, f File) bool {
	switch {
	case f.Nosuid && (f.Caps != nil || f.SetUID || f.SetGID):
		o.rule(RuleNosuid)
		return false
	case f.Caps == nil:
		return false
	case f.Caps.Revision == 3 && f.Caps.RootID != p.RootUID:
		o.rule(RuleForeign)
		return false
	}
	o.FilePermitted, o.FileInheritable, o.FileEffective = f.Caps.Permitted, f.Caps.Inheritable, f.Caps.Effective
	return true
}

// setIDs takes the set-user-ID and set-group-ID bits, and tells whether an
// effective ID changes.
func (o *Outcome) setIDs(p Process, f File) bool {
	if f.Nosuid || !f.SetUID && !f.SetGID {
		return false
	}
	if p.NoNewPrivs {
		o.rule(RuleNoSetID)
		return false
	}
	if f.SetUID {
		o.After.EUID = f.Owner
	}
	changes := o.After.EUID != p.EUID || f.SetGID && !slices.Contains(p.Groups, f.Group)
	if changes {
		o.rule(RuleSetID)
	}
	return changes
}

// refuses is the check for programs that know nothing of capabilities.
func (o *Outcome) refuses(p Process) bool {
	got := o.FilePermitted&p.Bounding | o.FileInheritable&p.Inheritable
	if !o.FileEffective || o.FilePermitted&^got == 0 {
		return false
	}
	o.rule(RuleDumb)
	o.Err = unix.EPERM
	return true
}

// root gives user ID 0 what it is used to.
func (o *Outcome) root(hasCaps bool) {
	p := &o.After
	real, effective := p.UID == p.RootUID, p.EUID == p.RootUID
	switch {
	case !real && !effective:
		return
	case p.NoRoot:
		o.rule(RuleNoRoot)
		return
	case hasCaps && !real:
		o.rule(RuleMixed)
		return
	case effective:
		o.rule(RuleRoot)
		o.FileEffective = true
	default:
		o.rule(RuleRealRoot)
	}
	o.FilePermitted, o.FileInheritable = ^Set(0), ^Set(0)
}

// formula is that of capabilities(7).
func (o *Outcome) formula(p Process) {
	a := &o.After
	permitted := p.Inheritable&o.FileInheritable | o.FilePermitted&p.Bounding
	if p.NoNewPrivs && permitted&^p.Permitted != 0 {
		o.rule(RuleNoGain)
		permitted &= p.Permitted
	}
	if o.Privileged {
		a.Ambient = 0
	}
	a.Permitted = permitted | a.Ambient
	a.Effective = a.Ambient
	if o.FileEffective {
		a.Effective = a.Permitted
	}
}

func (o *Outcome) rule(r Rule) { o.Rules = append(o.Rules, r) }
