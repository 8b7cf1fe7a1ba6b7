package check

import (
	"errors"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

var seccompPoints = []point{
	{lesson: 7, name: "filter", says: lang.N("a seccomp filter"), judge: hasFilter, hint: filterHint},
	{lesson: 7, name: "mkdir", says: lang.N("mkdir is refused"), attacks: true, probe: attack.OldMkdir, judge: mkdirRefused, hint: mkdirHint},
	{lesson: 7, name: "mkdirat", says: lang.N("mkdirat is refused"), attacks: true, probe: attack.Mkdir, judge: mkdiratRefused, hint: mkdirHint},
	{lesson: 7, name: "shell-lives", says: lang.N("the shell runs on"), attacks: true, judge: shellLives, hint: livesHint},
	{lesson: 7, name: "foreign-abi", says: lang.N("a call of another ABI is no way around"), attacks: true, probe: attack.ForeignABI, judge: noForeignABI, hint: abiHint},
}

func hasFilter(e *evidence) verdict {
	mode := e.shell.Get("Seccomp")
	return given(mode == "2", lang.F("Seccomp of the shell is %s (%s)", mode, observe.SeccompMode(mode)))
}

func filterHint(e *evidence) string {
	other := e.who(func(s *observe.Snapshot) bool { return s.Get("Seccomp") == "2" })
	if other != nil {
		return lang.F("Process %s has a filter, and the shell has not: a filter is for the process that loads it, and what it forks afterwards. Load it in the child, last before execve(2).", called(other))
	}
	return lang.T("Load a filter in the child, last before execve(2): prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) or seccomp(2). Without CAP_SYS_ADMIN, prctl(PR_SET_NO_NEW_PRIVS, 1) must come first, else it is EACCES.")
}

func mkdirRefused(e *evidence) verdict {
	if attack.OldMkdir == nil {
		return holds(lang.F("this architecture has mkdirat alone"))
	}
	return filtered(e, attack.OldMkdir)
}

func mkdiratRefused(e *evidence) verdict { return filtered(e, attack.Mkdir) }

// filtered is stopped by whatever a filter may answer: any errno but those of the
// mistake in the call, which the probe counts as let through, or a signal.
func filtered(e *evidence, p *attack.Probe) verdict {
	return stopped(e, p, e.attacks[p.Name].Errno, "SIGSYS")
}

func mkdirHint(e *evidence) string {
	if e.shell.Get("Seccomp") != "2" {
		return filterHint(e)
	}
	at := e.attacks[attack.Mkdir.Name].Allowed
	old := attack.OldMkdir != nil && e.attacks[attack.OldMkdir.Name].Allowed
	switch {
	case at && !old:
		return lang.T("The filter refuses mkdir and lets mkdirat through, which does the same: many programs call that one. Refuse both: 83 and 258 on amd64, 34 on arm64.")
	case old && !at:
		return lang.T("The filter refuses mkdirat and lets mkdir through, which x86 still has: the shell's own mkdir calls it. Refuse both: 83 and 258 on amd64.")
	case at:
		return lang.T("There is a filter, and it lets both through. Does it compare the number at offset 0 of struct seccomp_data (offset 4 is the architecture), and does the jump lead where it should? The return value is SECCOMP_RET_KILL_PROCESS, or SECCOMP_RET_ERRNO | EPERM.")
	}
	return ""
}

func shellLives(e *evidence) verdict {
	switch {
	case e.deaf == nil && e.noGuest != nil:
		return holds(lang.T("it answers; there was no attack"))
	case e.deaf == nil:
		return holds(lang.T("it answers after the attacks"))
	case errors.Is(e.deaf, errTooLong):
		return unclear(lang.T("the time was over before it could answer"))
	}
	return fails(lang.T("it gave no answer after the attacks"))
}

func livesHint(*evidence) string {
	return lang.T("The filter must end the process that makes the call, and nobody else. A filter that refuses by default needs all that a shell calls: clone, execve, wait4, read, write, ...")
}

func noForeignABI(e *evidence) verdict {
	if !foreignABI() {
		return holds(lang.F("this architecture's code cannot switch to another ABI"))
	}
	return filtered(e, attack.ForeignABI)
}

func abiHint(e *evidence) string {
	o := e.attacks[attack.ForeignABI.Name]
	if !o.Allowed || strings.Contains(o.Reason, "32-bit") {
		return ""
	}
	if n := len(o.Calls); n > 0 && strings.HasPrefix(o.Calls[n-1].Call, "x32") {
		return lang.T("On amd64 a call whose number has the bit 0x40000000 is one of the ABI x32, of the same architecture: 0x40000053 is mkdir too. Let the filter kill for each number from 0x40000000 up: jump if it is greater or equal, code 0x35.")
	}
	return lang.T("On amd64 the instruction int 0x80 makes a 32-bit call, with numbers of its own: mkdir is 39 there, which is getpid here. Let the filter look at the architecture first (offset 4 of struct seccomp_data): if it is not AUDIT_ARCH_X86_64, SECCOMP_RET_KILL_PROCESS.")
}
