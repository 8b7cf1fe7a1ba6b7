package attack_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
)

// TestMain lets the test binary be the inside of attack.Against.
func TestMain(m *testing.M) {
	attack.Main()
	if os.Geteuid() != 0 {
		// An example cannot skip.
		fmt.Println("the example is left out: it needs root")
		flag.Parse()
		_ = flag.Set("test.run", "^Test")
	}
	os.Exit(m.Run())
}
