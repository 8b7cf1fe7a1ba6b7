package observe

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"
)

// statusWith gives a snapshot with the recorded status, in which the values of
// some fields are others.
func statusWith(t testing.TB, values ...string) *Snapshot {
	t.Helper()
	s := &Snapshot{LastCap: 40, Status: parseStatus(recorded(t, "status-6.18"))}
	for i := 0; i < len(values); i += 2 {
		found := false
		for j := range s.Status {
			if s.Status[j].Name == values[i] {
				s.Status[j].Value, found = values[i+1], true
			}
		}
		if !found {
			t.Fatalf("no field %s in the recorded status", values[i])
		}
	}
	return s
}

// lines writes changes as one would show them.
func lines(changes []Change) []string {
	var out []string
	for _, c := range changes {
		out = append(out, c.Field+": "+c.Summary())
	}
	return out
}

func TestDiffStatus(t *testing.T) {
	const all = "000001ffffffffff"
	tests := []struct {
		name     string
		old, new []string
		want     []string
	}{
		{"nothing", nil, nil, nil},
		{
			"what moves by itself", nil, []string{
				"State", "S (sleeping)", "VmRSS", "9 kB", "RssAnon", "9 kB", "HugetlbPages", "9 kB", "TracerPid", "7",
				"SigQ", "3/9", "SigPnd", "0000000000000001", "ShdPnd", "0000000000000001", "FDSize", "64", "Threads", "9",
				"voluntary_ctxt_switches", "9", "nonvoluntary_ctxt_switches", "9", "Ngid", "2", "CoreDumping", "1",
			}, nil,
		},
		{"said by another field", nil, []string{"Tgid", "9", "NStgid", "9", "NSpid", "9", "Cpus_allowed", "1"}, nil},
		{"stopped", nil, []string{"State", "T (stopped)"}, []string{"State: R (running) → T (stopped)"}},
		{"traced", nil, []string{"State", "t (tracing stop)"}, nil},
		{"ended", nil, []string{"State", "Z (zombie)"}, []string{"State: R (running) → Z (zombie)"}},
		{
			"born into a pid namespace",
			[]string{"NSpid", "1234", "Pid", "1234"},
			[]string{"NSpid", "1240\t1", "Pid", "1240"},
			[]string{"Pid: 1234 → 1240", "NSpid: 1234 → 1240 1"},
		},
		{
			"user", nil,
			[]string{"Uid", "1000\t1000\t1000\t1000", "Gid", "0\t5\t0\t5", "Groups", "4 24"},
			[]string{"Uid: 0 → 1000", "Gid: 0 → real 0, effective 5, saved 0, fs 5", "Groups: + 4, + 24"},
		},
		{"groups dropped", []string{"Groups", "4 24"}, []string{"Groups", "24"}, []string{"Groups: − 4"}},
		{
			"seccomp", nil,
			[]string{"NoNewPrivs", "1", "Seccomp", "2", "Seccomp_filters", "1"},
			[]string{"NoNewPrivs: 0 (off) → 1 (on)", "Seccomp: 0 (none) → 2 (filter)", "Seccomp_filters: 0 → 1"},
		},
		{
			"signals", nil,
			[]string{"SigIgn", "0000000000000002", "SigBlk", "8000000200000000"},
			[]string{"SigBlk: + SIGRTMIN, + SIGRTMIN+30", "SigIgn: + SIGINT"},
		},
		{
			"a capability from the bounding set",
			[]string{"CapBnd", all},
			[]string{"CapBnd", "000001fffdffffff"},
			[]string{"CapBnd: − CAP_SYS_TIME"},
		},
		{
			"the same from three sets",
			[]string{"CapPrm", all, "CapEff", all, "CapBnd", all},
			[]string{"CapPrm", "000001fffdfbffff", "CapEff", "000001fffdfbffff", "CapBnd", "000001fffdfbffff"},
			[]string{"CapPrm CapEff CapBnd: − CAP_SYS_CHROOT, − CAP_SYS_TIME"},
		},
		{
			"other things from two sets",
			[]string{"CapPrm", all, "CapEff", all},
			[]string{"CapPrm", "000001fffdffffff", "CapEff", "0000000000000000"},
			[]string{"CapPrm: − CAP_SYS_TIME", "CapEff: all 41 → none"},
		},
		{
			"nearly all, from a set that lacked one",
			[]string{"CapBnd", "000001fffeffffff"},
			[]string{"CapBnd", "0000000000000021"},
			[]string{"CapBnd: 40: all but CAP_SYS_RESOURCE → 2: CAP_CHOWN, CAP_KILL"},
		},
		{
			"one that has no name",
			[]string{"CapBnd", all},
			[]string{"CapBnd", "000003ffffffffff"},
			[]string{"CapBnd: + CAP_41"},
		},
		{"no mask", nil, []string{"CapBnd", "what?"}, []string{"CapBnd: 000001fffeffffff → what?"}},
		{"terminal codes", nil, []string{"Name", "\x1b[2Jx"}, []string{`Name: cat → "\x1b[2Jx"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Diff(statusWith(t, test.old...), statusWith(t, test.new...))
			if diff := cmp.Diff(test.want, lines(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDiffKeepsThePartsOfMergedSets(t *testing.T) {
	old := statusWith(t, "CapPrm", "0000000000000003", "CapEff", "0000000000000001")
	new := statusWith(t, "CapPrm", "0000000000000002", "CapEff", "0000000000000000")
	got := Diff(old, new)
	if len(got) != 1 || len(got[0].Parts) != 2 {
		t.Fatalf("got %+v", got)
	}
	if c := got[0]; c.Field != "CapPrm CapEff" || c.Summary() != "− CAP_CHOWN" || c.Old != "" {
		t.Errorf("got %+v", c)
	}
	if p := got[0].Parts[0]; p.Field != "CapPrm" || p.New != "1: CAP_DAC_OVERRIDE" || p.Meaning == "" {
		t.Errorf("got %+v", p)
	}
}

// TestDiffPlaces covers what is not in status.
func TestDiffPlaces(t *testing.T) {
	ns := func(mnt uint64) map[string]Namespace {
		return map[string]Namespace{"mnt": {"mnt:[7]", mnt}, "pid": {"pid:[1]", 1}, "pid_for_children": {"pid:[1]", 1}}
	}
	tests := []struct {
		name string
		old  Snapshot
		new  Snapshot
		want []string
	}{
		{
			"root of the same name",
			Snapshot{Root: Link{"/", 0xfe00, 2, 27}},
			Snapshot{Root: Link{"/", 0x2d, 12, 99}},
			[]string{"root: / (dev 254:0, inode 2) → / (dev 0:45, inode 12)"},
		},
		{
			"the same root through another mount",
			Snapshot{Root: Link{"/", 0xfe00, 2, 27}, Namespaces: ns(7)},
			Snapshot{Root: Link{"/", 0xfe00, 2, 99}, Namespaces: ns(7)},
			[]string{"root: / (dev 254:0, inode 2) on mount 27 → / (dev 254:0, inode 2) on mount 99"},
		},
		{
			"the same root in a copied mount namespace",
			Snapshot{Root: Link{"/", 0xfe00, 2, 27}, Namespaces: ns(7)},
			Snapshot{Root: Link{"/", 0xfe00, 2, 99}, Namespaces: map[string]Namespace{
				"mnt": {"mnt:[8]", 8}, "pid": {"pid:[1]", 1}, "pid_for_children": {"pid:[1]", 1},
			}},
			[]string{"ns/mnt: mnt:[7] → mnt:[8]"},
		},
		{
			"a pid namespace for the children, not born yet",
			Snapshot{Namespaces: ns(7)},
			Snapshot{Namespaces: map[string]Namespace{"mnt": {"mnt:[7]", 7}, "pid": {"pid:[1]", 1}}},
			[]string{"ns/pid_for_children: pid:[1] → none"},
		},
		{
			"a pid namespace of its own",
			Snapshot{Namespaces: ns(7)},
			Snapshot{Namespaces: map[string]Namespace{
				"mnt": {"mnt:[7]", 7}, "pid": {"pid:[2]", 2}, "pid_for_children": {"pid:[2]", 2},
			}},
			[]string{"ns/pid: pid:[1] → pid:[2]"},
		},
		{
			"cgroup v1 and v2",
			Snapshot{Cgroups: []Cgroup{{Hierarchy: 8, Controllers: []string{"pids"}, Path: "/"}, {Hierarchy: 0, Path: "/"}}},
			Snapshot{Cgroups: []Cgroup{{Hierarchy: 8, Controllers: []string{"pids"}, Path: "/w"}, {Hierarchy: 0, Path: "/w"}}},
			[]string{"cgroup: / → /w", "cgroup pids: / → /w"},
		},
		{
			"a label",
			Snapshot{},
			Snapshot{Label: "docker-default (enforce)"},
			[]string{"attr/current: none → docker-default (enforce)"},
		},
		{
			"descriptors",
			Snapshot{FDs: []FD{{0, "/dev/null"}, {3, "pipe:[1]"}}},
			Snapshot{FDs: []FD{{0, "/dev/null"}, {3, "pipe:[2]"}}},
			[]string{"fd: 2 open → 2 open: 0, 3"},
		},
		{
			"terminal codes in an argument",
			Snapshot{Cmdline: []string{"cat", "a b"}},
			Snapshot{Cmdline: []string{"cat", "\x1b[2Jx"}},
			[]string{`cmdline: cat "a b" → cat "\x1b[2Jx"`},
		},
		{"more mappings of the same files", Snapshot{Maps: Maps{3, []string{"/a"}}}, Snapshot{Maps: Maps{9, []string{"/a"}}}, nil},
		{
			"another program",
			Snapshot{Maps: Maps{3, []string{"/a"}}},
			Snapshot{Maps: Maps{9, []string{"/b", "/c"}}},
			[]string{"maps: − /a, + /b, + /c"},
		},
		{
			"arguments",
			Snapshot{Cmdline: []string{"init"}},
			Snapshot{Cmdline: []string{"sh", "-c", "ls /"}},
			[]string{`cmdline: init → sh -c "ls /"`},
		},
		{
			"maps of ids, clocks",
			Snapshot{UIDMap: "0 0 4294967295"},
			Snapshot{UIDMap: "0 1000 1", TimeOffsets: "monotonic 60 0, boottime 0 0"},
			[]string{"uid_map: 0 0 4294967295 → 0 1000 1", "timens_offsets: none → monotonic 60 0, boottime 0 0"},
		},
		{
			"limits",
			Snapshot{Limits: []Limit{{"Max processes", "9", "9", "processes"}}},
			Snapshot{Limits: []Limit{{"Max processes", "4", "9", "processes"}}},
			[]string{"limits Max processes: 9 → soft 4, hard 9"},
		},
		{
			"what could not be read",
			Snapshot{Root: Link{"/", 1, 2, 3}, Label: "x", FDs: []FD{{0, "x"}}, Maps: Maps{3, []string{"/a"}}, Namespaces: ns(7), Mounts: []Mount{{}}},
			Snapshot{Denied: []string{"root", "attr", "fd", "maps", "ns", "mountinfo"}},
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, lines(Diff(&test.old, &test.new))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDiffMounts(t *testing.T) {
	change := func(replace ...string) string { return strings.NewReplacer(replace...).Replace(mountsText) }
	tests := []struct {
		name, text string
		want       []string
	}{
		{"only other ids", change("27 1 ", "127 1 ", "22 27 ", "122 127 "), nil},
		{"one more", mountsText + "70 27 0:50 / /srv rw - overlay overlay rw\n", []string{"mountinfo: + overlay on /srv"}},
		{"the same once more", mountsText + "70 27 0:21 / /proc rw - proc proc rw\n", []string{"mountinfo: + proc on /proc"}},
		{"one less", change("62 27 0:41 / /run rw - tmpfs none rw\n", ""), []string{"mountinfo: − tmpfs on /run"}},
		{
			"all but one gone", "27 1 0:50 / / rw - overlay overlay rw\n",
			[]string{"mountinfo: 5 mounts → 1 mount: overlay on /"},
		},
		{"none left", "", []string{"mountinfo: 5 mounts → 0 mounts"}},
		{"read-only", change("/run rw", "/run ro"), []string{"mountinfo options: rw → ro: /run"}},
		{
			"private", change("shared:1 - ext4", "- ext4", "master:3 ", ""),
			[]string{"mountinfo propagation: shared → private: /", "mountinfo propagation: slave → private: /proc"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			old, err := parseMounts([]byte(mountsText))
			if err != nil {
				t.Fatal(err)
			}
			new, err := parseMounts([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, lines(Diff(&Snapshot{Mounts: old}, &Snapshot{Mounts: new}))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhichMounts(t *testing.T) {
	parts := []Change{{Field: "/"}, {Field: "/proc"}, {Field: "/dev"}, {Field: "/run"}}
	for want, got := range map[string]string{
		"/, /proc, /dev": whichMounts(parts[:3], 3),
		"all 4 mounts":   whichMounts(parts, 4),
		"4 of 9 mounts":  whichMounts(parts, 9),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestDiffOfAZombie: that a dead process has no root is no news.
func TestDiffOfAZombie(t *testing.T) {
	old := statusWith(t)
	old.Root, old.Mounts = Link{"/", 1, 2, 3}, []Mount{{FSType: "proc", Mountpoint: "/proc", Root: "/"}}
	got := lines(Diff(old, statusWith(t, "State", "Z (zombie)")))
	if diff := cmp.Diff([]string{"State: R (running) → Z (zombie)"}, got); diff != "" {
		t.Error(diff)
	}
}

// asJSON is the snapshot as it comes out of JSON again.
func asJSON(t *testing.T, s *Snapshot) *Snapshot {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Snapshot
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	return &back
}

func TestJSONKeepsText(t *testing.T) {
	s := statusWith(t)
	s.Root, s.Mounts, s.Denied = Link{"/", 1, 2, 3}, []Mount{{ID: 4}}, []string{"fd"}
	s.Cmdline, s.Cwd = []string{"cat", "", "ファイル\n<&>\x01"}, Link{Path: "/写真"}
	if diff := cmp.Diff(s, asJSON(t, s)); diff != "" {
		t.Error(diff)
	}
}

// TestJSONOfAnyBytes: what is no UTF-8 is not kept, and what is about it is.
func TestJSONOfAnyBytes(t *testing.T) {
	const name, became = "\x83e.txt", "\uFFFDe.txt" // Shift-JIS
	s := &Snapshot{Cmdline: []string{"cat", name}, Cwd: Link{Path: "/" + name}}
	want := &Snapshot{Cmdline: []string{"cat", became}, Cwd: Link{Path: "/" + became}}
	if diff := cmp.Diff(want, asJSON(t, s)); diff != "" {
		t.Error(diff)
	}
}

func TestMeanings(t *testing.T) {
	const columns = 60
	for _, table := range [][]meaning{english[:], japanese[:]} {
		seen := map[string]bool{}
		for _, m := range table {
			if width := uniseg.StringWidth(m.text); width > columns || width == 0 {
				t.Errorf("%s: %d columns: %q", m.field, width, m.text)
			}
			if seen[m.field] {
				t.Errorf("%s is there twice", m.field)
			}
			seen[m.field] = true
		}
	}
	for i, m := range english {
		if japanese[i].field != m.field {
			t.Fatalf("%s is %s in Japanese", m.field, japanese[i].field)
		}
	}
	for field, want := range map[string]string{
		"cgroup pids":              MeaningOf("cgroup", "en"),
		"CapPrm CapEff":            MeaningOf("Cap", "en"),
		"limits Max stack size":    MeaningOf("limits", "en"),
		"a field of a kernel 2050": "",
	} {
		if got := MeaningOf(field, "en"); got != want {
			t.Errorf("%s means %q, want %q", field, got, want)
		}
	}
	if MeaningOf("root", "xx") != MeaningOf("root", "en") {
		t.Error("an unknown language does not give English")
	}
}

// TestEveryFieldHasAMeaning reads this machine's own kernel, which may be newer
// than the table.
func TestEveryFieldHasAMeaning(t *testing.T) {
	s, err := Take(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Status {
		if _, k := kindOf(f.Name); k != kindSkip && f.Name != "Kthread" && MeaningOf(f.Name, "en") == "" {
			t.Errorf("status field %s has no meaning", f.Name)
		}
	}
}

func TestPrintableDescriptor(t *testing.T) {
	if got, want := (FD{3, "/tmp/\x1b[2Jx"}).String(), `3 → "/tmp/\x1b[2Jx"`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
