package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestUpToDate: the file in pkg/seccomp is what this program prints.
func TestUpToDate(t *testing.T) {
	testenv.NotEmulated(t) // it asks the go command, which no guest has
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../pkg/seccomp/ztables.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("pkg/seccomp/ztables.go is out of date: run go generate ./pkg/seccomp")
	}
}
