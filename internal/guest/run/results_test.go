package main

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// stream is what a guest sends that dies in the subtest T/s: its last line torn.
const stream = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Test":"A"}
{"Action":"run","Package":"p","Test":"T"}
{"Action":"run","Package":"p","Test":"T/s"}
{"Action":"outp`

func TestDoneOnlyWithTheLastLine(t *testing.T) {
	for in, want := range map[string]bool{
		stream:                   false,
		"guest: done":            false,
		"guest: done\r\n":        true,
		stream + "guest: done\n": false,
		stream + "\n[    1.0] x\nguest: done\r\n": true,
	} {
		r := newResults(io.Discard)
		for i := range len(in) { // as torn as a serial port can deliver it
			if _, err := r.Write([]byte{in[i]}); err != nil {
				t.Fatal(err)
			}
		}
		if r.done != want {
			t.Errorf("done is %v after %q, want %v", r.done, in, want)
		}
	}
}

func TestFailRest(t *testing.T) {
	var out strings.Builder
	r := newResults(&out)
	if _, err := io.WriteString(r, stream); err != nil {
		t.Fatal(err)
	}
	if err := r.failRest("guest/amd64", "died", "Oops\n"); err != nil {
		t.Fatal(err)
	}
	var got []string
	again := newResults(io.Discard)
	for line := range strings.Lines(out.String()) {
		if _, err := io.WriteString(again, line); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, `"fail"`) || strings.Contains(line, "Oops") {
			got = append(got, line[strings.Index(line, `"Action"`):])
		}
	}
	want := []string{
		`"Action":"output","Package":"p","Test":"T/s","Output":"    died\n    the guest's console ends with:\nOops\n"}` + "\n",
		`"Action":"fail","Package":"p","Test":"T/s"}` + "\n",
		`"Action":"fail","Package":"p","Test":"T"}` + "\n",
		`"Action":"fail","Package":"p"}` + "\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(again.running) > 0 {
		t.Errorf("still running: %v", again.running)
	}
}

func TestFailRestWhereNothingRan(t *testing.T) {
	var out strings.Builder
	if err := newResults(&out).failRest("guest/amd64", "died", "Oops\n"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"Action":"fail","Package":"guest/amd64"}`) {
		t.Errorf("the guest itself did not fail: %s", out.String())
	}
}
