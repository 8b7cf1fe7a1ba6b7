package seccomp

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// parsed reads a profile that refuses with EPERM what its text does not name.
func parsed(t *testing.T, text string) *Policy {
	t.Helper()
	p, err := ParseProfile("p.json", []byte(`{"defaultAction":"SCMP_ACT_ERRNO",`+text+`}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestProfileActions are all that runtime-spec has.
func TestProfileActions(t *testing.T) {
	for name, want := range map[string]Action{
		"SCMP_ACT_KILL": Kill, "SCMP_ACT_KILL_THREAD": Kill, "SCMP_ACT_KILL_PROCESS": Kill, "SCMP_ACT_TRAP": Trap,
		"SCMP_ACT_ERRNO": Refuse(unix.EROFS), "SCMP_ACT_NOTIFY": Notify,
		"SCMP_ACT_TRACE": Trace, "SCMP_ACT_LOG": Log, "SCMP_ACT_ALLOW": Allow,
	} {
		p := parsed(t, `"syscalls":[{"names":["chdir"],"action":"`+name+`","errnoRet":30}]`)
		if got := decide(t, compiled(t, p), native.auditArch, number(t, "chdir"), [6]uint64{}); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestProfileFlags(t *testing.T) {
	for flags, want := range map[string]uint{
		``:                                 0,
		`"SECCOMP_FILTER_FLAG_LOG"`:        unix.SECCOMP_FILTER_FLAG_LOG,
		`"SECCOMP_FILTER_FLAG_SPEC_ALLOW"`: unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW,
		`"SECCOMP_FILTER_FLAG_SPEC_ALLOW","SECCOMP_FILTER_FLAG_LOG"`: unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW | unix.SECCOMP_FILTER_FLAG_LOG,
		`"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"`:                   0,
	} {
		if f := compiled(t, parsed(t, `"flags":[`+flags+`]`))[0]; f.Flags != want {
			t.Errorf("%s: %#x, want %#x", flags, f.Flags, want)
		}
	}
}

// TestAboutOneArgument: two conditions on one argument are alternatives, and on two
// arguments both must hold.
func TestAboutOneArgument(t *testing.T) {
	for second, want := range map[int]map[[2]uint64]bool{
		0: {{1, 0}: true, {2, 0}: true, {3, 0}: false, {1, 2}: true, {0, 2}: false},
		1: {{1, 0}: false, {2, 0}: false, {3, 0}: false, {1, 2}: true, {0, 2}: false},
	} {
		filters := compiled(t, parsed(t, fmt.Sprintf(`"syscalls":[{"names":["socket"],"action":"SCMP_ACT_ALLOW","args":[
			{"index":0,"op":"SCMP_CMP_EQ","value":1},{"index":%d,"op":"SCMP_CMP_EQ","value":2}]}]`, second)))
		for args, allowed := range want {
			got := decide(t, filters, native.auditArch, number(t, "socket"), [6]uint64{args[0], args[1]})
			if (got == Allow) != allowed {
				t.Errorf("the second condition is about argument %d: socket%v: %s", second, args, got)
			}
		}
	}
}

// TestLastArgument: a system call has six.
func TestLastArgument(t *testing.T) {
	for index, want := range map[int]string{5: "", 6: "argument 6"} {
		_, err := ParseProfile("p.json", fmt.Appendf(nil, `{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[
			{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[{"index":%d,"op":"SCMP_CMP_EQ"}]}]}`, index), nil)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %v, want %q", index, err, want)
		}
	}
}
