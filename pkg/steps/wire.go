package steps

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// wire is how a Spec travels: of the settings it has those alone that say
// something. To learn a type with all that is in it takes encoding/json a quarter
// of a millisecond, in the supervisor and in the child.
type wire struct {
	Steps    []string
	Root     string
	Settings map[string]json.RawMessage `json:",omitempty"` // by the name of the step
}

func (s *Spec) settings() map[string]any {
	return map[string]any{
		"namespaces":   &s.Namespaces,
		"cgroup":       &s.Cgroup,
		"capabilities": &s.Capabilities,
		"apparmor":     &s.AppArmor,
		"seccomp":      &s.Seccomp,
	}
}

// MarshalJSON leaves out settings that are the zero value.
func (s *Spec) MarshalJSON() ([]byte, error) {
	w := wire{s.Steps, s.Root, make(map[string]json.RawMessage)}
	for name, settings := range s.settings() {
		if reflect.ValueOf(settings).Elem().IsZero() {
			continue
		}
		text, err := json.Marshal(settings)
		if err != nil {
			return nil, err
		}
		w.Settings[name] = text
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Spec) UnmarshalJSON(text []byte) error {
	var w wire
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	*s = Spec{Steps: w.Steps, Root: w.Root}
	known := s.settings()
	for name, text := range w.Settings {
		settings, ok := known[name]
		if !ok {
			return fmt.Errorf("no step %q has settings", name)
		}
		if err := json.Unmarshal(text, settings); err != nil {
			return fmt.Errorf("settings of %s: %w", name, err)
		}
	}
	return nil
}
