package observe

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func recorded(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestParseStatus(t *testing.T) {
	tests := []struct {
		name, text string
		want       []Field
	}{
		{"nothing", "", []Field{}},
		{"tabs", "Uid:\t0\t1\t2\t3\n", []Field{{"Uid", "0\t1\t2\t3"}}},
		{"empty value", "Groups:\t \n", []Field{{"Groups", ""}}},
		{"a colon in the value", "Name:\ta:b\n", []Field{{"Name", "a:b"}}},
		{"no colon", "nonsense\nPid:\t1\n", []Field{{"Pid", "1"}}},
		{"no newline at the end", "Pid:\t1", []Field{{"Pid", "1"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, parseStatus([]byte(test.text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseRecordedStatus(t *testing.T) {
	s := &Snapshot{Status: parseStatus(recorded(t, "status-6.18"))}
	if len(s.Status) != 59 || s.Status[0].Name != "Name" || s.Status[58].Name != "nonvoluntary_ctxt_switches" {
		t.Errorf("%d fields, from %q", len(s.Status), s.Status[0].Name)
	}
	for field, want := range map[string]string{
		"CapEff": "000001fffeffffff", "Uid": "0\t0\t0\t0", "Groups": "", "Name": "cat", "NoSuchField": "",
	} {
		if got := s.Get(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
}

func TestEnded(t *testing.T) {
	alive := string(recorded(t, "status-6.18"))
	withoutMemory := func(text string) string {
		var kept []string
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "Vm") {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
	signals := regexp.MustCompile(`SigIgn:.*`)
	older := strings.Replace(withoutMemory(alive), "Kthread:\t0\n", "", 1)
	tests := []struct {
		name, text string
		want       bool
	}{
		{"running", alive, false},
		{"stopped", strings.Replace(alive, "R (running)", "T (stopped)", 1), false},
		{"zombie", string(recorded(t, "status-zombie")), true},
		{"on its way out", withoutMemory(alive), true},
		{"kernel thread", strings.Replace(withoutMemory(alive), "Kthread:\t0", "Kthread:\t1", 1), false},
		{"on its way out before Linux 6.8", older, true},
		{"kernel thread before Linux 6.8", signals.ReplaceAllString(older, "SigIgn:\tffffffffffffffff"), false},
		{"not read from /proc", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &Snapshot{Status: parseStatus([]byte(test.text))}
			if got := s.Ended(); got != test.want {
				t.Errorf("Ended is %v, want %v", got, test.want)
			}
		})
	}
}

const mountsText = `27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
22 27 0:21 / /proc rw,nosuid master:3 - proc proc rw
60 27 254:0 /srv/my\040dir /mnt ro shared:4 master:1 - ext4 /dev/vda rw
61 27 0:40 / /tmp rw unbindable - tmpfs none rw
62 27 0:41 / /run rw - tmpfs none rw
`

func TestParseMounts(t *testing.T) {
	got, err := parseMounts([]byte(mountsText))
	if err != nil {
		t.Fatal(err)
	}
	want := Mount{
		ID: 60, Parent: 27, Dev: "254:0", Root: "/srv/my dir", Mountpoint: "/mnt", FSType: "ext4",
		Source: "/dev/vda", Options: "ro", SuperOptions: "rw", Propagation: "shared:4 master:1",
	}
	if diff := cmp.Diff(want, got[2]); diff != "" {
		t.Error(diff)
	}
	var texts, kinds []string
	for _, m := range got {
		texts = append(texts, m.String())
		kinds = append(kinds, propagationKind(&m))
	}
	wantTexts := []string{"ext4 on /", "proc on /proc", "ext4[/srv/my dir] on /mnt", "tmpfs on /tmp", "tmpfs on /run"}
	if diff := cmp.Diff(wantTexts, texts); diff != "" {
		t.Error(diff)
	}
	wantKinds := []string{"shared", "slave", "shared and slave", "unbindable", "private"}
	if diff := cmp.Diff(wantKinds, kinds); diff != "" {
		t.Error(diff)
	}
	if _, err := parseMounts([]byte("nonsense\n")); err == nil {
		t.Error("no error for a line that is no mount")
	}
}

func TestParseMaps(t *testing.T) {
	const text = `5648cb5f8000-5648cb5fa000 r--p 00000000 fe:00 247026                     /usr/bin/cat
5648cb5fa000-5648cb5ff000 r-xp 00002000 fe:00 247026                     /usr/bin/cat
5648e99b7000-5648e99d8000 rw-p 00000000 00:00 0                          [heap]
7fe7cc1a1000-7fe7cc1c3000 rw-p 00000000 00:00 0 
7fe7cc1c3000-7fe7cc21a000 rw-p 00000000 00:00 0                          [anon: a /b]
7fe7cc26c000-7fe7cc26d000 r--p 00000000 fe:00 9                          /tmp/my file (deleted)
`
	want := Maps{Count: 6, Files: []string{"/usr/bin/cat", "/tmp/my file (deleted)"}}
	if diff := cmp.Diff(want, parseMaps([]byte(text))); diff != "" {
		t.Error(diff)
	}
}

func TestParseLimits(t *testing.T) {
	s := &Snapshot{Limits: parseLimits(recorded(t, "limits"))}
	if len(s.Limits) != 16 {
		t.Errorf("%d limits, want 16", len(s.Limits))
	}
	for _, want := range []Limit{
		{"Max processes", "96365", "96365", "processes"},
		{"Max stack size", "8388608", "unlimited", "bytes"},
		{"Max nice priority", "0", "0", ""},
	} {
		if got, ok := s.Limit(want.Name); !ok || got != want {
			t.Errorf("got %+v %v, want %+v", got, ok, want)
		}
	}
	if _, ok := s.Limit("Max sense"); ok {
		t.Error("a limit that does not exist was found")
	}
}

func TestParseSmallFiles(t *testing.T) {
	if got := parseLines([]byte("         0       1000          1\n  1 100000 65536\n")); got != "0 1000 1, 1 100000 65536" {
		t.Errorf("uid_map reads %q", got)
	}
	if got := parseCmdline([]byte("sh\x00-c\x00\x00a b\x00")); !cmp.Equal(got, []string{"sh", "-c", "", "a b"}) {
		t.Errorf("cmdline reads %q", got)
	}
	if got := parseCmdline(nil); got != nil {
		t.Errorf("cmdline of a zombie reads %q", got)
	}
	for _, line := range []string{"docker-default (enforce)\n", "docker-default (enforce)\x00"} {
		if got := parseLabel([]byte(line)); got != "docker-default (enforce)" {
			t.Errorf("label reads %q", got)
		}
	}
}

// FuzzParseStatus: whatever a kernel writes is kept as it stands, and nothing
// in it makes Diff fail.
func FuzzParseStatus(f *testing.F) {
	f.Add(recorded(f, "status-6.18"))
	f.Add(recorded(f, "status-zombie"))
	f.Add([]byte("Name:\tx\nState:\t\nUid:\t1\nCapEff:\tzz\nSeccomp:\t9\nNSpid:\t1\t2\nGroups:\t1 1\n"))
	old := &Snapshot{LastCap: 40, Status: parseStatus(recorded(f, "status-6.18"))}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &Snapshot{Status: parseStatus(data), LastCap: len(data)}
		for _, field := range s.Status {
			if strings.Contains(field.Name, ":") || strings.TrimSpace(field.Value) != field.Value {
				t.Errorf("field %q", field)
			}
			if !strings.Contains(string(data), field.Value) {
				t.Errorf("%q is not in the text", field.Value)
			}
		}
		if again := Diff(s, s); len(again) != 0 && !hasDuplicates(s.Status) {
			t.Errorf("a snapshot differs from itself: %+v", again)
		}
		for _, c := range Diff(old, s) {
			if c.Field == "" || c.Group == "" || c.Summary() == "" {
				t.Errorf("%+v says nothing", c)
			}
		}
	})
}

func hasDuplicates(fields []Field) bool {
	seen := map[string]bool{}
	for _, f := range fields {
		if seen[f.Name] {
			return true
		}
		seen[f.Name] = true
	}
	return false
}

// FuzzPrintable: whatever a process calls itself, nothing of it moves a terminal.
func FuzzPrintable(f *testing.F) {
	for _, text := range []string{"a\x1b[2Jb", "\x9b2J", "阿部　太郎\u202e", "a\tb"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range []string{Printable(text), oneLine(text), decodeCommand([]string{text, text})} {
			if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%q is %q", text, got)
			}
		}
	})
}
