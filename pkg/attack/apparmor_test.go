package attack_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// ofAppArmor names the probes that the lesson's profile stops, and mount, which
// it stops as the capabilities do.
var ofAppArmor = []string{"own-file", "run-top", "core-pattern", "mount"}

// TestAppArmorProbes is the calibration: S26, S28 and S29. Each attack succeeds
// without the layer and fails with it.
func TestAppArmorProbes(t *testing.T) {
	testenv.Root(t)
	testenv.AppArmor(t)
	tools, err := rootfs.Tools()
	if err != nil {
		t.Fatal(err)
	}
	root := testenv.Rootfs(t)
	for _, name := range ofAppArmor {
		t.Run(name, func(t *testing.T) {
			var without container.Container // in the host's root, with its /proc
			if name == "run-top" {
				without = container.Container{Steps: []*steps.Step{steps.PivotRoot}, Rootfs: root, Tools: tools}
			}
			with := without
			with.Steps = append(slices.Clone(without.Steps), steps.AppArmor)
			if r, err := attack.Against(t.Context(), name, without); err != nil || !r.Allowed {
				t.Errorf("without the layer: %+v, %v", r, err)
			}
			r, err := attack.Against(t.Context(), name, with)
			if err != nil || r.Allowed || r.Errno != "EACCES" {
				t.Errorf("with the layer: %+v, %v", r, err)
			}
			if name != "mount" && !strings.Contains(r.Why, "workshop-") {
				t.Errorf("the reason names no label: %q", r.Why)
			}
		})
	}
}
