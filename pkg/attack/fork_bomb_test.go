package attack_test

import (
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

func TestForkBombCalibration(t *testing.T) {
	c := testroot.Container(t, steps.ForkExec, steps.PivotRoot)
	without, err := attack.Against(t.Context(), attack.ForkBomb.Name, c)
	if err != nil || !without.Allowed {
		t.Errorf("without the layer it must succeed: %+v, %v", without, err)
	}
	c = testroot.Container(t, steps.ForkExec, steps.Cgroup, steps.PivotRoot)
	with, err := attack.Against(t.Context(), attack.ForkBomb.Name, c)
	if err != nil || with.Allowed || with.Errno != "EAGAIN" {
		t.Errorf("with the layer it must be stopped by EAGAIN: %+v, %v", with, err)
	}
}
