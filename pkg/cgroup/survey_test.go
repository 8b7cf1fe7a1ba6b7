package cgroup

import (
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/sys/mountinfo"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// procText is /proc/cgroups of a kernel with net_cls switched off.
const procText = `#subsys_name	hierarchy	num_cgroups	enabled
cpuset	3	1	1
cpu	1	1	1
cpuacct	1	1	1
blkio	7	1	1
net_cls	0	1	0
pids	8	1	1`

func known(t *testing.T) []Controller {
	t.Helper()
	list, err := parseCgroups(procText)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestParseCgroups(t *testing.T) {
	want := []Controller{
		{Name: "cpuset", Enabled: true},
		{Name: "cpu", Enabled: true},
		{Name: "cpuacct", Enabled: true},
		{Name: "blkio", Enabled: true},
		{Name: "net_cls"},
		{Name: "pids", Enabled: true},
	}
	if diff := cmp.Diff(want, known(t)); diff != "" {
		t.Error(diff)
	}
	if list, err := parseCgroups("pids	8	1	yes"); err == nil {
		t.Errorf("a column that is no number gave %v", list)
	}
}

// TestV1Controllers: what a mount says of a hierarchy is a list of controllers
// among other options, of which each kernel has its own.
func TestV1Controllers(t *testing.T) {
	for options, want := range map[string][]string{
		"rw,pids":                    {"pids"},
		"rw,cpu,cpuacct":             {"cpu", "cpuacct"},
		"rw,seclabel,cpu,cpuacct":    {"cpu", "cpuacct"},
		"rw,cpuset,cpuset_v2_mode":   {"cpuset"},
		"rw,favordynmods,pids":       {"pids"},
		"ro,noprefix,clone_children": {},
		"rw,xattr,name=systemd":      {"name=systemd"},
		"rw,name=elogind,release_agent=/usr/libexec/elogind/elogind-cgroups-agent": {"name=elogind"},
	} {
		if diff := cmp.Diff(want, v1Controllers(options, known(t))); diff != "" {
			t.Errorf("%s: %s", options, diff)
		}
	}
}

// TestParseMemberships: a path may hold a colon, and version 2 has no names.
func TestParseMemberships(t *testing.T) {
	for text, want := range map[string][]Membership{
		"8:pids:/workshop/a":          {{8, []string{"pids"}, "/workshop/a"}},
		"1:cpu,cpuacct:/":             {{1, []string{"cpu", "cpuacct"}, "/"}},
		"9:name=systemd:/init.scope":  {{9, []string{"name=systemd"}, "/init.scope"}},
		"0::/a:b":                     {{0, nil, "/a:b"}},
		"8:pids:/\n0::/user.slice":    {{8, []string{"pids"}, "/"}, {0, nil, "/user.slice"}},
		"what a later kernel may add": nil,
	} {
		got, err := ParseMemberships(text)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q: %v %s", text, err, diff)
		}
	}
	if list, err := ParseMemberships("x:pids:/"); err == nil {
		t.Errorf("a hierarchy that is no number gave %v", list)
	}
}

// TestSurvey puts the lines together: which group is of which mount, and where each
// controller is.
func TestSurvey(t *testing.T) {
	members, err := ParseMemberships("8:pids:/w\n1:cpuacct,cpu:/x\n9:name=systemd:/s\n0::/u")
	if err != nil {
		t.Fatal(err)
	}
	var mounts []Mount
	for _, info := range []*mountinfo.Info{
		{FSType: "cgroup", Mountpoint: "/c/cpu", VFSOptions: "rw,seclabel,cpu,cpuacct"},
		{FSType: "cgroup", Mountpoint: "/c/pids", VFSOptions: "rw,pids", Options: "ro,nosuid"},
		{FSType: "cgroup", Mountpoint: "/c/systemd", VFSOptions: "rw,xattr,name=systemd"},
		{FSType: "cgroup2", Mountpoint: "/c/none", VFSOptions: "rw"}, // no such file cgroup.controllers
	} {
		mounts = append(mounts, mountOf(info, members, known(t)))
	}
	want := []Mount{
		{1, "/c/cpu", []string{"cpu", "cpuacct"}, false, "/x"},
		{1, "/c/pids", []string{"pids"}, true, "/w"},
		{1, "/c/systemd", []string{"name=systemd"}, false, "/s"},
		{2, "/c/none", []string{}, false, "/u"},
	}
	if diff := cmp.Diff(want, mounts); diff != "" {
		t.Error(diff)
	}
	wantPlaced := []Controller{
		{"cpuset", true, 0, "", ""},
		{"cpu", true, 1, "/c/cpu", "/x"},
		{"cpuacct", true, 1, "/c/cpu", "/x"},
		{"blkio", true, 0, "", ""},
		{"net_cls", false, 0, "", ""},
		{"pids", true, 1, "/c/pids", "/w"},
	}
	if diff := cmp.Diff(wantPlaced, placed(known(t), mounts)); diff != "" {
		t.Error(diff)
	}
}

// TestLook: the survey of this machine has its pids controller where Find finds it.
func TestLook(t *testing.T) {
	tree, err := Find("pids")
	testenv.Needs(t, "the pids controller", err == nil, err)
	s, err := Look(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	i := indexOf(s.Controllers, "pids")
	if i < 0 || s.Controllers[i].Mount != tree.Mount || s.Controllers[i].Version != tree.Version {
		t.Errorf("pids is at %+v: %+v", tree, s.Controllers)
	}
	if s.World != worldOf(s.Mounts) || s.World == WorldNone {
		t.Errorf("%s, with %+v", s.World, s.Mounts)
	}
}

// TestPlacedInVersion2: io is blkio there, and a controller may be in no list of
// version 1.
func TestPlacedInVersion2(t *testing.T) {
	got := placed([]Controller{{Name: "blkio", Enabled: true}}, []Mount{{2, "/c", []string{"io", "misc"}, false, "/u"}})
	want := []Controller{{"blkio", true, 2, "/c", "/u"}, {"misc", true, 2, "/c", "/u"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWorlds(t *testing.T) {
	for want, versions := range map[string][]int{
		WorldV2: {2}, WorldV1: {1, 1}, WorldHybrid: {1, 2, 1}, WorldNone: nil,
	} {
		var mounts []Mount
		for _, v := range versions {
			mounts = append(mounts, Mount{Version: v})
		}
		if got := worldOf(mounts); got != want {
			t.Errorf("versions %v are %s, want %s", versions, got, want)
		}
	}
}

// TestGroupInPart: where only a part of the tree is mounted, as in a container, what
// is beside it has no directory.
func TestGroupInPart(t *testing.T) {
	tree := Tree{2, "/sys/fs/cgroup", "/docker/a"}
	for path, want := range map[string]string{
		"/docker/a":     "/sys/fs/cgroup",
		"/docker/a/b":   "/sys/fs/cgroup/b",
		"/docker/a/..b": "/sys/fs/cgroup/..b",
		"/docker":       "",
		"/docker/ab":    "",
		"/":             "",
	} {
		got, err := tree.dir(path)
		if got != want || errors.Is(err, os.ErrNotExist) != (want == "") {
			t.Errorf("%s is %q, %v; want %q", path, got, err, want)
		}
	}
}
