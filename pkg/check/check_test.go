package check_test

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/check"
)

// TestMain lets the test binary be the probes.
func TestMain(m *testing.M) {
	attack.Main()
	checkIfAsked()
	os.Exit(m.Run())
}

// run judges a shell script.
func run(t *testing.T, lesson int, script string, env ...string) *check.Report {
	t.Helper()
	return runCommand(t, &check.Check{Lesson: lesson, Command: []string{"/bin/sh", "-c", script}, Env: env})
}

// runCommand judges a program, and looks whether anything is left afterwards.
func runCommand(t *testing.T, c *check.Check) *check.Report {
	t.Helper()
	root := testroot.Busybox(t)
	before := leftBy(t)
	c.Env = append(append(os.Environ(), "ROOTFS="+root), c.Env...)
	if testenv.InGuest() {
		c.Timeout = cmp.Or(c.Timeout, testenv.Patience)
	}
	report, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if after := leftBy(t); !slices.Equal(before, after) {
		t.Errorf("left behind: before %v, after %v", before, after)
	}
	report.Warnings = slices.DeleteFunc(report.Warnings, ofOthers)
	return report
}

// ofOthers tells whether a warning is about groups alone that a test of pkg/exercise has
// made meanwhile.
func ofOthers(warning string) bool {
	theirs := strings.Count(warning, "/box-")
	return theirs > 0 && theirs == strings.Count(warning, "/sys/fs/cgroup/")
}

// leftBy lists what a check could leave: children of this process, and mounts.
func leftBy(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("ps", "--no-headers", "-o", "stat,args", "--ppid", strconv.Itoa(os.Getpid())).Output()
	if err != nil && len(out) > 0 {
		t.Fatal(err)
	}
	var left []string
	for line := range strings.Lines(string(out)) {
		if !strings.Contains(line, "ps --no-headers") {
			left = append(left, line)
		}
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		if !strings.Contains(line, " /run/netns") { // of ip-netns(8), in another test
			left = append(left, line)
		}
	}
	return left
}

// failing names the points that do not hold.
func failing(r *check.Report) []string {
	var names []string
	for _, p := range r.Points {
		if p.State != check.Holds {
			names = append(names, p.Name)
		}
	}
	return names
}

// A program is a script with what a check must find.
type program struct {
	name   string
	lesson int
	script string
	fails  string // the points that do not hold
	hint   string // a part of the hint
}

func judge(t *testing.T, programs []program, env ...string) {
	t.Helper()
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			r := run(t, p.lesson, p.script, env...)
			for range 20 {
				if !strings.Contains(r.Hint, "/box-") { // a group that a test of pkg/exercise has made meanwhile
					break
				}
				r = run(t, p.lesson, p.script, env...)
			}
			if r.NoShell != nil {
				t.Fatalf("no shell: %+v; it said %q", r.NoShell, r.Said)
			}
			if got := strings.Join(failing(r), " "); got != p.fails {
				t.Errorf("the points that do not hold are %q, want %q:\n%+v", got, p.fails, r.Points)
			}
			if !strings.Contains(r.Hint, p.hint) || p.fails != "" && p.hint == "" {
				t.Errorf("the hint is %q, want %q", r.Hint, p.hint)
			}
			if r.Holds != (p.fails == "") {
				t.Errorf("holds is %v", r.Holds)
			}
		})
	}
}

func TestForkExec(t *testing.T) {
	testenv.NotEmulated(t)
	judge(t, []program{
		{"good", 1, `sh; exit $?`, "", ""},
		{"exec", 1, `exec sh`, "child waits signal-code", "fork(2) first"},
		{"does not wait", 1, `exec 3<&0; sh <&3 & exit 0`, "waits exit-code signal-code reaped", "waitpid(2)"},
		{"another exit code", 1, `sh; exit 0`, "exit-code signal-code", "WEXITSTATUS"},
		{"one of a signal", 1, `sh; kill -KILL $$`, "exit-code", "by a signal"},
		{"one of another signal", 1, `sh; kill -TERM $$`, "exit-code signal-code", "by a signal"},
		{"does not end", 1, `sh; sleep 1000`, "exit-code signal-code reaped", "still there"},
		{"a zombie", 1, `exec perl -e 'fork or exit; exit system("/bin/sh") >> 8'`, "signal-code reaped", "WIFSIGNALED"},
		{"a zombie alone", 1, `exec perl -e 'fork or exit; my $s = system "/bin/sh"; exit($s & 127 ? 128 + ($s & 127) : $s >> 8)'`, "reaped", "zombie"},
		{"the exit code alone", 1, `perl -e 'exit system("/bin/sh") >> 8'`, "signal-code", "WIFSIGNALED"},
		{"a background process", 1, `sleep 1000 </dev/null >/dev/null 2>&1 & sh; exit $?`, "reaped", "outlives it"},
		{"a daemon of two forks", 1, `setsid sh -c "sleep 1000 >/dev/null 2>&1 &"; sh; exit $?`, "reaped", "outlives it"},
	})
}

func TestChroot(t *testing.T) {
	testenv.NotEmulated(t)
	judge(t, []program{
		{"good", 2, `chroot "$ROOTFS" /bin/sh; exit $?`, "", ""},
		{"none", 2, `sh; exit $?`, "root cwd marker", "Call chroot(2)"},
		{"another process", 2, `chroot "$ROOTFS" sleep 1000 & sleep 0.3; sh; exit $?`, "root cwd marker", "Process "},
		{"no chdir", 2, `perl -e 'chroot $ENV{ROOTFS}; exec "/bin/sh"'; exit $?`, "cwd", "chdir"},
		{"the host's run", 2, `unshare -m sh -c 'mount --rbind /run "$ROOTFS/run"; chroot "$ROOTFS" /bin/sh'; exit $?`, "marker", "mounted inside"},
	})
}

// pivot is a shell script that swaps the roots, with what comes after.
func pivot(after string) string {
	return `mount --bind "$ROOTFS" "$ROOTFS"; cd "$ROOTFS"; pivot_root . .; PATH=/bin:/sbin; ` + after + `exec /bin/sh`
}

// inside has a script run by unshare, which ends with the program.
func inside(options, script string) string {
	return `setpriv --pdeathsig KILL unshare ` + options + ` sh -c '` + script + `'; exit $?`
}

// bare is a root with nothing but its programs, and what is made in it.
func bare(make, after string) string {
	return `mount -t tmpfs none "$ROOTFS/mnt"; cp -a "$ROOTFS/bin" "$ROOTFS/mnt"; cd "$ROOTFS/mnt"; ` + make +
		`pivot_root . old; PATH=/bin; cd /; umount -l old; ` + after + `exec /bin/sh`
}

const oldRootGone = "umount -l .; cd /; "

func TestPivotRoot(t *testing.T) {
	testenv.NotEmulated(t)
	judge(t, []program{
		{"good", 3, inside("-m", pivot(oldRootGone)), "", ""},
		{"chroot", 3, `chroot "$ROOTFS" /bin/sh; exit $?`, "own-mounts no-host-mounts escape", "CLONE_NEWNS"},
		{"only the parent", 3, inside("-m", `exec sleep 1000 & chroot "$ROOTFS" /bin/sh`), "no-host-mounts escape", "pivot_root(2)"},
		{"chroot in a namespace", 3, inside("-m", `chroot "$ROOTFS" /bin/sh`), "no-host-mounts escape", "umount2(OLD"},
		{"another process's", 3, `unshare -m sleep 1000 & sleep 0.3; chroot "$ROOTFS" /bin/sh; exit $?`, "own-mounts no-host-mounts escape", "Process "},
		{"the old root on top", 3, inside("-m", pivot(`cd /; `)), "no-host-mounts escape", "stacks them"},
		{
			"the old root below", 3,
			inside("-m", `mount --bind "$ROOTFS" "$ROOTFS"; cd "$ROOTFS"; pivot_root . mnt; PATH=/bin; cd /; exec /bin/sh`),
			"no-host-mounts", "root is mounted on /mnt",
		},
		{"the host's root bound", 3, inside("-m", `mount --bind / "$ROOTFS/mnt"; `+strings.Replace(pivot(oldRootGone), "--bind", "--rbind", 1)), "no-host-mounts", "or it was bound there"},
		{"the new root on the old one", 3, inside("-m", `mount --bind "$ROOTFS" "$ROOTFS"; cd "$ROOTFS"; mount --move . /; exec chroot . /bin/sh`), "no-host-mounts", "lies on the old one"},
		{"two roots on the old one", 3, inside("-m", `mount --bind "$ROOTFS" "$ROOTFS"; mount --rbind "$ROOTFS" "$ROOTFS/mnt"; cd "$ROOTFS"; mount --move mnt /; mount --move . /; exec chroot . /bin/sh`), "no-host-mounts", "lies on the old one"},
		{"a root of tmpfs", 3, inside("-m", `mount -t tmpfs none "$ROOTFS/mnt"; cp -a "$ROOTFS/bin" "$ROOTFS/mnt"; cd "$ROOTFS/mnt"; mkdir tmp old; pivot_root . old; PATH=/bin; cd /; umount -l old; exec /bin/sh`), "", ""},
		{"a root of ramfs", 3, inside("-m", `mount -t ramfs none "$ROOTFS/mnt"; cp -a "$ROOTFS/bin" "$ROOTFS/mnt"; cd "$ROOTFS/mnt"; mkdir tmp; pivot_root . .; PATH=/bin; umount -l .; cd /; exec /bin/sh`), "", ""},
		{"a root of overlay", 3, inside("-m", `mount -t tmpfs none "$ROOTFS/mnt"; cd "$ROOTFS/mnt"; mkdir up work root; mount -t overlay -o "lowerdir=$ROOTFS,upperdir=up,workdir=work" none root; cd root; pivot_root . .; PATH=/bin; umount -l .; cd /; exec /bin/sh`), "", ""},
		{"the new root on the old one, in a user namespace", 3, inside("-m -U -r", `mount --rbind "$ROOTFS" "$ROOTFS"; cd "$ROOTFS"; mount --move . /; exec chroot . /bin/sh`), "no-host-mounts", "lies on the old one"},
		{"in a user namespace", 3, inside("-m -U -r", strings.Replace(pivot(oldRootGone), "--bind", "--rbind", 1)), "", ""},
		{"a directory of the host is open", 3, `exec 3</; ` + inside("-m", pivot(oldRootGone)), "no-way-back", "close_range"},
		{"a namespace of the host is open", 3, `exec 3</proc/self/ns/mnt; ` + inside("-m", pivot(oldRootGone)), "no-way-back", "close_range"},
		{"the working directory is the old root", 3, inside("-m", `mount --bind "$ROOTFS" "$ROOTFS"; cd "$ROOTFS"; pivot_root . mnt; PATH=/bin; cd /mnt; umount -l /mnt; exec /bin/sh`), "no-way-back", "chdir"},
		{"a directory inside is open", 3, inside("-m", pivot(oldRootGone+`exec 3</ 4</bin 5</dev/null; `)), "", ""},
		{"in the namespace that it was started in", 3, `(mount --make-rprivate /; ` + pivot(oldRootGone) + `); exit $?`, "own-mounts", "CLONE_NEWNS"},
		{"no place for the attack", 3, inside("-m", bare(`mkdir old; `, ``)), "", ""},
		{"the host's run", 3, inside("-m", `mount --bind /dev/shm "$ROOTFS/mnt"; `+strings.Replace(pivot(oldRootGone), "--bind", "--rbind", 1)), "no-host-mounts", "came from the host"},
	})
}

// pump hands on to a command what it is told.
func pump(command string) string {
	return `exec perl -e 'open my $to, "|-", @ARGV or die; while (sysread STDIN, my $some, 4096) { syswrite $to, $some }
		close $to; exit $? >> 8' ` + strings.TrimSuffix(command, "; exit $?")
}

const all = "-m -p -f --kill-child -u -i -n"

func TestNamespaces(t *testing.T) {
	testenv.NotEmulated(t)
	const proc = oldRootGone + "mount -t proc proc /proc; "
	judge(t, []program{
		{"good", 4, inside(all, pivot(proc)), "", ""},
		{"none", 4, inside("-m", pivot(proc)), "own-pid own-uts own-ipc own-net host-processes", "CLONE_NEWPID"},
		{"no fork", 4, inside("-m -u -i -n", `mount --bind "$ROOTFS" "$ROOTFS"; cd "$ROOTFS"; exec unshare -p chroot . /bin/sh`), "own-pid proc", "does not move its caller"},
		{"no uts", 4, inside("-m -p -f --kill-child -i -n", pivot(proc)), "own-uts", "CLONE_NEWUTS"},
		{"no ipc", 4, inside("-m -p -f --kill-child -u -n", pivot(proc)), "own-ipc", "CLONE_NEWIPC"},
		{"no net", 4, inside("-m -p -f --kill-child -u -i", pivot(proc)), "own-net", "CLONE_NEWNET"},
		{"no proc", 4, inside(all, pivot(oldRootGone)), "proc", "Mount a new one"},
		{"goes on", 4, strings.TrimPrefix(inside(all, pivot(proc)), "setpriv --pdeathsig KILL "), "ends-with-it", "PR_SET_PDEATHSIG"},
		{"goes on below unshare", 4, inside("-m -p -f -u -i -n", pivot(proc)), "ends-with-it", "PR_SET_PDEATHSIG"},
		{"goes on without its input", 4, pump(strings.TrimPrefix(inside("-m -p -f -u -i -n", pivot(proc)), "setpriv --pdeathsig KILL ")), "ends-with-it", "PR_SET_PDEATHSIG"},
		{"no place for the attack", 4, inside(all, bare(`mkdir old proc; `, `mount -t proc proc /proc; `)), "", ""},
		{"no place for the attack, and no proc", 4, inside(all, bare(`mkdir old proc; `, ``)), "proc host-processes", "Mount a new one"},
		{"a directory of the host is open", 4, `exec 3</; ` + inside(all, pivot(proc)), "host-processes", "close_range"},
		{"a proc over the host's", 4, inside("-p -f --kill-child -u -i -n", `mount -t proc proc /proc; exec sh`), "proc", "CLONE_NEWNS"},
		{"the host's proc", 4, inside(all, `mount --bind /proc "$ROOTFS/proc"; `+strings.Replace(pivot(oldRootGone), "--bind", "--rbind", 1)), "proc host-processes", "Do not bind"},
	})
}

// TestNoShell has programs that never let a shell read the script.
func TestNoShell(t *testing.T) {
	testenv.NotEmulated(t)
	script := filepath.Join(t.TempDir(), "script")
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(script, []byte("#!/no/such/interpreter\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plain, []byte("sh\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		command []string
		why     check.Why
		says    string
		hint    string
	}{
		{"not found", []string{"./no-such-program"}, check.NotFound, "./no-such-program", "no such file"},
		{"not in PATH", []string{"no-such-program"}, check.NotFound, "not found", "PATH"},
		{"not executable", []string{plain}, check.NotExecutable, "EACCES", "chmod +x"},
		{"no interpreter", []string{script}, check.NotExecutable, "ENOENT", "#!"},
		{"a directory", []string{"/"}, check.NotExecutable, "", "directory"},
		{"ends", []string{"sh", "-c", "echo no such thing; exit 3"}, check.Ended, "exit code 3", "by hand"},
		{"ends without a word", []string{"true"}, check.Ended, "exit code 0", "errno"},
		{"pivot_root fails", []string{"sh", "-c", "echo pivot_root: Invalid argument; exit 1"}, check.Ended, "exit code 1", "make-rprivate"},
		{"pid namespace without a fork", []string{"unshare", "-p", "sh", "-c", "true; /bin/true; /bin/true; sh"}, check.Ended, "exit code", "process 1"},
		{"is killed", []string{"sh", "-c", "kill -SEGV $$"}, check.Ended, "139", "| sudo env ROOTFS=\"$(workshop rootfs path)\" \\\n\t  strace -f sh -c 'kill -SEGV $$'"},
		{"leaves one that does not read", []string{"sh", "-c", "sleep 1000 & exit 0"}, check.Ended, "exit code 0", "lives on"},
		{"hangs alone", []string{"sleep", "1000"}, check.StartsNone, "no shell", "no child at all"},
		{"hangs", []string{"sh", "-c", "sleep 1000; exit 0"}, check.StartsNone, "sleep 1000", "arguments name"},
		{"hangs, and has moved the root", []string{"sh", "-c", `mount --make-rprivate /; mount --bind "$ROOTFS" "$ROOTFS"; cd "$ROOTFS"; pivot_root . .; /bin/umount -l .; exec /bin/sleep 1000`}, check.StartsNone, "no shell", "no child at all"},
		{"waits in a shell", []string{"sh", "-c", "(sleep 1000; exec sh); exit 1"}, check.StartsNone, "nothing happened for 3s: your program runs, and none", "--timeout"},
		{"another standard input", []string{"sh", "-c", "sleep 1000 | sh"}, check.IgnoresInput, "pipe:", "descriptor 0"},
		{"another standard output", []string{"sh", "-c", "sh >/dev/null; exit 0"}, check.HidesOutput, "/dev/null", "descriptor 1"},
		{"prints", []string{"yes"}, check.PrintsOn, "bytes", "loop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			began := time.Now()
			r := runCommand(t, &check.Check{Lesson: 4, Command: test.command, Timeout: 12 * time.Second})
			if r.NoShell == nil || r.Holds || r.NoShell.Why != test.why {
				t.Fatalf("%+v", r.NoShell)
			}
			if !strings.Contains(r.NoShell.Says, test.says) || !strings.Contains(r.Hint, test.hint) {
				t.Errorf("says %q, hint %q", r.NoShell.Says, r.Hint)
			}
			if test.name == "hangs" && strings.Contains(r.NoShell.Says, "sh -c") {
				t.Errorf("the program is named among its children: %q", r.NoShell.Says)
			}
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestEndedHints has programs that end before their shell, by mistakes that each
// belong to a lesson.
func TestEndedHints(t *testing.T) {
	testenv.NotEmulated(t)
	for _, test := range []struct {
		lesson       int
		script, hint string
	}{
		{1, "exit 255", "said nothing"},
		{1, "echo no\nexit 1", "\t  COMMAND"},
		{1, "sh & wait $!", "descriptor 0"},
		{1, "echo pivot_root: Device or resource busy; exit 1", "by hand"},
		{2, "SHELL=/bin/bash chroot $ROOTFS", "no bash"},
		{2, "echo fork/exec /bin/bash: no such file or directory; exit 1", "no bash"},
		{2, "echo /bin/bash: line 1: cfg: No such file or directory; exit 1", "by hand"},
		{3, "echo pivot_root: Device or resource busy; exit 1", "chdir into it after that"},
		{3, "echo 'OSError: [Errno 16] pivot_root'; exit 1", "chdir into it after that"},
		{6, "kill -SYS $$", "signal 31"},
		{7, "kill -SYS $$", "refuses too much"},
		{7, "kill -SEGV $$", "signal 11"},
		{7, "echo seccomp: Permission denied; exit 1", "PR_SET_NO_NEW_PRIVS"},
		{7, "echo prctl: Invalid argument; exit 1", "sock_fprog"},
		{7, "echo prctl: Invalid argument; exit 1", "three zeros"},
	} {
		r := runCommand(t, &check.Check{Lesson: test.lesson, Command: []string{"sh", "-c", test.script}})
		if r.NoShell == nil || r.NoShell.Why != check.Ended || !strings.Contains(r.Hint, test.hint) {
			t.Errorf("lesson %d, %s: %+v, hint %q", test.lesson, test.script, r.NoShell, r.Hint)
		}
	}
}

// TestQuotedHints: what is to be typed reaches the shell as one word.
func TestQuotedHints(t *testing.T) {
	testenv.NotEmulated(t)
	t.Chdir(t.TempDir())
	for name, mode := range map[string]os.FileMode{"my box": 0o644, "empty box": 0o755, "box.py": 0o644, "box.go": 0o644, "box.c": 0o755} {
		if err := os.WriteFile(name, nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	for command, want := range map[string]string{
		"./my box":    "\tchmod +x './my box'",
		"./empty box": "-- sh './empty box'",
		"my box":      "\tchmod +x './my box'\n\tworkshop check 2 -- './my box'",
		"empty box":   "\t'./empty box'",
		"./box.go":    "\tgo build -o ./box ./box.go && workshop check 2 -- ./box",
		"./box.c":     "\tcc -o ./box ./box.c && workshop check 2 -- ./box",
		"box.go":      "\tgo build -o ./box box.go && workshop check 2 -- ./box",
		"box.py":      "\tchmod +x ./box.py\n\tworkshop check 2 -- ./box.py",
	} {
		if r := runCommand(t, &check.Check{Lesson: 2, Command: []string{command}}); !strings.Contains(r.Hint, want) {
			t.Errorf("%q: hint %q", command, r.Hint)
		}
	}
}

// TestTimeout: a program that is busy all the time is ended by the clock.
func TestTimeout(t *testing.T) {
	testenv.NotEmulated(t)
	began := time.Now()
	r := runCommand(t, &check.Check{
		Lesson: 1, Command: []string{"sh", "-c", "while :; do :; done"}, Timeout: time.Second,
	})
	if r.NoShell == nil || r.NoShell.Why != check.TooLong {
		t.Errorf("%+v", r.NoShell)
	}
	at := runCommand(t, &check.Check{Lesson: 1, Command: []string{"sleep", "1000"}, Timeout: time.Nanosecond})
	if at.NoShell == nil || at.NoShell.Why != check.TooLong {
		t.Errorf("at once: %+v", at.NoShell)
	}
	if took := time.Since(began); took < time.Second || took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestSlowStart: a program may build itself first, and say a lot meanwhile.
func TestSlowStart(t *testing.T) {
	testenv.NotEmulated(t)
	r := run(t, 1, `seq 300000; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sh; exit $?`)
	if !r.Holds || len(r.Said) == 0 {
		t.Errorf("%+v", r)
	}
}

// TestSleeps: a program may wait for something before it starts its shell.
func TestSleeps(t *testing.T) {
	testenv.NotEmulated(t)
	if r := run(t, 2, `sleep 3.5; chroot "$ROOTFS" /bin/sh; exit $?`); !r.Holds {
		t.Errorf("%+v", r)
	}
}

// TestEcho: our own words are not the program's.
func TestEcho(t *testing.T) {
	testenv.NotEmulated(t)
	r := run(t, 1, `echo mine; tee /dev/stderr | sh; exit $?`)
	if r.NoShell != nil || strings.Join(r.Said, "|") != "mine" {
		t.Errorf("said %q: %+v", r.Said, r)
	}
	r = run(t, 1, `echo mine; cat; exit 3`)
	if r.NoShell == nil || strings.Join(r.Said, "|") != "mine" {
		t.Errorf("said %q: %+v", r.Said, r)
	}
}

// TestWantsTerminal: a program that looks for one is given one.
func TestWantsTerminal(t *testing.T) {
	testenv.NotEmulated(t)
	r := run(t, 1, `test -t 0 || { echo "not a tty" >&2; exit 1; }; sh; exit $?`)
	if !r.Holds || !r.Terminal {
		t.Errorf("%+v", r)
	}
	r = run(t, 1, `echo "not a tty" >&2; exit 1`)
	if r.NoShell == nil || r.NoShell.Why != check.WantsTerminal || r.Terminal {
		t.Errorf("%+v", r.NoShell)
	}
}

// TestElsewhere: a shell that answers, and that somebody else has started.
func TestElsewhere(t *testing.T) {
	testenv.Root(t)
	daemon := exec.Command("sh")
	var pipes [2]string
	for i, to := range []func(*os.File){
		func(f *os.File) { daemon.Stdin = f }, func(f *os.File) { daemon.Stdout = f },
	} {
		pipes[i] = filepath.Join(t.TempDir(), "pipe")
		if err := unix.Mkfifo(pipes[i], 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(pipes[i], os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		to(f)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = errors.Join(daemon.Process.Kill(), daemon.Wait()) }()
	r := run(t, 1, `cat <"$OUT" & exec cat >"$IN"`, "IN="+pipes[0], "OUT="+pipes[1])
	if r.NoShell == nil || r.NoShell.Why != check.Elsewhere || !strings.Contains(r.Hint, "A client of a daemon") {
		t.Errorf("%+v", r.NoShell)
	}
}

// TestLeftovers: what a program leaves on the host is told.
func TestLeftovers(t *testing.T) {
	testenv.NotEmulated(t)
	r := run(t, 2, `mount -t tmpfs mine "$ROOTFS/mnt"; chroot "$ROOTFS" /bin/sh; exit $?`)
	if !r.Holds || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "tmpfs on ") {
		t.Errorf("%+v", r)
	}
	r = run(t, 2, `sleep 1000 >/dev/null 2>&1 & chroot "$ROOTFS" /bin/sh; exit $?`)
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "sleep 1000") {
		t.Errorf("%+v", r)
	}
	if r := run(t, 1, `sleep 1000 >/dev/null 2>&1 & sh; exit $?`); r.Holds || len(r.Warnings) > 0 {
		t.Errorf("lesson 1 judges that, and needs no warning: %+v", r)
	}
	if len(r.Layers) != 1 || r.Layers[0].Holds || len(r.Layers[0].Missing) != 1 {
		t.Errorf("%+v", r.Layers)
	}
}

// tree is the cgroup tree of the machine.
func tree(t *testing.T) cgroup.Tree {
	t.Helper()
	testenv.Root(t)
	tree, err := cgroup.Find("pids")
	if err != nil {
		t.Fatal(err)
	}
	return tree
}
