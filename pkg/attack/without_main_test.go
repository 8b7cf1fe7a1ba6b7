package attack_test

import (
	"os"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
)

// TestWithoutMain: a probe whose program has forgotten Main attacks nobody itself, or
// there would be a container in each container.
func TestWithoutMain(t *testing.T) {
	testenv.Root(t)
	args := os.Args
	t.Cleanup(func() { os.Args = args })
	os.Args = []string{"workshop", "probe", attack.Mkdir.Name, "--report"}
	if r, err := attack.Against(t.Context(), attack.Mkdir.Name, container.Container{}); err == nil || !strings.Contains(err.Error(), "attack.Main") {
		t.Errorf("Against: %+v, %v", r, err)
	}
	if _, err := attack.Prepare(attack.Mkdir, attack.Ask{}); err == nil || !strings.Contains(err.Error(), "attack.Main") {
		t.Errorf("Prepare: %v", err)
	}
}
