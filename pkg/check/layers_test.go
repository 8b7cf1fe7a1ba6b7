package check_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/check"
)

// TestCgroup moves the shell into groups of its own, of which each is told.
func TestCgroup(t *testing.T) {
	tree := tree(t)
	if tree.Version == 2 {
		if err := os.WriteFile(tree.Mount+"/cgroup.subtree_control", []byte("+pids"), 0); err != nil {
			t.Fatal(err)
		}
	}
	group := fmt.Sprintf("%s/check-test-%d", tree.Mount, rand.Uint32())
	t.Cleanup(func() { unix.Rmdir(group) })
	make := func(max string) string { return `mkdir "$GROUP"; echo ` + max + ` >"$GROUP/pids.max"; ` }
	const enter, shell, leave = `echo 0 >"$GROUP/cgroup.procs"; `, `sh; code=$?; `,
		`echo $$ >"$TOP/cgroup.procs"; rmdir "$GROUP"; exit $code`
	judge(t, []program{
		{"good", 5, make("20") + `sh -c '` + enter + `exec sh'; code=$?; ` + leave, "", ""},
		{"the highest", 5, make("128") + enter + shell + leave, "", ""},
		{"none", 5, `sh; exit $?`, "own-group pids-max eagain", "Make a directory"},
		{"the root group", 5, `echo 0 >"$TOP/cgroup.procs"; sh; exit $?`, "own-group pids-max eagain", "Make a directory"},
		{"not in it", 5, make("20") + shell + leave, "own-group pids-max eagain", "is not in it"},
		{"the parent alone", 5, make("20") + `exec 3<&0; (sleep 0.5; exec sh) <&3 & ` + enter + `wait $!; code=$?; ` + leave, "own-group pids-max eagain", "Process "},
		{"no limit", 5, `mkdir "$GROUP"; ` + enter + shell + leave, "pids-max eagain", "nothing was written"},
		{"none at all", 5, make("0") + `sh -c '` + enter + `exec sh'; code=$?; ` + leave, "pids-max eagain", "cannot fork at all"},
		{"the shell alone", 5, make("1") + `sh -c '` + enter + `exec sh'; code=$?; ` + leave, "eagain", "cannot fork at all"},
		{"too many", 5, make("200") + enter + shell + leave, "pids-max eagain", "too high"},
	}, "GROUP="+group, "TOP="+tree.Mount)

	t.Run("no name reaches the terminal as it is", func(t *testing.T) {
		testenv.NotEmulated(t)
		wild := group + "\x1b[31mred\a"
		t.Cleanup(func() { unix.Rmdir(wild) })
		for _, script := range []string{
			make("20") + shell + leave,         // not in it
			make("20") + enter + shell + leave, // good
			make("max") + enter + shell + leave,
			make("20") + `mkdir "$GROUP/below"; echo 0 >"$GROUP/below/cgroup.procs"; sh; echo $$ >"$TOP/cgroup.procs"; rmdir "$GROUP/below" "$GROUP"`,
			make("20") + enter + `sh; echo $$ >"$TOP/cgroup.procs"`, // left behind
		} {
			text := fmt.Sprintf("%+v", run(t, 5, script, "GROUP="+wild, "TOP="+tree.Mount))
			if !strings.Contains(text, "red") || strings.ContainsAny(text, "\x1b\a") {
				t.Errorf("%s\n%q", script, text)
			}
		}
	})

	t.Run("told", func(t *testing.T) {
		r := run(t, 5, make("20")+enter+`sh; code=$?; echo $$ >"$TOP/cgroup.procs"; exit $code`, "GROUP="+group, "TOP="+tree.Mount)
		if !r.Holds || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], group) {
			t.Errorf("%+v", r)
		}
		if _, err := os.Stat(group); err != nil {
			t.Errorf("what is not ours was removed: %v", err)
		}
	})
}

// TestGroupOfOthers: what somebody else makes meanwhile is not the program's, where
// that can be told, and else nobody says that it is.
func TestGroupOfOthers(t *testing.T) {
	tree := tree(t)
	testenv.NotEmulated(t)
	sleep := exec.Command("sleep", "1000")
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sleep.Process.Kill(); _ = sleep.Wait() })
	for _, test := range []struct{ below, members, hint, warning string }{
		{"", fmt.Sprint(sleep.Process.Pid), "Make a directory", ""},
		{"/below", fmt.Sprint(sleep.Process.Pid), "Make a directory", ""},
		{"", "", "If your program has made it", "If your program has made it"},
	} {
		group := fmt.Sprintf("%s/check-test-%d", tree.Mount, rand.Uint32())
		begun, ready := filepath.Join(t.TempDir(), "begun"), filepath.Join(t.TempDir(), "go")
		go func() {
			for _, err := os.Stat(begun); err != nil && t.Context().Err() == nil; _, err = os.Stat(begun) {
				time.Sleep(10 * time.Millisecond)
			}
			_ = os.MkdirAll(group+test.below, 0o755)
			_ = os.WriteFile(group+test.below+"/cgroup.procs", []byte(test.members), 0)
			_ = os.WriteFile(ready, nil, 0o644)
		}()
		r := run(t, 5, `touch "$BEGUN"; until [ -e "$GO" ]; do sleep 0.1; done; sh; exit $?`, "BEGUN="+begun, "GO="+ready)
		_ = os.WriteFile(tree.Mount+"/cgroup.procs", []byte(test.members), 0)
		_ = errors.Join(unix.Rmdir(group+test.below), unix.Rmdir(group))
		if !strings.Contains(r.Hint, test.hint) || !strings.Contains(strings.Join(r.Warnings, ""), test.warning) ||
			test.warning == "" && len(r.Warnings) > 0 {
			t.Errorf("%q: hint %q, warnings %q", test.members, r.Hint, r.Warnings)
		}
	}
}

func TestCapabilities(t *testing.T) {
	testenv.NotEmulated(t)
	const both = "-sys_time,-sys_chroot"
	judge(t, []program{
		{"good", 6, `setpriv --bounding-set ` + both + ` sh; exit $?`, "", ""},
		{"none", 6, `sh; exit $?`, "no-sys-time no-sys-chroot set-clock second-chroot", "PR_CAPBSET_DROP"},
		{"one", 6, `setpriv --bounding-set -sys_time sh; exit $?`, "no-sys-chroot second-chroot", "CAP_SYS_CHROOT"},
		{"inherited", 6, `setpriv --inh-caps +sys_time setpriv --bounding-set ` + both + ` sh; exit $?`, "no-sys-time set-clock", "inheritable"},
		{"ambient", 6, `setpriv --inh-caps +sys_time --ambient-caps +sys_time setpriv --bounding-set ` + both + ` sh; exit $?`, "no-sys-time set-clock", "inheritable"},
		{"another process", 6, `setpriv --bounding-set ` + both + ` sleep 1000 & sleep 0.3; sh; exit $?`, "no-sys-time no-sys-chroot set-clock second-chroot", "Another process"},
		{
			"bounding set alone kept", 6, `setpriv --securebits +noroot --inh-caps -all sh; exit $?`,
			"no-sys-time no-sys-chroot", "the bounding set still has it",
		},
	})
}

// filter is a Perl program that loads a filter and executes a shell. Its words
// are instructions of BPF, "code jt jf k", separated by commas.
const filter = `perl -e '
	my $code = pack "(SCCL)*", map { split } split /,/, shift;
	my $prctl = ` + "`uname -m` eq \"aarch64\\n\"" + ` ? 167 : 157;
	my $program = pack "S x6 P", length($code) / 8, $code;
	syscall($prctl, 22, 2, $program) == 0 or die "seccomp: $!";
	exec "/bin/sh"' `

// bpf writes a filter that answers some calls, and where arch is true looks at
// the architecture first.
func bpf(arch bool, answer string, calls ...int) string {
	code := []string{}
	if arch {
		code = append(code, "32 0 0 4", fmt.Sprint("21 1 0 ", auditArch()), "6 0 0 2147483648")
	}
	code = append(code, "32 0 0 0")
	for _, c := range calls {
		code = append(code, fmt.Sprint("21 0 1 ", c), "6 0 0 "+answer)
	}
	return `"` + strings.Join(append(code, "6 0 0 2147418112"), ",") + `"; exit $?`
}

func auditArch() uint32 {
	if runtime.GOARCH == "arm64" {
		return unix.AUDIT_ARCH_AARCH64
	}
	return unix.AUDIT_ARCH_X86_64
}

const (
	answerKill  = "2147483648"
	answerEPERM = "327681"

	answerKillThread = "0"
)

func TestSeccomp(t *testing.T) {
	testenv.NotEmulated(t)
	const at = unix.SYS_MKDIRAT
	if runtime.GOARCH != "amd64" {
		judge(t, []program{
			{"good", 7, filter + bpf(true, answerKill, at), "", ""},
			{"the thread", 7, filter + bpf(true, answerKillThread, at), "", ""},
			{"none", 7, `sh; exit $?`, "filter mkdirat", "Load a filter"},
		})
		return
	}
	const old = 83
	judge(t, []program{
		{"good", 7, filter + bpf(true, answerKill, old, at), "", ""},
		{"errno", 7, filter + bpf(true, answerEPERM, old, at), "", ""},
		{"the thread", 7, filter + bpf(true, answerKillThread, old, at), "", ""},
		{"none", 7, `sh; exit $?`, "filter mkdir mkdirat foreign-abi", "Load a filter"},
		{"mkdir alone", 7, filter + bpf(true, answerKill, old), "mkdirat", "lets mkdirat through"},
		{"mkdirat alone", 7, filter + bpf(true, answerKill, at), "mkdir", "lets mkdir through"},
		{"no architecture", 7, filter + bpf(false, answerKill, old, at), "foreign-abi", "int 0x80"},
		{"other calls", 7, filter + bpf(true, answerKill, 500), "mkdir mkdirat", "lets both through"},
		{
			"a thread of the attack", 7, filter + bpf(true, answerKillThread, old, at, unix.SYS_FUTEX),
			"mkdir mkdirat foreign-abi", "ends the one that makes the call",
		},
		{
			"another process", 7, strings.Replace(filter, "/bin/sh", "/bin/sleep 1000", 1) +
				strings.Replace(bpf(true, answerKill, old, at), "; exit $?", " & sleep 0.3; sh; exit $?", 1),
			"filter mkdir mkdirat foreign-abi", "has a filter, and the shell has not",
		},
	})
	// Who waits for a child is killed: a shell does for an attack, and for nothing before.
	r := run(t, 7, filter+bpf(true, answerKill, old, at, unix.SYS_WAIT4))
	if p := r.Points[3]; p.Name != "shell-lives" || p.State != check.Fails {
		t.Errorf("the shell has died: %+v", r.Points)
	}
	// It is the signal that is told, and not what the calls gave.
	r = run(t, 7, filter+bpf(true, answerKill, old, at))
	if !strings.Contains(r.Points[1].Fact, "who tried it was killed by SIGSYS") {
		t.Errorf("%+v", r.Points)
	}
	// Our own program cannot even begin, and nobody says that this is a success.
	r = run(t, 7, filter+bpf(true, answerKill, old, at, unix.SYS_SCHED_GETAFFINITY))
	if got := strings.Join(failing(r), " "); got != "mkdir mkdirat foreign-abi" || r.Points[1].State != check.Unclear || !strings.Contains(r.Hint, "sched_getaffinity") {
		t.Errorf("%q: %+v, hint %q", got, r.Points, r.Hint)
	}
	// There is no directory for it, and nobody says that the shell has died of the attacks.
	r = run(t, 7, `mount -t tmpfs none "$ROOTFS/mnt"; cd "$ROOTFS/mnt"; cp -a ../bin .; mkdir proc; exec 3<&0; `+
		strings.Replace(filter+bpf(true, answerKill, old, at), `exec "/bin/sh"`, `chroot "."; chdir "/"; exec "/bin/sh"`, 1))
	if got := strings.Join(failing(r), " "); got != "mkdir mkdirat foreign-abi" || !strings.Contains(r.Hint, "/tmp, /mnt") {
		t.Errorf("%q: %+v, hint %q", got, r.Points, r.Hint)
	}
}

// TestAppArmor runs where there is AppArmor: in the guest.
func TestAppArmor(t *testing.T) {
	testenv.Root(t)
	testenv.AppArmor(t)
	const name = "check-test"
	load := func(flags, rules string) string {
		file := filepath.Join(t.TempDir(), name)
		text := "profile " + name + " flags=(" + flags + ") {\n file,\n capability,\n signal,\n ptrace,\n" + rules + "\n}\n"
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return `apparmor_parser -r ` + file + `; sh -c 'echo "exec ` + name + `" >/proc/self/attr/apparmor/exec && exec sh'; exit $?`
	}
	t.Cleanup(func() { _ = apparmor.Remove(name) })
	const deny = "deny /**/diary r,"
	judge(t, []program{
		{"none", 8, `sh; exit $?`, "label own-file", "has not entered it"},
		{"good", 8, load("attach_disconnected", deny), "", ""},
		{"complain", 8, load("complain", deny), "label", "complain mode"}, // what is denied by name stays so
		{"no rule", 8, load("attach_disconnected", ""), "own-file", "deny /**/diary r"},
		{"no writing", 8, load("attach_disconnected", "deny /**/diary rw,"), "own-file", "must allow that the file is written"},
	})
}

// TestOthers judges programs of others that build the same layers.
func TestOthers(t *testing.T) {
	testenv.Root(t)
	for _, test := range []struct {
		program string
		lesson  int
		script  string
		fails   string
	}{
		{"bwrap", 3, `bwrap --bind "$ROOTFS" / --dev /dev --proc /proc /bin/sh; exit $?`, ""},
		{"bwrap", 4, `setpriv --pdeathsig KILL bwrap --die-with-parent --unshare-all --bind "$ROOTFS" / --dev /dev --proc /proc /bin/sh; exit $?`, ""},
		// It drops what is held, sets no_new_privs, and leaves the bounding set.
		{"bwrap", 6, `bwrap --bind "$ROOTFS" / --cap-drop ALL /bin/sh; exit $?`, "no-sys-time no-sys-chroot"},
		{"runc", 3, runc("true"), ""},
		{"runc", 4, runc("false"), "ends-with-it"},
		{"runc", 6, runc("false"), ""},
	} {
		t.Run(fmt.Sprint(test.program, test.lesson), func(t *testing.T) {
			_, err := exec.LookPath(test.program)
			testenv.Needs(t, test.program+" in PATH", err == nil, err)
			id := fmt.Sprint("check-test-", rand.Uint32())
			if test.program == "runc" { // one that was killed leaves its container
				t.Cleanup(func() { _ = exec.Command("runc", "delete", "--force", id).Run() })
			}
			r := run(t, test.lesson, test.script, "ID="+id, "TMPDIR="+t.TempDir())
			if got := strings.Join(failing(r), " "); r.NoShell != nil || got != test.fails {
				t.Errorf("%q: %+v %+v; it said %q", got, r.NoShell, r.Points, r.Said)
			}
		})
	}
}

// TestNowhereToWrite: a root filesystem that cannot be written to is attacked all
// the same.
func TestNowhereToWrite(t *testing.T) {
	testenv.NotEmulated(t)
	r := run(t, 3, inside("-m", pivot(oldRootGone+`mount -o remount,bind,ro /; `)))
	if !r.Holds || !strings.Contains(r.Points[3].Fact, "nothing above it") {
		t.Errorf("%+v", r.Points)
	}
}

// runc runs a shell by runc's own default specification, with the root filesystem
// read-only or not.
func runc(readOnly string) string {
	return `dir=$(mktemp -d) && cd "$dir" && runc spec &&
sed -i 's/"terminal": true/"terminal": false/; s/"readonly": true/"readonly": ` + readOnly + `/' config.json &&
sed -i "s|\"path\": \"rootfs\"|\"path\": \"$ROOTFS\"|" config.json &&
runc run "$ID"; code=$?; rm -r "$dir"; exit $code`
}
