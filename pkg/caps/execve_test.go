package caps

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

const nobody = 65534

// universe are the capabilities that the trials play with.
var universe = []int{unix.CAP_CHOWN, unix.CAP_KILL, unix.CAP_NET_BIND_SERVICE, unix.CAP_SYS_TIME, unix.CAP_CHECKPOINT_RESTORE}

// trial is one process and one file, made at random.
type trial struct {
	dropBounding, inheritable, permitted, ambient Set
	uid, euid                                     int
	noRoot, noNewPrivs                            bool
	file                                          File
	foreign                                       bool
}

func subset(r *rand.Rand) Set {
	var s Set
	for _, n := range universe {
		s |= Set(r.IntN(2)) << n
	}
	return s
}

// fewer is a subset that is smaller: what is in two of them.
func fewer(r *rand.Rand) Set {
	one, other := subset(r), subset(r)
	return one & other
}

// more is a subset that is larger: what is in one of them.
func more(r *rand.Rand) Set {
	one, other := subset(r), subset(r)
	return one | other
}

func often(r *rand.Rand, one, in int) bool { return r.IntN(in) < one }

func newTrial(r *rand.Rand) trial {
	t := trial{
		inheritable: fewer(r), permitted: more(r),
		noRoot: often(r, 1, 4), noNewPrivs: often(r, 1, 4),
	}
	if often(r, 1, 2) {
		t.dropBounding = fewer(r)
	}
	if often(r, 1, 2) {
		t.ambient = t.inheritable & t.permitted
	}
	ids := [][2]int{{0, 0}, {nobody, nobody}, {nobody, nobody}, {0, nobody}, {nobody, 0}}[r.IntN(5)]
	t.uid, t.euid = ids[0], ids[1]
	if t.uid != t.euid { // here kernels before 6.17 differ
		t.noNewPrivs, t.ambient = false, 0
	}
	if often(r, 2, 3) {
		t.file.Caps = &FileCaps{Permitted: subset(r), Inheritable: subset(r), Effective: often(r, 1, 2)}
		t.foreign = often(r, 1, 8)
	}
	t.file.SetUID, t.file.Nosuid = often(r, 1, 4), often(r, 1, 6)
	if often(r, 1, 3) {
		t.file.Owner = nobody
	}
	return t
}

// make makes the file of the trial, in a mount namespace of this thread.
func (t *trial) make(dir string) (string, error) {
	if err := errors.Join(unix.Unshare(unix.CLONE_NEWNS|unix.CLONE_FS),
		unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""),
		unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=755")); err != nil {
		return "", err
	}
	cat, err := exec.LookPath("cat")
	if err != nil {
		return "", err
	}
	program, err := os.ReadFile(cat)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "show")
	mode := os.FileMode(0o755)
	if t.file.SetUID {
		mode |= os.ModeSetuid
	}
	err = errors.Join(os.WriteFile(path, program, 0o755), os.Chown(path, int(t.file.Owner), 0), os.Chmod(path, mode))
	if err == nil && t.file.Caps != nil {
		err = unix.Setxattr(path, XattrName, t.xattr(), 0)
	}
	if err == nil && t.file.Nosuid {
		err = unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_NOSUID, "")
	}
	return path, err
}

// xattr is the file's attribute, for a foreign one of revision 3.
func (t *trial) xattr() []byte {
	b := t.file.Caps.Bytes()
	if t.foreign {
		b[3] = revision3 >> 24
		b = append(b, 0xa0, 0x86, 0x01, 0x00) // user ID 100000
	}
	return b
}

// become gives the calling thread the attributes of the trial.
func (t *trial) become() error {
	for _, n := range universe {
		if t.dropBounding.Has(n) {
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(n), 0, 0, 0); err != nil {
				return err
			}
		}
	}
	secbits := uintptr(1 << 2) // SECBIT_NO_SETUID_FIXUP: user IDs and sets change apart
	if t.noRoot {
		secbits |= secbitNoRoot
	}
	if err := unix.Prctl(unix.PR_SET_SECUREBITS, secbits, 0, 0, 0); err != nil {
		return err
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, uintptr(t.uid), uintptr(t.euid), uintptr(t.euid)); errno != 0 {
		return errno
	}
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	for i := range data {
		data[i].Permitted, data[i].Effective = half(t.permitted, i), half(t.permitted, i)
		data[i].Inheritable = half(t.inheritable&t.permitted&^t.dropBounding, i)
	}
	if err := unix.Capset(&hdr, &data[0]); err != nil {
		return err
	}
	for _, n := range universe {
		if (t.ambient & t.inheritable & t.permitted &^ t.dropBounding).Has(n) {
			if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, uintptr(n), 0, 0); err != nil {
				return err
			}
		}
	}
	if t.noNewPrivs {
		return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	}
	return nil
}

func half(s Set, i int) uint32 { return uint32(s >> (32 * i)) }

// real forks from the calling thread, executes the program, which shows its own
// status, and reads it.
func real(path string) (*observe.Snapshot, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer out.Close()
	pid, err := syscall.ForkExec(path, []string{path, "/proc/self/status"}, &syscall.ProcAttr{
		Env: []string{}, Files: []uintptr{0, in.Fd(), 2},
	})
	in.Close()
	if err != nil {
		return nil, err
	}
	status, err := io.ReadAll(out)
	var ws syscall.WaitStatus
	if _, waitErr := syscall.Wait4(pid, &ws, 0, nil); waitErr != nil || ws != 0 {
		return nil, fmt.Errorf("wait: %w, status %d", waitErr, ws)
	}
	s := &observe.Snapshot{PID: pid, UIDMap: "0 0 4294967295"}
	for line := range bytes.Lines(status) {
		name, value, _ := strings.Cut(string(line), ":")
		s.Status = append(s.Status, observe.Field{Name: name, Value: strings.TrimSpace(value)})
	}
	return s, err
}

// compare runs the trial on the calling thread and says where the formula was
// wrong.
func (t *trial) compare(dir string) (rules []Rule, err error) {
	path, err := t.make(dir)
	if err != nil {
		return nil, fmt.Errorf("make: %w", err)
	}
	if err := t.become(); err != nil {
		return nil, fmt.Errorf("become: %w", err)
	}
	us, err := observe.Take(unix.Gettid())
	if err != nil {
		return nil, err
	}
	p, err := FromSnapshot(us)
	if err != nil {
		return nil, err
	}
	p.NoRoot = t.noRoot
	f, err := ReadFile(unix.Gettid(), path)
	if err != nil {
		return nil, err
	}
	want := Execve(p, f)
	got, err := real(path)
	if want.Err != nil || err != nil {
		if !errors.Is(err, want.Err) || want.Err == nil {
			return nil, fmt.Errorf("execve said %w, and the formula %w", err, want.Err)
		}
		return want.Rules, nil
	}
	after, err := FromSnapshot(got)
	if err != nil {
		return nil, err
	}
	after.NoRoot = p.NoRoot
	if a, b := fmt.Sprintf("%+v", after), fmt.Sprintf("%+v", want.After); a != b {
		return nil, fmt.Errorf("from %+v\nand %+v %+v\nexecve made  %s\nthe formula  %s\nby %q", p, f, f.Caps, a, b, want.Rules)
	}
	return want.Rules, nil
}

// TestExecve compares the formula with what execve really gives, for processes
// and files made at random, until every special rule was seen.
func TestExecve(t *testing.T) {
	testenv.Root(t)
	const seed = 2017
	r := rand.New(rand.NewPCG(seed, seed))
	seen := map[Rule]int{}
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // nobody must get there too
		t.Fatal(err)
	}
	for i := range 200 {
		trial := newTrial(r)
		err := thread.Do(func() error {
			rules, err := trial.compare(dir)
			for _, rule := range rules {
				seen[rule]++
			}
			return err
		})
		if err != nil {
			t.Fatalf("trial %d of seed %d: %+v\n%v", i, seed, trial, err)
		}
	}
	for _, rule := range []Rule{
		RuleNosuid, RuleForeign, RuleSetID, RuleNoSetID, RuleDumb, RuleNoRoot, RuleMixed, RuleRoot, RuleRealRoot, RuleNoGain,
	} {
		t.Logf("%4d × %s", seen[rule], rule)
		if seen[rule] == 0 {
			t.Errorf("never seen: %s", rule)
		}
	}
}
