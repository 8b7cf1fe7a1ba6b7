package steps

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

func mask(t *testing.T, names ...string) uint64 {
	t.Helper()
	m, err := observe.CapMask(names)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestKeep is S20 and S21: what docker run's flags mean.
func TestKeep(t *testing.T) {
	const all = 1<<41 - 1
	had := all &^ mask(t, "SYS_RESOURCE") // a host that lacks one itself
	docker := mask(t, DockerCapabilities()...)
	usual := docker &^ mask(t, "SYS_CHROOT")
	tests := []struct {
		name string
		set  CapabilitySettings
		want uint64
	}{
		{"default", CapabilitySettings{}, usual},
		{"the talk's two", CapabilitySettings{Add: []string{"all"}, Drop: TalkCapabilities()}, had &^ mask(t, "SYS_TIME", "SYS_CHROOT")},
		{"docker by name", CapabilitySettings{Drop: []string{"all"}, Add: []string{"docker"}}, docker},
		{"any case, with and without CAP_", CapabilitySettings{Drop: []string{"cap_Kill", "mknod"}}, usual &^ mask(t, "KILL", "MKNOD")},
		{"add one", CapabilitySettings{Add: []string{"sys_time"}}, usual | mask(t, "SYS_TIME")},
		{"add wins over drop", CapabilitySettings{Add: []string{"kill"}, Drop: []string{"kill"}}, usual},
		{"drop all", CapabilitySettings{Drop: []string{"ALL"}}, 0},
		{"drop all, add one", CapabilitySettings{Drop: []string{"all"}, Add: []string{"net_bind_service"}}, mask(t, "NET_BIND_SERVICE")},
		{"add all", CapabilitySettings{Add: []string{"all"}}, had},
		{"add all wins over drop all", CapabilitySettings{Add: []string{"all"}, Drop: []string{"all"}}, had},
		{"privileged", CapabilitySettings{Privileged: true, Drop: []string{"all"}}, had},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.set.Keep(had)
			if err != nil || got != test.want {
				t.Errorf("got %v, %v\nwant %v", observe.CapNames(got), err, observe.CapNames(test.want))
			}
		})
	}
}

func TestKeepRefuses(t *testing.T) {
	for _, test := range []struct {
		set  CapabilitySettings
		want string
	}{
		{CapabilitySettings{Drop: []string{"sys_tyme"}}, "CAP_SYS_TIME"},
		{CapabilitySettings{Add: []string{"CAP_CHROOT"}}, "CAP_SYS_CHROOT"},
		{CapabilitySettings{Add: []string{""}}, "unknown name"},
		{CapabilitySettings{Add: []string{"SYS_RESOURCE"}}, "cannot keep CAP_SYS_RESOURCE"},
	} {
		_, err := test.set.Keep((1<<41 - 1) &^ mask(t, "SYS_RESOURCE"))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want %q", test.set, err, test.want)
		}
	}
}

// TestDropWithoutSetpcap is the library's silent no-op: it says nil and leaves
// the bounding set as it was.
func TestDropWithoutSetpcap(t *testing.T) {
	testenv.Root(t)
	spec := &Spec{}
	if err := thread.Do(func() error { return dropCapabilities(spec) }); err != nil {
		t.Fatalf("with CAP_SETPCAP: %v", err)
	}
	err := thread.Do(func() error {
		if err := lower(unix.CAP_SETPCAP); err != nil {
			return err
		}
		return dropCapabilities(spec)
	})
	if !errors.Is(err, unix.EPERM) {
		t.Errorf("without CAP_SETPCAP: got %v, want EPERM", err)
	}
}

// lower takes one capability from the effective set of the calling thread.
func lower(capability int) error {
	return change(func(data *[2]unix.CapUserData) {
		data[capability/32].Effective &^= 1 << (capability % 32)
	})
}

// change changes the sets of the calling thread.
func change(how func(*[2]unix.CapUserData)) error {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&hdr, &data[0]); err != nil {
		return err
	}
	how(&data)
	return unix.Capset(&hdr, &data[0])
}

// inherit puts one capability into the inheritable set of the calling thread.
func inherit(capability int) error {
	return change(func(data *[2]unix.CapUserData) {
		data[capability/32].Inheritable |= 1 << (capability % 32)
	})
}

// TestChrootUntilExecve is the trap of S17: in the bounding set alone, the drop
// changes nothing for the thread as it is.
func TestChrootUntilExecve(t *testing.T) {
	testenv.Root(t)
	for _, boundingOnly := range []bool{true, false} {
		err := thread.Do(func() error {
			if err := unix.Unshare(unix.CLONE_FS); err != nil { // a root of our own to change
				return err
			}
			spec := &Spec{Capabilities: CapabilitySettings{BoundingOnly: boundingOnly}}
			if err := dropCapabilities(spec); err != nil {
				return err
			}
			return unix.Chroot("/")
		})
		if boundingOnly && err != nil || !boundingOnly && !errors.Is(err, unix.EPERM) {
			t.Errorf("bounding set only: %v, and chroot said %v", boundingOnly, err)
		}
	}
}

// TestVerifyCapabilities: this process dropped nothing, and that must be seen.
func TestVerifyCapabilities(t *testing.T) {
	testenv.Root(t)
	us := &Run{PID: os.Getpid()}
	err := Capabilities.Verify(&Spec{}, us)
	if err == nil || !strings.Contains(err.Error(), "CAP_SYS_TIME") {
		t.Errorf("got %v, want that CAP_SYS_TIME is still there", err)
	}
	if err := Capabilities.Verify(&Spec{Capabilities: CapabilitySettings{Privileged: true}}, us); err != nil {
		t.Error(err)
	}
	nnp := &Spec{Capabilities: CapabilitySettings{Privileged: true, NoNewPrivs: true}}
	if err := Capabilities.Verify(nnp, us); err == nil {
		t.Error("no_new_privs is not set, and that was not seen")
	}
}

// TestInheritable is CVE-2022-24769: what was inheritable and ambient comes back at
// an execve. The step clears both sets, and its Verify sees what is left in them.
func TestInheritable(t *testing.T) {
	testenv.Root(t)
	everything := &Spec{Capabilities: CapabilitySettings{Add: []string{"all"}}}
	err := thread.Do(func() error {
		if err := dropCapabilities(everything); err != nil {
			return err
		}
		us := &Run{PID: unix.Gettid()}
		says(t, Capabilities.Verify(everything, us), "")
		if err := inherit(unix.CAP_KILL); err != nil {
			return err
		}
		says(t, Capabilities.Verify(everything, us), "CapInh still has CAP_KILL")
		if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, unix.CAP_KILL, 0, 0); err != nil {
			return err
		}
		if err := dropCapabilities(everything); err != nil {
			return err
		}
		status, err := observe.TakeStatus(us.PID)
		if err != nil {
			return err
		}
		for _, set := range []string{"CapInh", "CapAmb"} {
			if got := status.Get(set); strings.Trim(got, "0") != "" {
				t.Errorf("after the step %s is %s", set, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDefaultsAreKnown: a wrong name in a list would panic.
func TestDefaultsAreKnown(t *testing.T) {
	if d := DefaultCapabilities(); len(d) != 13 || slices.Contains(d, "CAP_SYS_CHROOT") {
		t.Errorf("the default is %v", d)
	}
}
