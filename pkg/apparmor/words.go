package apparmor

import (
	"fmt"
	"slices"
	"strings"
)

// letters are the permissions of apparmor.d(5), as a record writes them.
var letters = map[rune]string{
	'r': "read", 'w': "write", 'a': "append", 'c': "create", 'd': "delete",
	'x': "execute", 'm': "map as code", 'k': "lock", 'l': "link",
}

// Letters puts a mask such as "rw" into words.
func Letters(mask string) string {
	var words []string
	for _, c := range mask {
		w, ok := letters[c]
		if !ok {
			return mask // a mask of words, such as "send" or "trace"
		}
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

// verdicts say what was done.
var verdicts = map[string]string{
	"DENIED":  "refused",
	"ALLOWED": "only noted (complain):",
	"AUDIT":   "allowed and noted:",
	"KILLED":  "killed for",
	"ERROR":   "failed:",
	"STATUS":  "status:",
}

// Words says what a record says: who was refused what.
func (r Record) Words() string {
	verdict, ok := verdicts[r.Verdict]
	if !ok {
		verdict = r.Verdict
	}
	s := fmt.Sprintf("%s (pid %d): %s %s", r.Comm, r.PID, verdict, r.what())
	if r.Info != "" {
		s += " (" + r.Info + ")"
	}
	return s
}

// what is the operation, its object, and the permission that was missing.
func (r Record) what() string {
	s := r.Operation
	switch {
	case r.Operation == "capable":
		s = "capability " + r.Fields["capname"]
	case r.Operation == "signal":
		s = fmt.Sprintf("signal %s to or from %s", r.Fields["signal"], r.Fields["peer"])
	case r.Operation == "mount":
		s = strings.TrimSpace(fmt.Sprintf("mount %s on %s", r.Fields["fstype"], r.Name))
	case r.Name != "":
		s += " " + r.Name
	}
	if r.Denied != "" {
		s += ", to " + Letters(r.Denied)
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
