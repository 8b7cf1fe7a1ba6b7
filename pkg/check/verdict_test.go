package check

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// TestStopped: an attack is stopped by the layer only with what the layer answers. Of
// one that was killed the signal counts, and not what its calls gave before.
func TestStopped(t *testing.T) {
	refused := attack.Result{Errno: "EPERM"}
	for _, test := range []struct {
		name    string
		made    *outcome
		noGuest error
		by      []string
		want    State
	}{
		{"not brought inside", nil, errors.New("no"), []string{"EPERM"}, Unclear},
		{"not made", nil, nil, []string{"EPERM", ""}, Unclear},
		{"says nothing", &outcome{Result: refused, unclear: "why"}, nil, []string{"EPERM"}, Unclear},
		{"succeeded", &outcome{Result: attack.Result{Allowed: true}}, nil, []string{"EPERM", ""}, Fails},
		{"refused", &outcome{Result: refused}, nil, []string{"EPERM"}, Holds},
		{"refused by another", &outcome{Result: refused}, nil, []string{"EROFS"}, Unclear},
		{"came to nothing", &outcome{}, nil, []string{""}, Holds},
		{"killed", &outcome{killed: "SIGSYS"}, nil, []string{"EPERM", "SIGSYS"}, Holds},
		{"killed by another", &outcome{killed: "SIGKILL"}, nil, []string{"", "SIGSYS"}, Unclear},
		{"killed after a refusal", &outcome{Result: refused, killed: "SIGKILL"}, nil, []string{"EPERM"}, Unclear},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := &evidence{noGuest: test.noGuest, attacks: map[string]outcome{}}
			if test.made != nil {
				e.attacks[attack.Chroot.Name] = *test.made
			}
			if got := stopped(e, attack.Chroot, test.by...); got.state != test.want {
				t.Errorf("%+v, want %s", got, test.want)
			}
		})
	}
}

// TestOutcome: a filter has stopped an attack where it gave an errno, or a signal, and
// not where it was in the way of our program.
func TestOutcome(t *testing.T) {
	for _, test := range []struct {
		name         string
		result       attack.Result
		began, stood bool
		code         int
		want         State
	}{
		{"refused", attack.Result{Errno: "EPERM"}, true, false, 0, Holds},
		{"killed", attack.Result{}, true, false, 128 + int(unix.SIGSYS), Holds},
		{"killed by another", attack.Result{}, true, false, 128 + int(unix.SIGKILL), Unclear},
		{"succeeded", attack.Result{Allowed: true}, true, false, 0, Fails},
		{"not begun", attack.Result{}, false, false, 0, Unclear},
		{"killed before it began", attack.Result{}, false, false, 128 + int(unix.SIGSYS), Unclear},
		{"refused, and ended badly", attack.Result{Errno: "EPERM", Calls: []attack.Call{{}}}, true, false, 2, Holds},
		{"its runtime has failed", attack.Result{}, true, false, 2, Unclear},
		{"stood still", attack.Result{}, true, true, 128 + int(unix.SIGKILL), Unclear},
	} {
		e := &evidence{attacks: map[string]outcome{attack.Mkdir.Name: outcomeOf(test.result, test.began, test.stood, test.code)}}
		if got := mkdiratRefused(e); got.state != test.want {
			t.Errorf("%s: %+v, want %s", test.name, got, test.want)
		}
	}
}

// TestEscapeStopped: what counts is where the escape led.
func TestEscapeStopped(t *testing.T) {
	host := &evidence{host: &observe.Snapshot{Root: observe.Link{Dev: 0x801, Ino: 2}}}
	const inside = "device 8:1, inode 77"
	for _, test := range []struct {
		name, before, after string
		want                State
	}{
		{"the host's root", inside, host.hostRoot(), Fails},
		{"where it was the host's before", host.hostRoot(), host.hostRoot(), Fails},
		{"another directory", inside, "device 8:1, inode 78", Fails},
		{"nowhere", inside, inside, Holds},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := *host
			e.attacks = map[string]outcome{attack.ChrootEscape.Name: {Result: attack.Result{
				Facts: map[string]string{attack.RootBefore: test.before, attack.RootAfter: test.after},
			}}}
			if got := escapeStopped(&e); got.state != test.want {
				t.Errorf("%+v, want %s", got, test.want)
			}
		})
	}
}

// TestShellLives: who was not asked in time has not died.
func TestShellLives(t *testing.T) {
	for err, want := range map[error]State{nil: Holds, errTooLong: Unclear, errEnded: Fails, errSilent: Fails} {
		if v := shellLives(&evidence{deaf: err}); v.state != want {
			t.Errorf("%v: %+v", err, v)
		}
	}
}

// TestHasty: whose attack had no time is told so, and nothing about the profile.
func TestHasty(t *testing.T) {
	s, err := observe.Take(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	s.Label = "box (enforce)"
	r := &Report{Lesson: 8}
	r.judge(&evidence{host: s, program: s, shell: s, attacks: map[string]outcome{
		attack.OwnFile.Name: {unclear: "why", over: true},
	}})
	if !strings.Contains(r.Hint, "--timeout") {
		t.Errorf("the hint is %q", r.Hint)
	}
}

// TestForeignHint: the hint is about the ABI that was open.
func TestForeignHint(t *testing.T) {
	for call, want := range map[string]string{
		`int 0x80, eax=296: mkdirat("x")`: "AUDIT_ARCH_X86_64",
		`x32, eax=0x40000053: mkdir("x")`: "0x35",
	} {
		r := attack.Result{Allowed: true, Calls: []attack.Call{{Call: call}}}
		e := &evidence{attacks: map[string]outcome{attack.ForeignABI.Name: {Result: r}}}
		if got := abiHint(e); !strings.Contains(got, want) {
			t.Errorf("%s: %s", call, got)
		}
	}
}

// TestLayersBefore: the layers are those that can be checked. Not every number has one:
// swiss-cheese has none.
func TestLayersBefore(t *testing.T) {
	s, err := observe.Take(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	r := &Report{Lesson: 99}
	r.judge(&evidence{host: s, program: s, shell: s})
	for _, l := range r.Layers {
		if l.Name == "" {
			t.Errorf("no layer of lesson %d can be checked: %+v", l.Lesson, l)
		}
	}
	if len(r.Layers) != len(Lessons()) {
		t.Errorf("%d layers, of %d", len(r.Layers), len(Lessons()))
	}
}

// TestOfTheHost: what is a mount of the host is told by the filesystem and the directory
// in it. The root of the shell may be one, and a filesystem of the kernel is nobody's.
func TestOfTheHost(t *testing.T) {
	mount := func(id, minor int, root, kind string) *mountinfo.Info {
		return &mountinfo.Info{ID: id, Major: 8, Minor: minor, Root: root, FSType: kind}
	}
	host := []*mountinfo.Info{mount(1, 1, "/", "ext4"), mount(2, 2, "/", "proc"), mount(3, 3, "/", "tmpfs")}
	for _, test := range []struct {
		name string
		here *mountinfo.Info
		own  int
		want bool
	}{
		{"the same", mount(7, 1, "/", "ext4"), 0, true},
		{"the shell's root", mount(7, 3, "/", "tmpfs"), 7, false},
		{"another directory", mount(7, 1, "/srv/root", "ext4"), 0, false},
		{"another filesystem", mount(7, 4, "/", "tmpfs"), 0, false},
		{"of the kernel", mount(7, 2, "/", "proc"), 0, false},
	} {
		if got := ofTheHost([]*mountinfo.Info{test.here}, host, test.own); (len(got) > 0) != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// TestRootMount: the host's own root is nobody's, and a chroot(2) has no mount.
func TestRootMount(t *testing.T) {
	host := &observe.Snapshot{Root: observe.Link{Dev: 1, Ino: 2, MountID: 20}}
	mounts := []observe.Mount{{ID: 20, Mountpoint: "/"}, {ID: 21, Mountpoint: "/"}, {ID: 22, Mountpoint: "/mnt"}}
	for _, test := range []struct {
		root observe.Link
		want int
	}{
		{observe.Link{Dev: 3, Ino: 2, MountID: 21}, 21},
		{observe.Link{Dev: 3, Ino: 7, MountID: 22}, 0},
		{host.Root, 0},
	} {
		if got := rootMount(&observe.Snapshot{Root: test.root, Mounts: mounts}, host); got != test.want {
			t.Errorf("%+v: %d, want %d", test.root, got, test.want)
		}
	}
}

// TestForksRefused: it is the kernel that counts what it has refused, and nothing is
// said of what was not tried.
func TestForksRefused(t *testing.T) {
	limited := group{limited: "/limited", pids: cgroup.Pids{Current: 2, Max: 20}}
	made := attack.Result{Errno: "EAGAIN", Facts: map[string]string{attack.MadeFact: "18"}}
	for _, test := range []struct {
		name    string
		group   group
		made    *outcome
		noGuest error
		refused int64
		want    State
		says    string
	}{
		{"no room", group{limited: "/limited", pids: cgroup.Pids{Current: 20, Max: 20}}, nil, nil, 0, Fails, "cannot fork at all"},
		{"no limit", group{pids: cgroup.Pids{Max: cgroup.NoLimit}}, nil, nil, 0, Fails, "without a limit"},
		{"not brought inside", limited, nil, errors.New("why"), 0, Unclear, "not be made: why"},
		{"not made", limited, nil, nil, 0, Unclear, "read otherwise"},
		{"refused", limited, &outcome{Result: made}, nil, 3, Holds, "18 were made"},
		{"refused, and nothing said", limited, &outcome{unclear: "why"}, nil, 3, Holds, "counts 3"},
		{"says nothing", limited, &outcome{unclear: "why"}, nil, 0, Unclear, "not be made: why"},
		{"all made", limited, &outcome{Result: attack.Result{Allowed: true, Facts: made.Facts}}, nil, 0, Fails, "18 processes"},
		{"refused by another", limited, &outcome{Result: made}, nil, 0, Unclear, "something else"},
	} {
		e := &evidence{group: test.group, noGuest: test.noGuest, refused: test.refused, attacks: map[string]outcome{}}
		if test.made != nil {
			e.attacks[attack.ForkBomb.Name] = *test.made
		}
		if got := forksRefused(e); got.state != test.want || !strings.Contains(got.fact, test.says) {
			t.Errorf("%s: %+v, want %s", test.name, got, test.want)
		}
	}
}

// TestWholeAnswer: a line that is still on its way is none.
func TestWholeAnswer(t *testing.T) {
	o := newOutput()
	o.ask("mark", "")
	for said, want := range []string{"", "", "42"} {
		o.take([]byte([]string{"before\nmark", " 4", "2\n"}[said]), true)
		if _, after, ok := o.answered(); after != want || ok != (want != "") {
			t.Errorf("after part %d: %q, %v", said, after, ok)
		}
	}
}

// TestForged: a result that somebody inside has written for our program does nothing to
// the terminal.
func TestForged(t *testing.T) {
	const wild = "rvm\x1b[31mred\a"
	r := printable(attack.Result{
		Errno: wild, Reason: wild,
		Calls: []attack.Call{{Call: wild, Errno: wild}},
		Facts: map[string]string{attack.RootAfter: wild},
	})
	if text := fmt.Sprint(r); strings.Count(text, "rvm[31mred") != 5 || strings.ContainsAny(text, "\x1b\a") {
		t.Errorf("%q", text)
	}
}
