package seccomp

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	docker "github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// decide asks filters by the machine of x/net/bpf, which is not what Outcomes
// uses: the strictest answer of all.
func decide(t *testing.T, filters []Filter, auditArch uint32, number int, args [6]uint64) Action {
	t.Helper()
	// The machine reads packets, which are big-endian, so these words are too.
	data := make([]byte, dataSize)
	put := func(offset int, v uint32) {
		data[offset], data[offset+1], data[offset+2], data[offset+3] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
	}
	put(offsetNumber, uint32(number))
	put(offsetArch, auditArch)
	for i, a := range args {
		put(offsetArgs+8*i, uint32(a))
		put(offsetArgs+8*i+4, uint32(a>>32))
	}
	result := Allow
	for _, f := range filters {
		var raw []bpf.RawInstruction
		for _, i := range f.Code {
			raw = append(raw, bpf.RawInstruction{Op: i.Code, Jt: i.Jt, Jf: i.Jf, K: i.K})
		}
		instructions, _ := bpf.Disassemble(raw)
		vm, err := bpf.NewVM(instructions)
		if err != nil {
			t.Fatal(err)
		}
		value, err := vm.Run(data)
		if err != nil {
			t.Fatal(err)
		}
		if a := Action(value); stricter(a, result) {
			result = a
		}
	}
	return result
}

func compile(t *testing.T, rules ...string) []Filter {
	t.Helper()
	p, err := ParseRules(rules)
	if err != nil {
		t.Fatal(err)
	}
	return compiled(t, p)
}

func compiled(t *testing.T, p *Policy) []Filter {
	t.Helper()
	f, err := p.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return []Filter{f}
}

func number(t *testing.T, call string) int {
	t.Helper()
	n, ok := Number(call)
	if !ok {
		t.Skip("needs " + call + ": " + absent(call))
	}
	return n
}

func TestRules(t *testing.T) {
	filters := compile(t, "kill:mkdirat", "errno=EROFS:unlinkat,fchownat", "log:openat", "trace:chdir", "notify:fchdir", "trap:getcwd")
	for call, want := range map[string]Action{
		"mkdirat": Kill, "unlinkat": Refuse(unix.EROFS), "fchownat": Refuse(unix.EROFS), "openat": Log,
		"chdir": Trace, "fchdir": Notify, "getcwd": Trap, "read": Allow, "execve": Allow,
	} {
		if got := decide(t, filters, native.auditArch, number(t, call), [6]uint64{}); got != want {
			t.Errorf("%s: %s, want %s", call, got, want)
		}
	}
	if filters[0].Flags != unix.SECCOMP_FILTER_FLAG_NEW_LISTENER {
		t.Errorf("a notify rule needs a listener; flags %#x", filters[0].Flags)
	}
	filters = compile(t, "errno=ENOSYS:*", "allow:read")
	for call, want := range map[string]Action{"read": Allow, "write": Refuse(unix.ENOSYS)} {
		if got := decide(t, filters, native.auditArch, number(t, call), [6]uint64{}); got != want {
			t.Errorf("%s: %s, want %s", call, got, want)
		}
	}
}

// TestErrnoNames: a number of errno(3) goes by each of its names.
func TestErrnoNames(t *testing.T) {
	for name, want := range map[string]unix.Errno{
		"EAGAIN": 11, "EWOULDBLOCK": 11, "ewouldblock": 11, "EDEADLK": 35, "EDEADLOCK": 35, "ENOTSUP": 95, "EOPNOTSUPP": 95, "95": 95,
	} {
		if got, _, err := parseAction("errno=" + name); err != nil || got != Refuse(want) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// TestGuard: another ABI kills, and only with the guard.
func TestGuard(t *testing.T) {
	p, err := ParseRules([]string{"errno=EPERM:mkdirat"})
	if err != nil {
		t.Fatal(err)
	}
	foreign := i386.auditArch
	for _, open := range []bool{false, true} {
		p.ForeignABI = open
		filters := compiled(t, p)
		want := Kill
		if open {
			want = Allow
		}
		if got := decide(t, filters, foreign, 39, [6]uint64{}); got != want {
			t.Errorf("hole open: %v: a 32-bit mkdir: %s, want %s", open, got, want)
		}
		if got := decide(t, filters, native.auditArch, number(t, "mkdirat"), [6]uint64{}); got != Refuse(unix.EPERM) {
			t.Errorf("hole open: %v: our own mkdirat: %s", open, got)
		}
		if native == x8664 && !open {
			if got := decide(t, filters, native.auditArch, x32|83, [6]uint64{}); got != Kill {
				t.Errorf("x32: %s", got)
			}
		}
	}
}

// TestManyCalls: ranges of numbers hold what they should, and not what lies
// between them; two of three are more than a jump leads over.
func TestManyCalls(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for round := range 30 {
		p := &Policy{Default: Log}
		want := make(map[int]Action)
		rules := []Rule{{Action: Allow}, {Action: Kill}, {Action: Refuse(unix.EPERM)}}
		for i, n := range Numbers() {
			which := random.IntN(2 + round)
			if round == 0 {
				which = i % 3 % 2 * 3 // two of three to the first, the others to none
			}
			want[n] = Log
			if which < len(rules) {
				rules[which].Calls = append(rules[which].Calls, Name(n))
				want[n] = rules[which].Action
			}
		}
		for _, r := range rules {
			p.add(r)
		}
		filters := compiled(t, p)
		for n := range 1000 {
			action, listed := want[n]
			if !listed {
				action = Log
			}
			if got := decide(t, filters, native.auditArch, n, [6]uint64{}); got != action {
				t.Fatalf("round %d: %d, %s: %s, want %s", round, n, Name(n), got, action)
			}
		}
	}
}

// TestConditions compares compiled conditions with what they mean, on random
// arguments near the values that matter: the strictest rule that holds counts.
func TestConditions(t *testing.T) {
	ops := []specs.LinuxSeccompOperator{
		specs.OpEqualTo, specs.OpNotEqual, specs.OpLessThan, specs.OpLessEqual,
		specs.OpGreaterEqual, specs.OpGreaterThan, specs.OpMaskedEqual,
	}
	random := rand.New(rand.NewPCG(1, 2))
	value := func() uint64 {
		return []uint64{0, 1, 40, 1 << 31, 1 << 32, 1<<32 | 40, ^uint64(0), random.Uint64()}[random.IntN(8)]
	}
	actions := []Action{Allow, Log, Notify, Refuse(unix.EROFS), Kill}
	for round := range 400 {
		p := &Policy{Default: Refuse(unix.EPERM)}
		rules := 1 + random.IntN(3)
		if round%100 == 0 {
			rules = 60 // longer than a question's jump
		}
		for range rules {
			var conds []Cond
			for arg := range 1 + random.IntN(2) {
				c := Cond{Arg: uint(arg), Op: ops[random.IntN(len(ops))], Value: value()}
				c.Two = value() & c.Value
				conds = append(conds, c)
			}
			p.add(Rule{Action: actions[random.IntN(len(actions))], Calls: []string{"socket"}, Conds: conds})
		}
		p.add(Rule{Action: Allow, Calls: []string{"read", "execve", "sendfile"}})
		filters := compiled(t, p)
		for range 20 {
			args := [6]uint64{value(), value(), value()}
			want := meant(p.Rules[:rules], args, p.Default)
			if got := decide(t, filters, native.auditArch, number(t, "socket"), args); got != want {
				t.Fatalf("%v with %#x: %s, want %s", p.Rules, args, got, want)
			}
			// What has no conditions must not depend on the arguments.
			if got := decide(t, filters, native.auditArch, number(t, "write"), args); got != Refuse(unix.EPERM) {
				t.Fatalf("write with %#x: %s", args, got)
			}
		}
	}
}

// TestWithoutCondition: of the rules about a call, the first without a condition
// counts, wherever those with one stand.
func TestWithoutCondition(t *testing.T) {
	only40 := []Cond{{Arg: 0, Op: specs.OpEqualTo, Value: 40}}
	for _, rules := range [][]Rule{
		{{Action: Allow, Conds: only40}, {Action: Refuse(unix.EROFS)}},
		{{Action: Kill, Conds: only40}, {Action: Allow}},
		{{Action: Log}, {Action: Kill, Conds: only40}, {Action: Allow}},
	} {
		p := &Policy{Default: Kill}
		for _, r := range rules {
			r.Calls = []string{"socket"}
			p.add(r)
		}
		filters := compiled(t, p)
		want, certain := p.Of("socket")
		for _, arg := range []uint64{40, 41} {
			got := decide(t, filters, native.auditArch, number(t, "socket"), [6]uint64{arg})
			if got != want || !certain {
				t.Errorf("%v with %d: %s, want %s", p.Rules, arg, got, want)
			}
		}
	}
}

// met tells whether the condition holds for the arguments of a call.
func met(c Cond, args [6]uint64) bool {
	a := args[c.Arg]
	switch c.Op {
	case specs.OpNotEqual:
		return a != c.Value
	case specs.OpLessThan:
		return a < c.Value
	case specs.OpLessEqual:
		return a <= c.Value
	case specs.OpEqualTo:
		return a == c.Value
	case specs.OpGreaterEqual:
		return a >= c.Value
	case specs.OpGreaterThan:
		return a > c.Value
	}
	return a&c.Value == c.Two
}

// meant is the strictest action of the rules that hold.
func meant(rules []Rule, args [6]uint64, otherwise Action) Action {
	var held []Action
	for _, r := range rules {
		if !slices.ContainsFunc(r.Conds, func(c Cond) bool { return !met(c, args) }) {
			held = append(held, r.Action)
		}
	}
	if len(held) == 0 {
		return otherwise
	}
	return slices.MinFunc(held, func(a, b Action) int { return cmp.Compare(int32(a), int32(b)) })
}

// TestTooMany: a rule that no jump leads out of is no filter at all.
func TestTooMany(t *testing.T) {
	p := &Policy{Default: Allow}
	conds := slices.Repeat([]Cond{{Op: specs.OpEqualTo}}, 65)
	p.add(Rule{Action: Kill, Calls: []string{"socket"}, Conds: conds})
	if _, err := p.Compile(); err == nil || !strings.Contains(err.Error(), "at most 255") {
		t.Error(err)
	}
	p.Rules[0].Conds = conds[:64]
	if _, err := p.Compile(); err != nil {
		t.Error(err)
	}
}

// TestDocker compares the compiled profile with libseccomp's reading of it, call
// by call: the rules that apply, and nothing else.
func TestDocker(t *testing.T) {
	for _, caps := range [][]string{nil, {"CAP_SYS_ADMIN"}} {
		p, err := LoadProfile(Docker, caps)
		if err != nil {
			t.Fatal(err)
		}
		filters := compiled(t, p)
		admin := len(caps) > 0
		for _, c := range []struct {
			call string
			args [6]uint64
			want bool
		}{
			{"mkdirat", [6]uint64{}, true},
			{"keyctl", [6]uint64{}, false},
			{"mount", [6]uint64{}, admin},
			{"unshare", [6]uint64{}, admin},
			{"bpf", [6]uint64{}, admin},
			{"clone3", [6]uint64{}, admin},
			{"clone", [6]uint64{uint64(unix.SIGCHLD)}, true},
			{"clone", [6]uint64{unix.CLONE_NEWUSER}, admin},
			{"socket", [6]uint64{unix.AF_INET}, true},
			{"socket", [6]uint64{unix.AF_VSOCK}, false},
			{"personality", [6]uint64{0}, true},
			{"personality", [6]uint64{0x40000}, false},
			{"personality", [6]uint64{1 << 32}, false},
			{"sendfile", [6]uint64{unix.AF_VSOCK}, true},
		} {
			got := decide(t, filters, native.auditArch, number(t, c.call), c.args)
			if (got == Allow) != c.want {
				t.Errorf("capabilities %v: %s%#x: %s", caps, c.call, c.args[:1], got)
			}
			known := maps.Collect(slices.All(c.args[:]))
			if one := OutcomesWith(filters, number(t, c.call), known); !slices.Equal(one, []Action{got}) {
				t.Errorf("capabilities %v: %s%#x: %s, and the walk says %v", caps, c.call, c.args[:1], got, one)
			}
		}
		for _, n := range Numbers() {
			// The walk finds every answer that the machine can give.
			got := decide(t, filters, native.auditArch, n, [6]uint64{rand.Uint64(), rand.Uint64()})
			if all := Outcomes(filters, n); !slices.Contains(all, got) {
				t.Errorf("%s: %s is not among %v", Name(n), got, all)
			}
			if action, certain := p.Of(Name(n)); certain && !slices.Equal(Outcomes(filters, n), []Action{action}) {
				t.Errorf("%s: %v, and the profile says %s", Name(n), Outcomes(filters, n), action)
			}
		}
	}
}

// TestTooNew: a call that is newer than all that a profile names does not exist,
// unless the profile allows what it does not name. Rules know no such thing.
func TestTooNew(t *testing.T) {
	newest := Numbers()[len(Numbers())-1]
	for profile, want := range map[string]Action{
		`"SCMP_ACT_ERRNO","syscalls":[{"names":["write"],"action":"SCMP_ACT_ALLOW"}]`: tooNew,
		`"SCMP_ACT_KILL","syscalls":[{"names":["write"],"action":"SCMP_ACT_ALLOW"}]`:  tooNew,
		`"SCMP_ACT_ALLOW","syscalls":[{"names":["write"],"action":"SCMP_ACT_KILL"}]`:  Allow,
		`"SCMP_ACT_LOG","syscalls":[{"names":["write"],"action":"SCMP_ACT_KILL"}]`:    Log,
	} {
		p, err := ParseProfile("p.json", []byte(`{"defaultAction":`+profile+`}`), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{newest, newest + 1} {
			if got := decide(t, compiled(t, p), native.auditArch, n, [6]uint64{}); got != want {
				t.Errorf("%s: call %d: %s, want %s", profile, n, got, want)
			}
		}
		if got, certain := p.Of(Name(newest)); got != want || !certain {
			t.Errorf("%s: %s is %s, %v, want %s", profile, Name(newest), got, certain, want)
		}
	}
	got := decide(t, compile(t, "errno=EPERM:*", "allow:read"), native.auditArch, newest, [6]uint64{})
	if got != Refuse(unix.EPERM) {
		t.Errorf("rules: %s", got)
	}
}

func TestBadRules(t *testing.T) {
	for rule, want := range map[string]string{
		"mkdir": "ACTION:CALL", "kil:mkdir": `did you mean "kill"`, "kill:mkdri": `did you mean "mkdir`,
		"errno=EPREM:read": `did you mean "EPERM"`, "errno=EWOULDBLOK:read": `did you mean "EWOULDBLOCK"`, "errno=0:read": "from 1 to 4095", "errno=5000:read": "from 1 to 4095",
		"kill:": "missing", "kill:read,,write": "missing", "kill=1:read": "only errno and notify",
		"notify:*": "trace:*", "notify=EPREM:read": `did you mean "EPERM"`, "": "ACTION:CALL", ":read": "no action",
	} {
		_, err := ParseRules([]string{rule})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", rule, err, want)
		}
	}
	if _, err := ParseRules([]string{"kill:read", "log:write,read"}); err == nil || !strings.Contains(err.Error(), "two rules") {
		t.Errorf("a call in two rules: %v", err)
	}
}

// TestAbsentCalls: a call of another architecture is left out, unless none is left.
func TestAbsentCalls(t *testing.T) {
	foreign := "mkdir" // arm64 has none
	if native == x8664 {
		foreign = "arm_fadvise64_64"
	}
	r, err := ParseRule("kill:mkdirat," + foreign)
	if err != nil || !slices.Equal(r.Calls, []string{"mkdirat"}) {
		t.Errorf("%v, %v", r.Calls, err)
	}
	if _, err := ParseRule("kill:" + foreign); err == nil || !strings.Contains(err.Error(), "has no "+foreign) {
		t.Errorf("nothing but %s: %v", foreign, err)
	}
	if text := absent("mkdir"); !strings.HasSuffix(text, "use mkdirat") {
		t.Error(text)
	}
}

func TestBadProfiles(t *testing.T) {
	allow := func(syscall string) string {
		return `{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[` + syscall + `]}`
	}
	for text, want := range map[string]string{
		"": "unexpected end", "{": "cut off", `{"defaultAction":"SCMP_ACT_ERRNO","sysc`: "cut off",
		"{\n\"defaultAction\": 3}": `line 2: "defaultAction" must be a string, and not a number`, "{}": "defaultAction",
		"[]":                      "line 1: a profile must be an object, {...}, and not an array",
		allow(`["read"]`):         `each of "syscalls" must be an object, {...}, and not an array`,
		allow(`{"names":"read"}`): `"syscalls.names" must be an array, [...], and not a string`,
		allow(`{"names":[true]}`): `each of "syscalls.names" must be a string, and not true or false`,
		allow(`{"names":["read"],"args":[{"index":-1}]}`):                            `"syscalls.args.index" must be a whole number from 0 up, and not the number -1`,
		allow(`{"names":["read"],"includes":{"minKernel":5}}`):                       `"minKernel" must be a string, such as "5.10", and not a number`,
		allow(`{"names":["read"],"action":"SCMP_ACT_KILL","arg":[]}`):                `syscalls[0]: no key "arg" (did you mean "args"?)`,
		allow(`{"names":["read"],"action":"SCMP_ACT_KILL","args":[{"argument":0}]}`): `syscalls[0].args[0]: no key "argument"; the keys here are comment, index, op, value, valueTwo`,
		allow(`{"names":["read"],"acton":"SCMP_ACT_KILL"}`):                          `did you mean "action"`,
		allow(`{"names":["read"],"action":"SCMP_ACT_KILL"},{"arg":[]}`):              `syscalls[1]: no key "arg"`,
		allow(`{"names":["read"],"action":"SCMP_ACT_ERRNO","errno":38}`):             `no key "errno"`,
		`{"defaultAction":"SCMP_ACT_ALLOW","syscals":[]}`:                            `no key "syscals" (did you mean "syscalls"?)`,
		`{"defaultAction":"SCMP_ACT_ALOW"}`:                                          `did you mean "SCMP_ACT_ALLOW"`,
		allow(""):                                                                    "allows everything", allow("null"): "null",
		allow(`{"names":["read"],"action":"SCMP_ACT_KIL"}`):                                                                        `did you mean "SCMP_ACT_KILL"`,
		allow(`{"names":["raed"],"action":"SCMP_ACT_KILL"}`):                                                                       `did you mean "read"`,
		allow(`{"names":[],"action":"SCMP_ACT_KILL"}`):                                                                             `no "names"`,
		allow(`{"names":["read"],"action":"SCMP_ACT_ERRNO","errnoRet":99999}`):                                                     "highest errno",
		allow(`{"names":["read"],"action":"SCMP_ACT_KILL","args":[{"index":9,"op":"SCMP_CMP_EQ"}]}`):                               "argument 9",
		allow(`{"names":["read"],"action":"SCMP_ACT_KILL","args":[{"index":0,"op":"SCMP_CMP_EG"}]}`):                               `did you mean "SCMP_CMP_EQ"`,
		allow(`{"names":["read"],"action":"SCMP_ACT_KILL","args":[{"index":0,"op":"SCMP_CMP_MASKED_EQ","value":1,"valueTwo":2}]}`): "never holds",
		allow(`{"names":["read"],"action":"SCMP_ACT_KILL","includes":{"minKernel":"x"}}`):                                          "kernel version",
		`{"defaultAction":"SCMP_ACT_NOTIFY"}`:                                                                                      "name the calls",
		`{"defaultAction":"SCMP_ACT_ERRNO","flags":["SECCOMP_X"]}`:                                                                 "no flag",
		`{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1234567}`:                                                             "highest errno",
	} {
		_, err := ParseProfile("p.json", []byte(text), nil)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "p.json") {
			t.Errorf("%s:\n%v, want %q", text, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "Go ") || strings.Contains(err.Error(), "Linux")) {
			t.Errorf("%s:\n%v: these are Go's words", text, err)
		}
	}
}

// TestKeysOfOthers: real profiles pass, Docker's own above all, and so do notes.
func TestKeysOfOthers(t *testing.T) {
	dockers, err := json.Marshal(docker.DefaultProfile())
	if err != nil {
		t.Fatal(err)
	}
	const podmans = `{"$schema":"x","comment":"","defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,"defaultErrno":"ENOSYS",
		"archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":null}],"flags":[],"listenerPath":"","listenerMetadata":"",
		"syscalls":[{"names":["read"],"action":"SCMP_ACT_ERRNO","errno":"EPERM","errnoRet":1,"comment":"","args":null,
		"includes":{"caps":[],"arches":[],"minKernel":"4.8"},"excludes":{}}]}`
	const olds = `{"DefaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86_64"],
		"syscalls":[{"name":"read","action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"valueTwo":0,"op":"SCMP_CMP_EQ"}]}]}`
	for _, text := range []string{string(dockers), podmans, olds} {
		if _, err := ParseProfile("p.json", []byte(text), nil); err != nil {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

// TestProfileFiles are those that never get as far as JSON.
func TestProfileFiles(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large.json")
	f, err := os.Create(large)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(50 << 20); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty.json")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		large: "larger than", empty: "empty", filepath.Dir(empty): "is a directory", "/dev/zero": "larger than",
		empty + ".no": "docker, or unconfined",
	} {
		if _, err := LoadProfile(path, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

// TestSkipped: what a profile allows and nobody knows only makes it stricter.
func TestSkipped(t *testing.T) {
	p, err := ParseProfile("p.json", []byte(`{"defaultAction":"SCMP_ACT_ERRNO",
		"syscalls":[{"names":["read","from_the_future","swapcontext"],"action":"SCMP_ACT_ALLOW"}]}`), nil)
	if err != nil || !slices.Equal(p.Skipped(), []string{"from_the_future"}) {
		t.Errorf("%v, %v", p, err)
	}
}

func FuzzParseProfile(f *testing.F) {
	f.Add([]byte(`{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"op":"SCMP_CMP_LT"},{"index":0,"value":8,"op":"SCMP_CMP_EQ"}]}]}`))
	f.Add([]byte(`{"defaultAction":"SCMP_ACT_ALLOW","archMap":[null],"syscalls":[{"name":"socket","action":"SCMP_ACT_TRACE","args":[{"index":5,"value":7,"valueTwo":2,"op":"SCMP_CMP_MASKED_EQ"}],"includes":{"caps":["CAP_KILL"],"minKernel":"4.8"}}]}`))
	f.Add([]byte(`{"defaultAction":"SCMP_ACT_KILL","syscalls":[null]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := ParseProfile("p.json", body, []string{"CAP_KILL"})
		if err != nil {
			return
		}
		f, err := p.Compile()
		if err != nil {
			return
		}
		filters := []Filter{f}
		for _, n := range []int{0, 1, 41, 1 << 20} {
			var args [6]uint64
			if got := decide(t, filters, native.auditArch, n, args); !slices.Contains(Outcomes(filters, n), got) {
				t.Fatalf("call %d: %s is not among %v", n, got, Outcomes(filters, n))
			}
		}
	})
}

func FuzzParseRule(f *testing.F) {
	for _, rule := range []string{"kill:mkdir", "errno=EPERM:*", "notify=0:read", "errno=:,"} {
		f.Add(rule)
	}
	f.Fuzz(func(_ *testing.T, rule string) {
		if p, err := ParseRules([]string{rule}); err == nil {
			_, _ = p.Compile()
		}
	})
}

// FuzzWalk: no program makes the walk panic or hang, as one that the kernel has
// from somebody else, and what x/net's machine returns for a call is among what it finds.
func FuzzWalk(f *testing.F) {
	f.Add([]byte("\x20\x00\x00\x00\x04\x00\x00\x00\x15\x00\x01\x00\x3e\x00\x00\xc0\x06\x00\x00\x00\x00\x00\x00\x80\x16\x00\x00\x00\x00\x00\x00\x00"), make([]byte, dataSize))
	f.Fuzz(func(t *testing.T, code, data []byte) {
		var p Program
		if p.UnmarshalText(base64.StdEncoding.AppendEncode(nil, code)) != nil || len(p) > 256 {
			return
		}
		var none, all callData
		for i := 0; len(data) == dataSize && i < dataSize; i += 4 {
			all.set(i, binary.BigEndian.Uint32(data[i:]))
		}
		p.Disassemble()
		returned, valid := executed(p, data)
		for _, d := range []*callData{&none, &all} {
			if found := p.outcomes(d); valid && !slices.Contains(found, returned) && !slices.Contains(found, unknownAction) {
				t.Errorf("%#x is not among %v", returned, found)
			}
		}
	})
}

// executed is what x/net's machine returns. It is false where that or seccomp(2) does
// not take the program: it loads aligned words alone.
func executed(p Program, data []byte) (Action, bool) {
	var list []bpf.Instruction
	for _, i := range p {
		if i.Code&0x07 == unix.BPF_LD && (i.Code != unix.BPF_LD|unix.BPF_W|unix.BPF_ABS || i.K%4 != 0 || i.K >= dataSize) {
			return 0, false
		}
		list = append(list, bpf.RawInstruction{Op: i.Code, Jt: i.Jt, Jf: i.Jf, K: i.K}.Disassemble())
	}
	vm, err := bpf.NewVM(list)
	if err != nil {
		return 0, false
	}
	value, err := vm.Run(data)
	return Action(value), err == nil && len(data) == dataSize
}

// TestManyWays: a program that doubles what its accumulator may be with every second
// instruction is walked all the same.
func TestManyWays(t *testing.T) {
	p := Program{{Code: unix.BPF_LD | unix.BPF_IMM}}
	for bit := range 32 {
		p = append(
			p,
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_X, Jf: 1},
			unix.SockFilter{Code: unix.BPF_ALU | unix.BPF_OR | unix.BPF_K, K: 1 << bit},
		)
	}
	p = append(p, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_A})
	if found := p.outcomes(&callData{}); !slices.Contains(found, unknownAction) {
		t.Errorf("%d outcomes, and none is unknown", len(found))
	}
}

func TestProgramAsText(t *testing.T) {
	f := compile(t, "kill:mkdirat,fchownat")[0]
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var back Filter
	if err := json.Unmarshal(b, &back); err != nil || !slices.Equal(back.Code, f.Code) {
		t.Errorf("%v, %v", back, err)
	}
}

func TestDisassemble(t *testing.T) {
	if native != x8664 {
		t.Skip("needs amd64: the numbers are its own")
	}
	lines := compile(t, "kill:mkdir,mkdirat")[0].Code.Disassemble()
	for i, want := range map[int]Line{
		1: {1, "jeq #0xc000003e, 3, 2", "is it x86_64? yes: 3"},
		6: {6, "jeq #0x53, 8, 7", "is it mkdir? yes: 8"},
		7: {7, "jeq #0x102, 8, 9", "is it mkdirat? no: 9"},
		8: {8, "ret #0x80000000", "kill the process"},
	} {
		if lines[i] != want {
			t.Errorf("%+v, want %+v", lines[i], want)
		}
	}
}

func TestParseRecord(t *testing.T) {
	text := `audit(1795492789.248:5): auid=4294967295 uid=0 gid=0 ses=7 pid=16051 comm="mkdir" exe="/bin/busybox" sig=0 arch=c000003e syscall=83 compat=0 ip=0x47b567 code=0x7ffc0000`
	r, ok := ParseRecord(text)
	if want := (Record{16051, "mkdir", "mkdir", "x86_64", Log, "7"}); !ok || r != want {
		t.Errorf("%+v, want %+v", r, want)
	}
	r, ok = ParseRecord(strings.Replace(strings.Replace(text, "c000003e", "40000003", 1), "syscall=83", "syscall=39", 1))
	if !ok || r.ABI != "i386" || r.Call != "mkdir" {
		t.Errorf("%+v", r)
	}
	r, ok = ParseRecord(strings.Replace(text, `"mkdir"`, "611B5B324A20", 1)) // the name of a process may be anything
	if want := `"a\x1b[2J " (process 16051) called mkdir: make the call, and write a record`; !ok || native == x8664 && r.Words() != want {
		t.Errorf("%s, want %s", r.Words(), want)
	}
	if _, ok := ParseRecord("audit(1): pid=x"); ok {
		t.Error("half a record was taken for one")
	}
}

func BenchmarkCompileDocker(b *testing.B) {
	for b.Loop() {
		p, err := LoadProfile(Docker, nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Compile(); err != nil {
			b.Fatal(err)
		}
	}
}
