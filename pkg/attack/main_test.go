package attack_test

import (
	"os"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
)

// TestMain lets the test binary be the inside of attack.Against.
func TestMain(m *testing.M) {
	attack.Main()
	os.Exit(m.Run())
}
