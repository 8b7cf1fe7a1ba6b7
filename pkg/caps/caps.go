// Package caps says which capabilities a process and a file have, and what
// execve(2) makes of both.
//
// It rests on capabilities(7). [Execve] is its section "Transformation of
// capabilities during execve()" with the special rules of the sections after it.
package caps

import (
	"encoding/json"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// Set is a set of capabilities: bit 25 is CAP_SYS_TIME.
type Set uint64

// Names gives the names, lowest number first.
func (s Set) Names() []string { return observe.CapNames(uint64(s)) }

// Has tells whether the capability of that number is in the set.
func (s Set) Has(number int) bool { return s>>number&1 == 1 }

// MarshalJSON writes a set as the array of its names.
func (s Set) MarshalJSON() ([]byte, error) { return json.Marshal(append([]string{}, s.Names()...)) }

// In describes a set beside the full one: "none", "all 41", "all but
// CAP_SYS_TIME" or "CAP_CHOWN, CAP_KILL".
func (s Set) In(full Set) string {
	names, missing := s.Names(), (full &^ s).Names()
	switch {
	case s == 0:
		return lang.T("none")
	case len(missing) == 0:
		return lang.F("all %d", len(names))
	case len(missing) < len(names):
		return lang.F("all but %s", strings.Join(missing, ", "))
	}
	return strings.Join(names, ", ")
}

// Kernel gives every capability that the running kernel knows, from
// /proc/sys/kernel/cap_last_cap.
func Kernel() (Set, error) {
	last, err := observe.LastCap()
	if err != nil {
		return 0, err
	}
	return ^Set(0) >> (63 - last), nil
}
