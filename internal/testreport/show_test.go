package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// events makes go test -json of lines "ACTION TEST [REASON]"; "-" is the package.
func events(lines ...string) string {
	var b strings.Builder
	b.WriteString(`{"Action":"start","Package":"p"}` + "\n")
	for _, line := range lines {
		f := strings.SplitN(line, " ", 3)
		test := ""
		if f[1] != "-" {
			test = `,"Test":"` + f[1] + `"`
		}
		if len(f) == 3 {
			b.WriteString(`{"Action":"output","Package":"p"` + test + `,"Output":"    x_test.go:7: ` + f[2] + `\n"}` + "\n")
		}
		b.WriteString(`{"Action":"` + f[0] + `","Package":"p"` + test + "}\n")
	}
	return b.String()
}

func mustLoad(t *testing.T, name, in string) *run {
	t.Helper()
	r, err := load(name, strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	noAppArmor = " needs AppArmor: no file"
	noV1       = " needs pids on cgroup v1: none"
)

func TestVerdict(t *testing.T) {
	tests := []struct {
		name         string
		local, guest string // "" is a run that never started
		want, wantCI string
	}{
		{
			"both pass", events("pass A", "pass -"), events("pass A", "pass -"),
			"1 passed, 0 failed, 0 skipped", "1 passed, 0 failed, 0 skipped",
		},
		{
			"skip covered", events("skip A"+noAppArmor, "pass -"), events("pass A", "pass -"),
			"1 passed, 0 failed, 0 skipped", "1 passed, 0 failed, 0 skipped",
		},
		{
			"skip not covered", events("pass A", "skip B"+noAppArmor, "pass -"), events("pass A", "skip B"+noAppArmor, "pass -"),
			"1 passed, 0 failed, 1 skipped", "1 passed, 1 failed, 0 skipped",
		},
		{
			"skip that no guest can cover", events("skip A"+noV1, "pass -"), events("skip A"+noV1, "pass -"),
			"0 passed, 0 failed, 1 skipped", "0 passed, 0 failed, 1 skipped",
		},
		{
			"pass here does not hide a failure there", events("pass A", "pass -"), events("fail A", "fail -"),
			"0 passed, 1 failed, 0 skipped", "0 passed, 1 failed, 0 skipped",
		},
		{
			"no guest", events("pass A", "skip B"+noAppArmor, "pass -"), "",
			"1 passed, 0 failed, 1 skipped", "1 passed, 2 failed, 0 skipped",
		},
		{
			"package fails outside of its tests", events("pass A", "fail -"), events("pass A", "pass -"),
			"1 passed, 1 failed, 0 skipped", "1 passed, 1 failed, 0 skipped",
		},
		{
			"test without end", events("run A"), events("pass A", "pass -"),
			"0 passed, 1 failed, 0 skipped", "0 passed, 1 failed, 0 skipped",
		},
		{
			"subtest skipped, its test passed", events("skip A/s"+noAppArmor, "pass A", "pass -"), events("skip A/s"+noAppArmor, "pass A", "pass -"),
			"1 passed, 0 failed, 1 skipped", "1 passed, 1 failed, 0 skipped",
		},
		{
			"nothing ran", "", "",
			"0 passed, 0 failed, 0 skipped", "0 passed, 2 failed, 0 skipped",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for ci, want := range map[bool]string{false: test.want, true: test.wantCI} {
				var out strings.Builder
				runs := []*run{mustLoad(t, "local", test.local), mustLoad(t, "amd64", test.guest)}
				err := show(&out, runs, ci)
				lines := strings.Split(strings.TrimSpace(out.String()), "\n")
				if diff := cmp.Diff(want, lines[len(lines)-1]); diff != "" {
					t.Errorf("CI=%v: last line:\n%s", ci, diff)
				}
				wantFailed := !strings.Contains(want, " 0 failed") || test.name == "nothing ran"
				if errors.Is(err, errFailed) != wantFailed {
					t.Errorf("CI=%v: error is %v for %q", ci, err, want)
				}
			}
		})
	}
}

func TestEachSkipIsNamed(t *testing.T) {
	var out strings.Builder
	runs := []*run{
		mustLoad(t, "local", events("skip A"+noAppArmor, "skip B"+noV1, "skip C", "pass -")),
		mustLoad(t, "amd64", events("pass A", "skip B"+noV1, "skip C", "pass -")),
	}
	if err := show(&out, runs, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"local: needs AppArmor: no file; passed in: amd64",
		"no run of this suite has what it needs:\n  p B\n",
		"skipped everywhere:\n  p C\n    local: no reason given\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestBuildFailureIsShown(t *testing.T) {
	in := `{"ImportPath":"p [p.test]","Action":"build-output","Output":"x.go:1: syntax error\n"}
{"ImportPath":"p [p.test]","Action":"build-fail"}
{"Action":"start","Package":"p"}
{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}
`
	var out strings.Builder
	if err := show(&out, []*run{mustLoad(t, "local", in)}, false); !errors.Is(err, errFailed) {
		t.Errorf("error is %v", err)
	}
	if !strings.Contains(out.String(), "syntax error") {
		t.Errorf("the compiler's words are missing:\n%s", out.String())
	}
}

func TestTornLineIsAnError(t *testing.T) {
	if _, err := load("local", strings.NewReader(events("pass A")+`{"Act`)); err == nil {
		t.Error("a torn line went unnoticed")
	}
}

func TestWithout(t *testing.T) {
	tests := []struct {
		name, in string
		ok       bool
	}{
		{"all notice", events("fail A"+noAppArmor, "pass B", "fail -"), true},
		{"one does not", events("fail A"+noAppArmor, "pass B"+noAppArmor, "fail -"), false},
		{"one skips", events("fail A"+noAppArmor, "skip B"+noAppArmor, "fail -"), false},
		{"none asks", events("fail A", "fail -"), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			err := without(&out, "AppArmor", mustLoad(t, "noapparmor", test.in))
			if (err == nil) != test.ok {
				t.Errorf("error is %v:\n%s", err, out.String())
			}
		})
	}
}
