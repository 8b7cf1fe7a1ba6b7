package steps

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestSpecTravels: what is set arrives, and what is not set is not sent.
func TestSpecTravels(t *testing.T) {
	for name, sent := range map[string]Spec{
		"nothing": {},
		"one":     {Steps: []string{"fork-exec", "cgroup"}, Root: "/r", Cgroup: CgroupSettings{PidsMax: "20"}},
		"each": {
			Steps: []string{"fork-exec"}, Namespaces: NamespaceSettings{Uptime: 3}, Cgroup: CgroupSettings{PidsMax: "20"},
			Capabilities: CapabilitySettings{Add: []string{"CAP_KILL"}}, AppArmor: AppArmorSettings{Complain: true},
			Seccomp: SeccompSettings{Rules: []string{"kill:mkdir"}},
		},
	} {
		text, err := json.Marshal(&sent)
		if err != nil {
			t.Fatal(err)
		}
		var got Spec
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(sent, got, cmpopts.IgnoreUnexported(SeccompSettings{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if said := strings.Contains(string(text), "seccomp"); said != (name == "each") {
			t.Errorf("%s: %s", name, text)
		}
	}
	if err := json.Unmarshal([]byte(`{"none":{}}`), &Spec{}); err == nil {
		t.Error("settings of a step that there is not are taken")
	}
}

// TestAllSettingsTravel: no step's settings are forgotten.
func TestAllSettingsTravel(t *testing.T) {
	known := new(Spec).parts()
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Spec]()) {
		if field.Type.Kind() != reflect.Struct {
			continue
		}
		step := ""
		for name, settings := range known {
			if reflect.TypeOf(settings).Elem() == field.Type {
				step = name
			}
		}
		if step == "" {
			t.Errorf("no line of parts, in wire.go, has the field %s of Spec", field.Name)
		} else if _, err := Lookup(step); err != nil {
			t.Errorf("%s: %v", field.Name, err)
		}
	}
}
