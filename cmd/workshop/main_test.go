package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary be workshop where it is called by that name.
func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){
		"workshop": func() { os.Exit(run()) },
	})
}

// tests keeps what is done in the tests out of somebody's progress.
type tests struct{ *testing.M }

func (t tests) Run() int {
	dir, err := os.MkdirTemp("", "workshop-state-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	os.Setenv("XDG_STATE_HOME", dir)
	os.Unsetenv("SUDO_UID")
	return t.M.Run()
}
