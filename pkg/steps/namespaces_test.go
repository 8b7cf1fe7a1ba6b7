package steps

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

func TestNamespaceSettingsThatCannotWork(t *testing.T) {
	for _, test := range []struct {
		settings NamespaceSettings
		want     string
	}{
		{NamespaceSettings{Kinds: []string{"nett"}}, `no namespace "nett" (did you mean "net"?)`},
		{NamespaceSettings{Kinds: []string{"pid"}, Hostname: "x"}, "without a new uts namespace it would be the host's name"},
		{NamespaceSettings{Hostname: strings.Repeat("x", 65)}, "at most 64"},
		{NamespaceSettings{Uptime: 4611686019}, "the kernel takes 0 to 4611686018 seconds"},
		{NamespaceSettings{Join: []string{"net"}}, "want KIND=NAME"},
		{NamespaceSettings{Kinds: []string{"mount"}}, `no namespace "mount" (did you mean "mnt"?)`},
		{NamespaceSettings{Kinds: []string{"network"}}, `no namespace "network" (did you mean "net"?)`},
		{NamespaceSettings{Kinds: []string{"host"}}, `no namespace "host" (did you mean "uts"?)`},
		{NamespaceSettings{Kinds: []string{"mout"}}, `no namespace "mout" (did you mean "mnt"?)`},
		{NamespaceSettings{Kinds: []string{"xyzzy"}}, `no namespace "xyzzy"; the kinds are`},
		{NamespaceSettings{Join: []string{"network=1"}}, `no namespace "network" (did you mean "net"?)`},
		{NamespaceSettings{Join: []string{"nut=1"}}, `no namespace "nut" (did you mean "net"?)`},
		{NamespaceSettings{Join: []string{"user=1"}}, "workshop exec enters all"},
		{NamespaceSettings{Join: []string{"net=/etc/passwd"}}, "/etc/passwd is no namespace"},
		{NamespaceSettings{Join: []string{"net=/proc/self/ns/uts"}}, "not of the kind net"},
		{NamespaceSettings{Join: []string{"net=4194999"}}, "there is no such process"},
		{NamespaceSettings{Join: []string{"net=no-such-netns-here"}}, "no such file or directory"},
		{NamespaceSettings{Kinds: []string{"net"}, Join: []string{"net=/proc/self/ns/net"}}, "leave out the other"},
		{NamespaceSettings{User: true, Join: []string{"net=/proc/self/ns/net"}}, "no right to enter"},
	} {
		err := checkNamespaces(&Spec{Namespaces: test.settings})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.settings, err, test.want)
		}
	}
	for _, settings := range []NamespaceSettings{
		{}, {Kinds: []string{"none"}}, {User: true}, {Hostname: "x"}, {Uptime: 4611686018}, {Join: []string{"net=/proc/self/ns/net"}},
	} {
		if err := checkNamespaces(&Spec{Namespaces: settings}); err != nil {
			t.Errorf("%+v: %v", settings, err)
		}
	}
}

// TestNoNamespaceSaysWhy: the errno goes on.
func TestNoNamespaceSaysWhy(t *testing.T) {
	err := checkNamespaces(&Spec{Namespaces: NamespaceSettings{Join: []string{"net=/etc/passwd"}}})
	if !errors.Is(err, unix.ENOTTY) {
		t.Error(err)
	}
}

func TestNewNamespaces(t *testing.T) {
	for _, test := range []struct {
		settings NamespaceSettings
		want     string
	}{
		{NamespaceSettings{}, "pid mnt uts ipc net cgroup time"},
		{NamespaceSettings{User: true}, "pid mnt uts ipc net cgroup time user"},
		{NamespaceSettings{Kinds: []string{"all"}}, "pid mnt uts ipc net cgroup time user"},
		{NamespaceSettings{Kinds: []string{"none"}}, ""},
		{NamespaceSettings{Kinds: []string{"user"}}, "user"},
		{NamespaceSettings{Kinds: []string{"uts", "pid"}}, "pid uts"},
		{NamespaceSettings{Join: []string{"net=1", "ipc=1"}}, "pid mnt uts cgroup time"},
	} {
		var got []string
		for _, kind := range NamespaceKinds() {
			if test.settings.New(kind) {
				got = append(got, kind)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%+v: %v, want %s", test.settings, got, test.want)
		}
	}
}

// knobs makes a /proc in which this process is root of the machine or of a user
// namespace, with these sysctls.
func knobs(t *testing.T, uidMap string, sysctls map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"self/ns/user": "", "self/uid_map": uidMap}
	for name, value := range sysctls {
		files["sys/"+name] = value + "\n"
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestKnobs(t *testing.T) {
	const first, inner = "         0          0 4294967295\n", "0 1000 1\n"
	ubuntu := map[string]string{"kernel/apparmor_restrict_unprivileged_userns": "1"}
	debian := map[string]string{"kernel/unprivileged_userns_clone": "0"}
	none := map[string]string{"user/max_user_namespaces": "0"}
	for _, test := range []struct {
		uidMap  string
		sysctls map[string]string
		want    string // "" is allowed
	}{
		{first, nil, ""},
		{first, ubuntu, ""},
		{first, debian, ""},
		{inner, nil, ""},
		{first, none, "sysctl -w user.max_user_namespaces="},
		{inner, ubuntu, "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
		{inner, debian, "sysctl -w kernel.unprivileged_userns_clone=1"},
		{inner, map[string]string{"user/max_user_namespaces": "1000"}, ""},
	} {
		err := kernelAllows(knobs(t, test.uidMap, test.sysctls), "user")
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%v: %v", test.sysctls, err)
		case test.want != "" && (!errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%v: %v, want %q", test.sysctls, err, test.want)
		}
	}
	err := kernelAllows(knobs(t, first, nil), "time")
	if !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "no time namespaces") {
		t.Errorf("without the link: %v", err)
	}
}

// TestRealKnob sets a limit of its own, in a user namespace of its own: there it
// binds nobody else.
func TestRealKnob(t *testing.T) {
	const file = "/proc/sys/user/max_uts_namespaces"
	if os.Getenv("WORKSHOP_TEST_KNOB") != "" {
		if err := kernelAllows("/proc", "uts"); err != nil {
			t.Fatalf("before: %v", err)
		}
		if err := os.WriteFile(file, []byte("0"), 0o644); err != nil {
			t.Fatal(err)
		}
		err := kernelAllows("/proc", "uts")
		if !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "user.max_uts_namespaces is 0") {
			t.Fatalf("after: %v", err)
		}
		if err := syscall.Unshare(syscall.CLONE_NEWUTS); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("the kernel says %v", err)
		}
		return
	}
	testenv.Root(t)
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestRealKnob$", "-test.v")
	cmd.Env = append(os.Environ(), "WORKSHOP_TEST_KNOB=1")
	ids := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER, UidMappings: ids, GidMappings: ids}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Errorf("%v\n%s", err, out)
	}
}
