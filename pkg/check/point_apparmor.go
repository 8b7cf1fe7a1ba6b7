package check

import (
	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

var appArmorPoints = []point{
	{lesson: 8, name: "label", says: lang.N("an enforcing profile"), judge: enforced, hint: labelHint},
	{lesson: 8, name: "own-file", says: lang.N("it may write a diary, and not read it"), attacks: true, probe: attack.OwnFile, judge: diaryClosed, hint: diaryHint},
}

func enforced(e *evidence) verdict {
	l := apparmor.ParseLabel(e.shell.Label)
	if l.Profile == "" {
		return unclear(lang.F("the process has no label: this kernel runs no AppArmor"))
	}
	return given(l.Mode == string(apparmor.Enforce), lang.F("the label of the shell is %s", harmless(l.String())))
}

func labelHint(e *evidence) string {
	l := apparmor.ParseLabel(e.shell.Label)
	other := e.who(func(s *observe.Snapshot) bool { return apparmor.ParseLabel(s.Label).Mode == string(apparmor.Enforce) })
	switch {
	case l.Profile == "":
		return ""
	case l.Mode == string(apparmor.Complain):
		return lang.F("The profile %s is in complain mode: it writes down what it would refuse, and lets it happen, but for what a rule with deny names. Take flags=(complain) out of the profile, and load it again:\n\tapparmor_parser -r FILE", harmless(l.Profile))
	case other != nil:
		return lang.F("Process %s is confined, and the shell is not: the label is entered by the process that writes to its own attr file. Write \"exec NAME\" in the child, before execve(2).", called(other))
	}
	return lang.T("The profile is loaded at best, and the shell has not entered it. Load it (apparmor_parser -r FILE), and write \"exec NAME\" into /proc/thread-self/attr/apparmor/exec, in the process that will execute the shell and before execve(2), while the host's /proc is still there. In a shell script:\n\taa-exec -p NAME COMMAND")
}

func diaryClosed(e *evidence) verdict {
	o := e.attacks[attack.OwnFile.Name]
	if n := len(o.Calls); o.Errno == "EACCES" && n < 3 {
		return fails(lang.F("it may not even be written: %s", o.how()))
	}
	return stopped(e, attack.OwnFile, "EACCES")
}

func diaryHint(e *evidence) string {
	if apparmor.ParseLabel(e.shell.Label).Mode != string(apparmor.Enforce) {
		return labelHint(e)
	}
	o := e.attacks[attack.OwnFile.Name]
	if o.Allowed {
		return lang.T("The profile allows reading it. A rule with deny counts more than every rule that allows: deny /**/diary r, with the comma. Load the profile again after the change:\n\tapparmor_parser -r FILE")
	}
	if o.Errno == "EACCES" && len(o.Calls) == 3 {
		return ""
	}
	return lang.T("The profile must allow that the file is written: file, (or a rule for /tmp/** rw,), and deny reading alone: deny /**/diary r,")
}
