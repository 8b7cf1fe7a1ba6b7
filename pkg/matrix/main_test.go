package matrix_test

import (
	"os"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/matrix"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TestMain lets the test binary be the inside of attack.Against.
func TestMain(m *testing.M) {
	attack.Main()
	os.Exit(m.Run())
}

// open is a lab in a busybox root filesystem, with these columns.
func open(t *testing.T, spec steps.Spec, kinds ...matrix.Kind) *matrix.Lab {
	t.Helper()
	lab := &matrix.Lab{Layers: matrix.Layers(), Spec: spec, Rootfs: testroot.Busybox(t)}
	var err error
	if lab.Tools, err = rootfs.Tools(); err != nil {
		t.Fatal(err)
	}
	if err := lab.Open(kinds...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(lab.Close)
	return lab
}

func measure(t *testing.T, lab *matrix.Lab, p *attack.Probe) *matrix.Row {
	t.Helper()
	r, err := lab.Measure(t.Context(), p, func(matrix.Cell) {})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func probe(t *testing.T, name string) *attack.Probe {
	t.Helper()
	p, err := attack.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
