package apparmor

import (
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// letters are the permissions of apparmor.d(5), as a record writes them.
var letters = map[rune]string{
	'r': lang.N("read"), 'w': lang.N("write"), 'a': lang.N("append"), 'c': lang.N("create"), 'd': lang.N("delete"),
	'x': lang.N("execute"), 'm': lang.N("map as code"), 'k': lang.N("lock"), 'l': lang.N("link"),
}

// Letters puts a mask such as "rw" into words.
func Letters(mask string) string {
	var words []string
	for _, c := range mask {
		w, ok := letters[c]
		if !ok {
			return mask // a mask of words, such as "send" or "trace"
		}
		if w = lang.T(w); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, lang.T(", "))
}

// verdicts say what was done.
var verdicts = map[string]string{
	"DENIED":  lang.N("refused"),
	"ALLOWED": lang.N("only noted (complain):"),
	"AUDIT":   lang.N("allowed and noted:"),
	"KILLED":  lang.N("killed for"),
	"ERROR":   lang.N("failed:"),
	"STATUS":  lang.N("status:"),
}

// Words says what a record says: who was refused what.
func (r Record) Words() string {
	verdict, ok := verdicts[r.Verdict]
	if !ok {
		verdict = r.Verdict
	}
	s := lang.F("%s (pid %d): %s %s", observe.Printable(r.Comm), r.PID, lang.T(verdict), r.what())
	if r.Info != "" {
		s += " (" + r.Info + ")"
	}
	return s
}

// what is the operation, its object, and the permission that was missing.
func (r Record) what() string {
	s, name := r.Operation, observe.Printable(r.Name)
	switch {
	case r.Operation == "capable":
		s = lang.F("capability %s", r.Fields["capname"])
	case r.Operation == "signal":
		s = lang.F("signal %s to or from %s", r.Fields["signal"], r.Fields["peer"])
	case r.Operation == "mount":
		s = strings.TrimSpace(lang.F("mount %s on %s", r.Fields["fstype"], name))
	case r.Name != "":
		s += " " + name
	}
	if r.Denied != "" {
		s = lang.F("%s, to %s", s, Letters(r.Denied))
	}
	return s
}

// KeepsFromStarting tells whether the record can be why a program did not start:
// it may not be executed, or one of its libraries may not be read or mapped.
func (r Record) KeepsFromStarting() bool {
	switch r.Operation {
	case "exec", "file_mmap":
		return r.Verdict == "DENIED"
	case "open":
		return r.Verdict == "DENIED" && strings.Contains(r.Name, ".so")
	}
	return false
}
