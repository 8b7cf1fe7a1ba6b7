package cgroup_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if os.Geteuid() != 0 {
		// An example cannot skip.
		fmt.Println("the example is left out: it needs root")
		flag.Parse()
		_ = flag.Set("test.run", "^Test")
	}
	os.Exit(m.Run())
}
