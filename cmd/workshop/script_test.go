package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestScripts plays the transcripts of the command line. Those of root have a
// folder of their own.
func TestScripts(t *testing.T) {
	testenv.NotEmulated(t)
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, Setup: setUpScript})
}

// TestRootScripts plays those that build containers. A guest leaves those out in which
// nothing depends on AppArmor, on version 2 of cgroups, or on its kernel: their first
// line says so.
func TestRootScripts(t *testing.T) {
	testenv.NotEmulated(t, "amd64")
	needTour(t)
	testenv.Root(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/root", RequireExplicitExec: true, Setup: setUpScript, Condition: inGuest,
	})
}

// inGuest is the condition [guest]: for what only a machine that may be lost can run.
func inGuest(cond string) (bool, error) {
	if cond != "guest" {
		return false, fmt.Errorf("no condition %q", cond)
	}
	return testenv.InGuest(), nil
}

// setUpScript keeps the root filesystem that the test has.
func setUpScript(env *testscript.Env) error {
	env.Setenv("WORKSHOP_ROOTFS", os.Getenv("WORKSHOP_ROOTFS"))
	env.Setenv("NO_COLOR", "1")
	env.Setenv("XDG_STATE_HOME", env.Getenv("WORK")+"/.state")
	return nil
}
