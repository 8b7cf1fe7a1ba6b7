package attack_test

import (
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TestWhy: what is said of a namespace is true where the supervisor's stands in for
// the host's, and of a capability where its user namespace is not the host's.
func TestWhy(t *testing.T) {
	testenv.Root(t)
	kinds := func(kind string) steps.Spec {
		return steps.Spec{Namespaces: steps.NamespaceSettings{Kinds: []string{kind}}}
	}
	refuse := steps.Spec{Seccomp: steps.SeccompSettings{Rules: []string{"errno=EPERM:sethostname,mount"}}}
	for _, test := range []struct {
		probe string
		step  *steps.Step
		spec  steps.Spec
		want  []string
	}{
		{"rename-host", steps.Capabilities, steps.Spec{}, []string{"stands in for the host's. /proc/", "CapEff has no CAP_SYS_ADMIN"}},
		{"mount-outside", steps.Capabilities, steps.Spec{}, []string{"stands in for the host's. /proc/", "CapEff has no CAP_SYS_ADMIN"}},
		{"rename-host", steps.Seccomp, refuse, []string{"stands in for the host's: so something else"}},
		{"mount-outside", steps.Seccomp, refuse, []string{"stands in for the host's: so something else"}},
		{"rename-host", steps.Namespaces, kinds("uts"), []string{"and the host's is uts:["}},
		{"set-clock", steps.Namespaces, kinds("user"), []string{"CapEff has CAP_SYS_TIME, which counts in user:[", "the kernel asks for it in the host's, user:["}},
		{"reboot", steps.Namespaces, kinds("pid"), []string{"in there reboot(2) ends no more than process 1"}},
		{"reboot", steps.Namespaces, kinds("uts"), nil},
	} {
		r, err := attack.Against(t.Context(), test.probe, container.Container{Steps: []*steps.Step{test.step}, Spec: test.spec})
		if err != nil || (r.Why == "") != (test.want == nil) {
			t.Errorf("%s with %s: %+v, %v", test.probe, test.step.Name, r, err)
		}
		for _, want := range test.want {
			if !strings.Contains(r.Why, want) {
				t.Errorf("%s with %s: %q has no %q", test.probe, test.step.Name, r.Why, want)
			}
		}
	}
}
