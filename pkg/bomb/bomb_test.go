package bomb

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

var bombs = flag.Int("bombs", 10, "how many bombs in a row; from 200 on the fork latency is judged too")

func TestMain(m *testing.M) {
	Main()
	os.Exit(m.Run())
}

// markEnv marks the processes of a test's bombs.
const markEnv = "WORKSHOP_BOMB_TEST"

func mark() string { return fmt.Sprintf("%s=%d", markEnv, os.Getpid()) }

// newBomb is a short bomb in a container of the named steps, on the host's root.
func newBomb(t testing.TB, names ...string) *Bomb {
	t.Helper()
	testenv.Root(t)
	list, err := steps.Only(names)
	if err != nil {
		t.Fatal(err)
	}
	return &Bomb{
		Container: container.Container{Steps: list, Path: "/proc/self/exe", Env: append(container.DefaultEnv(), mark())},
		Duration:  300 * time.Millisecond, Idle: 10 * time.Millisecond,
	}
}

// explodes runs a bomb for its duration after the first refused fork: on a busy
// machine it has to wait for the CPU, and then to say so. Nothing of it may be left.
func explodes(t testing.TB, b *Bomb) Report {
	t.Helper()
	least := b.Duration
	b.Duration, b.Every = 20*time.Second, 20*time.Millisecond
	ctx, enough := context.WithCancel(context.Background())
	defer enough()
	var refused time.Duration
	b.Sample = func(s Sample) {
		switch {
		case s.Pids.Refused == 0:
			refused = s.After
		case s.After >= refused+least:
			enough()
		}
	}
	r, err := b.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(r.Group.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the group %s is left: %v", r.Group.Dir, err)
	}
	if left := marked(t); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	return r
}

// marked lists the living processes with our mark, wherever they are.
func marked(t testing.TB) (pids []string) {
	t.Helper()
	environs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range environs {
		b, _ := os.ReadFile(file) // it may have ended meanwhile
		if strings.Contains("\x00"+string(b), "\x00"+mark()+"\x00") {
			pids = append(pids, filepath.Base(filepath.Dir(file)))
		}
	}
	return pids
}

func TestStoppedByPidsMax(t *testing.T) {
	with := explodes(t, newBomb(t, "fork-exec", "cgroup"))
	if with.Peak > steps.DefaultPidsMax || with.Refused == 0 || with.Killed < 2 {
		t.Errorf("with the layer: %+v", with)
	}
	b := newBomb(t, "fork-exec")
	b.Duration = 2 * time.Second
	without := explodes(t, b)
	if without.Peak <= steps.DefaultPidsMax || without.Peak > steps.GuardPids {
		t.Errorf("without the layer only the guard may stop it: %+v", without)
	}
}

func TestPlainest(t *testing.T) {
	const clean = "/bin/sh: can't fork: Resource temporarily unavailable"
	for text, want := range map[string]string{
		"":            "",
		"sh: bomb?\n": "sh: bomb?",
		clean + "\n":  clean,
		"/bin/sh: /bin/sh: can't fork: Re\nsource\n" + clean + "\n" + clean + "\n": clean,
		"x\nx\n/bin/sh: " + clean + "\n" + clean:                                   clean,
	} {
		if got := plainest(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestShellBomb(t *testing.T) {
	for name, rootfs := range map[string]string{"the host's bash": "/", "BusyBox ash": testroot.Busybox(t)} {
		t.Run(name, func(t *testing.T) {
			b := newBomb(t, "fork-exec", "cgroup")
			if rootfs != "/" {
				b.Container = testroot.Container(t, steps.ForkExec, steps.Cgroup, steps.PivotRoot)
				b.Container.Env = append(container.DefaultEnv(), mark())
			}
			b.Duration = time.Second
			b.Shell, b.Script = Shell(rootfs)
			testenv.Needs(t, "bash in "+rootfs, rootfs != "/" || b.Shell == "/bin/bash", "the shell is "+b.Shell)
			r := explodes(t, b)
			if r.Peak > steps.DefaultPidsMax || r.Refused == 0 || !strings.Contains(r.Said, "fork") {
				t.Errorf("%s: %+v", b.Script, r)
			}
		})
	}
}

// TestBurnsOut: a shell that ends at the first refused fork, before anybody has looked,
// was refused all the same.
func TestBurnsOut(t *testing.T) {
	b := newBomb(t, "fork-exec", "cgroup")
	b.Container = testroot.Container(t, steps.ForkExec, steps.Cgroup, steps.PivotRoot)
	b.Container.Env = append(container.DefaultEnv(), mark())
	b.Shell, b.Script = "/bin/sh", "while sleep 9 & do :; done"
	for range 5 {
		if r := explodes(t, b); r.Refused == 0 || r.Peak != steps.DefaultPidsMax {
			t.Errorf("after %v: %+v", r.Lasted, r)
		}
	}
}

// TestWasFull: a shell that ends at the first refusal leaves the group before anybody
// has looked.
func TestWasFull(t *testing.T) {
	e := &explosion{Bomb: &Bomb{}, report: Report{Group: Group{t.TempDir(), 32}}}
	for file, text := range map[string]string{"pids.current": "31", "pids.max": "32", "pids.events": "max 1"} {
		if err := os.WriteFile(filepath.Join(e.report.Group.Dir, file), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e.look(false)
	if e.report.Peak != 32 || e.report.Refused != 1 {
		t.Errorf("%+v", e.report)
	}
}

// TestEndsEarly: the report says how a bomb ended that did not run its time.
func TestEndsEarly(t *testing.T) {
	for script, want := range map[string]struct {
		early bool
		code  int
	}{
		"sleep 9":    {false, 0},
		"exit 3":     {true, 3},
		"exit 0":     {true, 0},
		"kill -9 $$": {true, 128 + 9},
	} {
		t.Run(script, func(t *testing.T) {
			b := newBomb(t, "fork-exec", "cgroup")
			b.Shell, b.Script = "/bin/sh", script
			if want.early {
				b.Duration = 20 * time.Second
			}
			r, err := b.Run(t.Context())
			if err != nil || r.Early != want.early || r.Code != want.code {
				t.Errorf("%v, %+v, want %+v", err, r, want)
			}
		})
	}
}

// TestYieldsCPU: a bomb has the lowest priority, unless it is to compete.
func TestYieldsCPU(t *testing.T) {
	own, err := unix.Getpriority(unix.PRIO_PROCESS, 0) // 20 - niceness
	if err != nil {
		t.Fatal(err)
	}
	for full, want := range map[bool]string{false: "19", true: fmt.Sprint(20 - own)} {
		b := newBomb(t, "fork-exec", "cgroup")
		b.Shell, b.Script, b.FullCPU = "/bin/sh", "nice; exit 0", full
		b.Duration = 20 * time.Second
		if r, err := b.Run(t.Context()); err != nil || r.Said != want {
			t.Errorf("with FullCPU %v its niceness is %q, want %s: %v", full, r.Said, want, err)
		}
	}
}

// TestPercentile: in whatever order the samples are, and of none.
func TestPercentile(t *testing.T) {
	ten := Latencies{9, 1, 8, 2, 7, 3, 6, 4, 5, 0}
	for p, want := range map[int]time.Duration{0: 0, 50: 5, 90: 9, 99: 9, 100: 9} {
		if got := ten.Percentile(p); got != want {
			t.Errorf("%d: %v, want %v", p, got, want)
		}
	}
	if got := (Latencies{}).Percentile(50); got != 0 {
		t.Errorf("of none it is %v", got)
	}
}

// The interlock, both ways: what is missing is said, and nothing explodes.
func TestInterlock(t *testing.T) {
	testenv.Root(t)
	tree, err := cgroup.Find("pids")
	if err != nil {
		t.Fatal(err)
	}
	group, err := tree.Make(fmt.Sprintf("test-%d", os.Getpid()), "pids")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cgroup.Destroy(group) }()
	first, second := sleeper(t), sleeper(t)
	move := func(pid int, dir string) {
		if err := cgroup.Write(dir+"/cgroup.procs", fmt.Sprint(pid)); err != nil {
			t.Fatal(err)
		}
	}
	refuses := func(says string) {
		t.Helper()
		_, err := readBack(first)
		if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), says) {
			t.Errorf("it must refuse and say %q: %v", says, err)
		}
	}
	move(first, tree.Mount)
	refuses("root group")
	move(first, group)
	refuses("pids.max reads max")
	write(t, group, "513")
	refuses("missing is a limit")
	write(t, group, "32")
	if g, err := readBack(first); err != nil || g != (Group{group, 32}) {
		t.Errorf("alone and limited it must arm: %v, %v", g, err)
	}
	move(second, group)
	refuses("a group of its own")
}

func write(t *testing.T, group, max string) {
	t.Helper()
	if err := cgroup.Write(group+"/pids.max", max); err != nil {
		t.Fatal(err)
	}
}

func sleeper(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd.Process.Pid
}

// Where no guard can be made, a bomb without the layer never starts.
func TestNoGuardNoBomb(t *testing.T) {
	if os.Getenv("NO_GUARD") != "" {
		r, err := newBomb(t, "fork-exec").Run(t.Context())
		if !errors.Is(err, ErrRefused) || r.Group.Dir != "" {
			t.Fatalf("it must refuse: %v, %+v", err, r)
		}
		return
	}
	testenv.Root(t)
	tree, err := cgroup.Find("pids")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("unshare", "-m", "/bin/sh", "-c",
		"mount -o bind,remount,ro "+tree.Mount+` && exec "$0" -test.run '^TestNoGuardNoBomb$' -test.v`, os.Args[0])
	cmd.Env = append(os.Environ(), "NO_GUARD=1")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS: TestNoGuardNoBomb") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestNativeBombByHand(t *testing.T) {
	for _, input := range []string{"", "fire\n", "armed"} {
		cmd := exec.Command(os.Args[0], nativeCommand)
		cmd.Stdin = strings.NewReader(input)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "not armed") {
			t.Errorf("with %q on its input it must refuse: %v %s", input, err, out)
		}
	}
}

func TestBadBombs(t *testing.T) {
	b := newBomb(t, "fork-exec")
	b.Duration = 2 * time.Minute
	if b.Check() == nil {
		t.Error("a bomb of two minutes must be refused")
	}
	b = newBomb(t, "fork-exec", "cgroup")
	b.Unsafe = true
	if b.Check() == nil {
		t.Error("--unsafe with the layer must be refused")
	}
	b = newBomb(t, "fork-exec")
	b.Unsafe = true
	if err := b.check(""); !errors.Is(err, ErrRefused) {
		t.Errorf("--unsafe without a virtual machine must be refused: %v", err)
	}
	if err := b.check("sys_vendor says QEMU"); err != nil {
		t.Errorf("--unsafe in a virtual machine: %v", err)
	}
}

// TestWithoutLimit lets a bomb have a machine that may be lost, and gets it back.
func TestWithoutLimit(t *testing.T) {
	testenv.Needs(t, "a guest", testenv.InGuest(), "this machine is not to be lost")
	for _, shell := range []string{"", "/bin/sh"} {
		b := newBomb(t, "fork-exec")
		b.Shell, b.Script, b.Unsafe = shell, "bomb() { bomb | bomb & }; bomb", true
		b.Duration, b.Every = MaxDuration, 20*time.Millisecond
		ctx, enough := context.WithCancel(t.Context())
		b.Sample = func(s Sample) {
			if s.Pids.Current > steps.GuardPids {
				enough()
			}
		}
		r, err := b.Run(ctx)
		if err != nil || r.Group.Max != cgroup.NoLimit || r.Peak <= steps.GuardPids || r.Left != 0 || len(marked(t)) > 0 {
			t.Errorf("%s: %+v: %v", cmp.Or(shell, "native"), r, err)
		}
		enough()
	}
}

// TestLift: a limit that cannot be lifted is a refusal too, in a virtual machine as
// elsewhere.
func TestLift(t *testing.T) {
	if err := liftLimit(&Group{Dir: t.TempDir()}); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
}

// TestUntil lets a bomb go on that has shown nothing yet, and ends it all the same.
func TestUntil(t *testing.T) {
	for shown, times := range map[bool]int{true: 1, false: 3} {
		b := newBomb(t, "fork-exec", "cgroup")
		b.Duration = 200 * time.Millisecond
		asked := 0
		b.Until = func(Report) bool { asked++; return shown }
		r, err := b.Run(t.Context())
		if err != nil || asked != times || r.Lasted < time.Duration(times)*b.Duration {
			t.Errorf("with %v it was asked %d times and lasted %v: %v", shown, asked, r.Lasted, err)
		}
	}
}

// TestLastSample: however seldom it is told, the end is.
func TestLastSample(t *testing.T) {
	b := newBomb(t, "fork-exec", "cgroup")
	b.Every = time.Hour
	b.Until = func(r Report) bool { return r.Refused > 0 }
	var told []Sample
	b.Sample = func(s Sample) { told = append(told, s) }
	r, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0].Pids.Refused != r.Refused {
		t.Errorf("%+v was told of %+v", told, r)
	}
	if len(told) == 1 && (told[0].Latency == 0 || told[0].Idle != r.Idle.Percentile(50)) {
		t.Errorf("of the host it was told %+v", told)
	}
}

// TestLatencyWithoutFork: where no fork has ended since the last sample, the gauge does
// not say that one takes no time.
func TestLatencyWithoutFork(t *testing.T) {
	e := &explosion{meter: &meter{samples: Latencies{3, 5, 7}}}
	for _, want := range []time.Duration{5, 5} { // the second time none is new
		if got := e.latency(); got != want {
			t.Errorf("it is %d, want %d", got, want)
		}
	}
	e.meter.begin(time.Now().Add(-time.Minute))
	if got := e.latency(); got < time.Minute {
		t.Errorf("a fork has taken a minute so far, and it is %v", got)
	}
	e.meter.done(time.Hour, nil)
	if got := e.latency(); got != time.Hour || e.meter.waiting() != 0 {
		t.Errorf("it took an hour, and it is %v; one takes %v", got, e.meter.waiting())
	}
}

// Ctrl-C ends all of it.
func TestInterrupted(t *testing.T) {
	b := newBomb(t, "fork-exec", "cgroup")
	b.Duration, b.Every = 30*time.Second, 50*time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	b.Sample = func(Sample) { cancel() }
	start := time.Now()
	r, _ := b.Run(ctx)
	if time.Since(start) > 10*time.Second || r.Left != 0 || len(marked(t)) > 0 {
		t.Errorf("after %v: %+v, left %v", time.Since(start), r, marked(t))
	}
}

// TestInARow explodes -bombs times, and measures the host before and during each.
func TestInARow(t *testing.T) {
	testenv.NotEmulated(t)
	var idle, during Latencies
	for i := 0; i < *bombs && !t.Failed(); i++ {
		b := newBomb(t, "fork-exec", "cgroup")
		b.Idle = b.Duration
		r := explodes(t, b)
		if r.Peak > steps.DefaultPidsMax || r.Refused == 0 || r.Left != 0 {
			t.Errorf("bomb %d: %+v", i+1, r)
		}
		idle, during = append(idle, r.Idle...), append(during, r.During...)
	}
	ratio := float64(during.Percentile(99)) / float64(idle.Percentile(99))
	t.Logf("host fork latency, p99: idle %v (%d forks), during %d bombs %v (%d forks): %.2f times",
		idle.Percentile(99), len(idle), *bombs, during.Percentile(99), len(during), ratio)
	if *bombs >= 200 && ratio >= 3 {
		t.Errorf("the host feels the bombs: p99 is %.2f times the idle one", ratio)
	}
}

// BenchmarkBomb prints what the host feels: the ratio of the two p99.
func BenchmarkBomb(b *testing.B) {
	var idle, during Latencies
	for b.Loop() {
		bomb := newBomb(b, "fork-exec", "cgroup")
		bomb.Idle = bomb.Duration
		r := explodes(b, bomb)
		idle, during = append(idle, r.Idle...), append(during, r.During...)
	}
	b.ReportMetric(float64(idle.Percentile(99).Microseconds()), "µs-idle-p99")
	b.ReportMetric(float64(during.Percentile(99).Microseconds()), "µs-bomb-p99")
	b.ReportMetric(float64(during.Percentile(99))/float64(idle.Percentile(99)), "times")
}
