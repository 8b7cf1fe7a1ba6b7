// Package testroot gives tests a root filesystem to build containers in.
package testroot

import (
	"errors"
	"io"
	"os"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Busybox is the directory of a busybox root filesystem, built where it is
// missing. It skips the test without root.
func Busybox(t testing.TB) string {
	t.Helper()
	testenv.Root(t)
	dir, err := rootfs.Find("busybox")
	if errors.Is(err, rootfs.ErrNotBuilt) {
		dir, err = rootfs.Build(t.Context(), "busybox", io.Discard)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Container is a container with these steps in a busybox root filesystem, in
// which this test binary is workshop.
func Container(t testing.TB, list ...*steps.Step) container.Container {
	t.Helper()
	dir := Busybox(t)
	tools, err := rootfs.Tools()
	if err != nil {
		t.Fatal(err)
	}
	return container.Container{Steps: list, Rootfs: dir, Tools: tools}
}

// Said gives what is written to a pipe while run runs, with run's error.
func Said(t testing.TB, run func(w *os.File) error) (string, error) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		text <- string(b)
	}()
	err = run(w)
	w.Close()
	return <-text, err
}
