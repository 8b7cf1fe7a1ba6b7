package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/caps"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// programOf is what a process would execute by that name, which is sought in our
// PATH, as that process sees the directories in it.
func programOf(pid int, name string) (caps.File, error) {
	if name != "" && !strings.Contains(name, "/") {
		for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
			if f, err := caps.ReadFile(pid, filepath.Join(dir, name)); err == nil {
				return f, nil
			}
		}
	}
	return caps.ReadFile(pid, name)
}

// showFormula fills the formula in: capabilities(7), "Transformation of
// capabilities during execve()".
func showFormula(screen *ui.UI, l *capsLook) {
	showBefore(screen, l)
	screen.Line("")
	showFile(screen, l)
	screen.Line("")
	if l.Refused {
		screen.Bad(lang.T("execve fails with EPERM, and the process stays what it is."))
		return
	}
	showAfter(screen, l)
}

// set describes a set beside all that the kernel knows.
func (l *capsLook) set(s caps.Set) string { return (s & l.Kernel).In(l.Kernel) }

func showBefore(screen *ui.UI, l *capsLook) {
	p := l.Process
	screen.Line(screen.Strong(lang.T("P, the process before")) + screen.DimWord(fmt.Sprintf("   /proc/%d/status", l.PID)))
	screen.Term("P(inheritable)", l.set(p.Inheritable))
	screen.Term("P(permitted)", l.set(p.Permitted))
	screen.Term("P(effective)", l.set(p.Effective))
	screen.Term("P(bounding)", l.set(p.Bounding))
	screen.Term("P(ambient)", l.set(p.Ambient))
	screen.Term(lang.T("user IDs"), lang.F("real %d, effective %d", p.UID, p.EUID))
	screen.Term("no_new_privs", yesNo(p.NoNewPrivs))
	screen.Term("securebits", l.secureBits())
}

// secureBits says whether SECBIT_NOROOT is set, where that can be known.
func (l *capsLook) secureBits() string {
	switch {
	case l.PID != os.Getpid():
		return lang.T("not shown by /proc; taken to be none, as usual")
	case l.Process.NoRoot:
		return "SECBIT_NOROOT"
	}
	return lang.T("no SECBIT_NOROOT: root has its special rule")
}

func showFile(screen *ui.UI, l *capsLook) {
	f, o := l.File, l.Outcome
	screen.Line(screen.Strong(lang.T("F, the file")) + screen.DimWord("   "+observe.Printable(f.Path)))
	screen.Term("getcap", fileCaps(f))
	screen.Term(lang.T("mode and mount"), fileMode(f))
	for _, r := range o.Rules {
		screen.Warn(r.Words())
	}
	screen.Term("F(inheritable)", l.set(o.FileInheritable))
	screen.Term("F(permitted)", l.set(o.FilePermitted))
	screen.Term("F(effective)", bit(o.FileEffective))
}

func showAfter(screen *ui.UI, l *capsLook) {
	a := l.Outcome.After
	screen.Line(screen.Strong(lang.T("P', the process after")))
	screen.Term("P'(ambient)", lang.T("= (F is privileged) ? 0 : P(ambient)")+"\n= "+l.set(a.Ambient))
	screen.Term("P'(permitted)", l.permitted())
	screen.Term("P'(effective)", "= F(effective) ? P'(permitted) : P'(ambient)\n= "+l.set(a.Effective))
	screen.Term("P'(inheritable)", "= P(inheritable) = "+l.set(a.Inheritable))
	screen.Term("P'(bounding)", "= P(bounding) = "+l.set(a.Bounding))
	if a.EUID != l.Process.EUID {
		screen.Term(lang.T("effective user ID"), fmt.Sprint(a.EUID))
	}
}

// permitted is the middle of the formula, a line for each of its terms.
func (l *capsLook) permitted() string {
	p, o, a := l.Process, l.Outcome, l.Outcome.After
	term := func(what string, value caps.Set) string { return what + "\n    " + l.set(value) + "\n" }
	text := term("= P(inheritable) & F(inheritable)", p.Inheritable&o.FileInheritable) +
		term("| F(permitted) & P(bounding)", o.FilePermitted&p.Bounding)
	if slices.Contains(o.Rules, caps.RuleNoGain) {
		text += term(lang.T("& P(permitted), by no_new_privs"), p.Permitted)
	}
	return text + term("| P'(ambient)", a.Ambient) + "= " + l.set(a.Permitted)
}

func fileCaps(f *caps.File) string {
	if f.Caps == nil {
		return lang.T("none")
	}
	return lang.F("%s (revision %d)", f.Caps, f.Caps.Revision)
}

func fileMode(f *caps.File) string {
	var parts []string
	if f.SetUID {
		parts = append(parts, lang.F("set-user-ID of user %d", f.Owner))
	}
	if f.SetGID {
		parts = append(parts, lang.F("set-group-ID of group %d", f.Group))
	}
	if f.Nosuid {
		parts = append(parts, lang.T("on a nosuid mount"))
	}
	if len(parts) == 0 {
		return lang.T("ordinary")
	}
	return strings.Join(parts, lang.T(", "))
}

func yesNo(b bool) string {
	if b {
		return lang.T("yes")
	}
	return lang.T("no")
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
