package steps

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// parts are what travels of a Spec. Those that say nothing stay at home, and the
// rest is no struct: to learn one takes encoding/json a tenth of a millisecond, in
// the supervisor and in the child.
func (s *Spec) parts() map[string]any {
	return map[string]any{
		"steps":        &s.Steps,
		"root":         &s.Root,
		"namespaces":   &s.Namespaces,
		"cgroup":       &s.Cgroup,
		"capabilities": &s.Capabilities,
		"apparmor":     &s.AppArmor,
		"seccomp":      &s.Seccomp,
	}
}

// MarshalJSON leaves out what is the zero value.
func (s *Spec) MarshalJSON() ([]byte, error) {
	parts := s.parts()
	for name, part := range parts {
		if reflect.ValueOf(part).Elem().IsZero() {
			delete(parts, name)
		}
	}
	return json.Marshal(parts)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Spec) UnmarshalJSON(text []byte) error {
	var texts map[string]json.RawMessage
	if err := json.Unmarshal(text, &texts); err != nil {
		return err
	}
	*s = Spec{}
	parts := s.parts()
	for name, text := range texts {
		part, ok := parts[name]
		if !ok {
			return fmt.Errorf("no step has settings for %q", name)
		}
		if err := json.Unmarshal(text, part); err != nil {
			return fmt.Errorf("settings of %s: %w", name, err)
		}
	}
	return nil
}
