package observe_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

func TestCapNames(t *testing.T) {
	tests := []struct {
		mask uint64
		want []string
	}{
		{0, nil},
		{1, []string{"CAP_CHOWN"}},
		{1<<unix.CAP_SYS_TIME | 1<<unix.CAP_SYS_CHROOT, []string{"CAP_SYS_CHROOT", "CAP_SYS_TIME"}},
		{1<<unix.CAP_CHECKPOINT_RESTORE | 1<<41 | 1<<63, []string{"CAP_CHECKPOINT_RESTORE", "CAP_41", "CAP_63"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, observe.CapNames(test.mask)); diff != "" {
			t.Errorf("%#x: %s", test.mask, diff)
		}
		if mask, err := observe.CapMask(test.want); err != nil || mask != test.mask {
			t.Errorf("%v gives %#x %v, want %#x", test.want, mask, err, test.mask)
		}
	}
}

// TestCapNamesAgainstHeader compares the whole table with the C header.
func TestCapNamesAgainstHeader(t *testing.T) {
	text, err := os.ReadFile("/usr/include/linux/capability.h")
	if err != nil {
		t.Skip("needs linux/capability.h (package linux-libc-dev): ", err)
	}
	found := 0
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) != 3 || words[0] != "#define" || !strings.HasPrefix(words[1], "CAP_") {
			continue
		}
		number, err := observe.CapNumber(words[2])
		if err != nil || words[1] == "CAP_LAST_CAP" {
			continue
		}
		found++
		if name := observe.CapName(number); name != words[1] {
			t.Errorf("%d is %s, and %s in the header", number, name, words[1])
		}
	}
	if found < 41 {
		t.Errorf("only %d capabilities in the header", found)
	}
}

func TestCapNumber(t *testing.T) {
	for _, name := range []string{"CAP_SYS_TIME", "sys_time", "cap_sys_time", "Sys_Time", "CAP_25", "25"} {
		if n, err := observe.CapNumber(name); err != nil || n != unix.CAP_SYS_TIME {
			t.Errorf("%s gives %d %v", name, n, err)
		}
	}
	for name, near := range map[string]string{
		"CAP_SYS_TIM": "CAP_SYS_TIME", "chrot": "CAP_SYS_CHROOT", "override": "CAP_DAC_OVERRIDE", "admin": "CAP_NET_ADMIN", "sys_chrot": "CAP_SYS_CHROOT", "netadmin": "CAP_NET_ADMIN",
		"CAP_64": "", "-1": "", "": "",
	} {
		_, err := observe.CapMask([]string{name})
		if err == nil || near != "" && !strings.Contains(err.Error(), fmt.Sprintf("did you mean %q", near)) {
			t.Errorf("%s gives %v, want %s", name, err, near)
		}
	}
}

func TestSignalNames(t *testing.T) {
	for mask, want := range map[uint64]string{
		0:                             "",
		1:                             "SIGHUP",
		1<<(2-1) | 1<<(9-1):           "SIGINT SIGKILL",
		1 << (31 - 1):                 "SIGSYS",
		1<<(32-1) | 1<<(33-1):         "SIG32 SIG33",
		1<<(34-1) | 1<<(35-1) | 1<<63: "SIGRTMIN SIGRTMIN+1 SIGRTMIN+30",
	} {
		if got := strings.Join(observe.SignalNames(mask), " "); got != want {
			t.Errorf("%#x is %q, want %q", mask, got, want)
		}
	}
	if got := observe.SignalName(99); got != "SIG99" {
		t.Errorf("99 is %s", got)
	}
}

func TestParseNamespace(t *testing.T) {
	kind, inode, err := observe.ParseNamespace("pid:[4026531836]")
	if kind != "pid" || inode != 4026531836 || err != nil {
		t.Errorf("got %q %d %v", kind, inode, err)
	}
	for _, link := range []string{"", "pid", "pid:[", "pid:[x]", ":[1]", "/etc/passwd"} {
		if _, _, err := observe.ParseNamespace(link); !errors.Is(err, unix.EINVAL) {
			t.Errorf("%q gives %v", link, err)
		}
	}
}

func TestParseMask(t *testing.T) {
	if m, err := observe.ParseMask("000001fffeffffff"); err != nil || m != 0x1fffeffffff {
		t.Errorf("got %#x %v", m, err)
	}
	if _, err := observe.ParseMask("zz"); err == nil {
		t.Error("no error for zz")
	}
}

func TestSeccompMode(t *testing.T) {
	for value, want := range map[string]string{"0": "none", "1": "strict", "2": "filter", "3": "killed", "7": "unknown"} {
		if got := observe.SeccompMode(value); got != want {
			t.Errorf("%s is %s, want %s", value, got, want)
		}
	}
}

// TestLastCap compares with the kernel in the other way: prctl(2) refuses a
// number above the highest.
func TestLastCap(t *testing.T) {
	last, err := observe.LastCap()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, uintptr(last), 0, 0, 0); err != nil {
		t.Errorf("capability %d: %v", last, err)
	}
	if _, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, uintptr(last+1), 0, 0, 0); err != unix.EINVAL {
		t.Errorf("capability %d: %v, want EINVAL", last+1, err)
	}
}
