package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/how-to-be-a-container/workshop/pkg/doctor"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// badMachine is one where all that can be said is said.
func badMachine() *doctor.Machine {
	return &doctor.Machine{
		Root: true, Kernel: "3.10.0-1160.119.1.el7.x86_64", Architecture: "x86_64", Installer: "sudo dnf install",
		Checks: map[string]doctor.Missing{"apparmor": {What: "this kernel is built without AppArmor", Instead: "make vm"}},
		Tried: map[string]string{
			"copy of workshop": "mkdir /home/zaphod/rootfs: permission denied (EACCES)",
			"seccomp filter":   "seccomp SECCOMP_SET_MODE_FILTER: invalid argument (EINVAL)",
		},
	}
}

func TestPasteBlockNamesNobody(t *testing.T) {
	r := doctor.Judge(badMachine())
	for _, asJSON := range []bool{true, false} {
		var b bytes.Buffer
		if err := writeDoctor(&b, r, asJSON, !asJSON); err != nil {
			t.Fatal(err)
		}
		if text := b.String(); strings.Contains(text, "zaphod") || !strings.Contains(text, "~/rootfs") {
			t.Errorf("a name is told, or what has it is left out:\n%s", text)
		}
	}
}

func TestDoctorFitsInto80Columns(t *testing.T) {
	var b bytes.Buffer
	if err := showDoctor(ui.New(&b), doctor.Judge(badMachine())); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if ansi.StringWidth(strings.TrimRight(line, "\n")) > 80 {
			t.Errorf("more than 80 columns: %s", line)
		}
	}
}

func TestDoctorCode(t *testing.T) {
	for state, want := range map[doctor.State]int{doctor.Ready: 0, doctor.Limited: 1, doctor.Cannot: 77} {
		if got := codeOf(doctorCode(state)); got != want {
			t.Errorf("%s ends with %d, want %d", state, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for want, list := range map[string][]int{
		"lesson 4": {4}, "lessons 1-8": {8, 7, 6, 5, 4, 3, 2, 1}, "lessons 1, 3-4, 6": {1, 3, 4, 6},
	} {
		if got := numbers(list); got != want {
			t.Errorf("%v is %q, want %q", list, got, want)
		}
	}
}
