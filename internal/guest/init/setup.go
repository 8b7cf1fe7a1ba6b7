package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

const hostname = "guest"

// setUp does what systemd does on the machines that the lessons are for.
func setUp() error {
	for _, step := range []func() error{
		realRoot, mountAll, loadModules, loopbackUp, cgroups, userland, rootfs,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return unix.Sethostname([]byte(hostname))
}

// realRoot puts a mount over the initramfs: pivot_root(2) refuses a root that is
// the kernel's own rootfs (EINVAL), on which no machine runs for long.
func realRoot() error {
	const root = "/root.mount"
	if err := os.Mkdir(root, 0o755); err != nil {
		return err
	}
	if err := unix.Mount("/", root, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("bind / to %s: %w", root, err)
	}
	if err := unix.Chdir(root); err != nil {
		return fmt.Errorf("chdir %s: %w", root, err)
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("move %s to /: %w", root, err)
	}
	if err := unix.Chroot("."); err != nil {
		return fmt.Errorf("chroot: %w", err)
	}
	return os.Chdir("/")
}

// mountAll mounts the kernel's file systems in systemd's places, and shares all
// mounts as it does, so that a container that forgets to make them private leaks.
func mountAll() error {
	const noExec = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	for _, m := range []struct {
		fstype, dir string
		flags       uintptr
		data        string
	}{
		{"proc", "/proc", noExec, ""},
		{"sysfs", "/sys", noExec, ""},
		{"devtmpfs", "/dev", unix.MS_NOSUID, "mode=0755"},
		{"devpts", "/dev/pts", unix.MS_NOSUID | unix.MS_NOEXEC, "mode=0620,ptmxmode=0666"},
		{"tmpfs", "/dev/shm", unix.MS_NOSUID | unix.MS_NODEV, "mode=1777"},
		{"mqueue", "/dev/mqueue", noExec, ""},
		{"cgroup2", "/sys/fs/cgroup", noExec, "nsdelegate"},
		{"tmpfs", "/run", unix.MS_NOSUID | unix.MS_NODEV, "mode=0755"},
	} {
		if err := os.MkdirAll(m.dir, 0o755); err != nil {
			return err
		}
		if err := unix.Mount(m.fstype, m.dir, m.fstype, m.flags, m.data); err != nil {
			return fmt.Errorf("mount %s on %s: %w", m.fstype, m.dir, err)
		}
	}
	// Not there in a kernel without any security module.
	err := unix.Mount("securityfs", "/sys/kernel/security", "securityfs", noExec, "")
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("mount securityfs: %w", err)
	}
	return unix.Mount("", "/", "", unix.MS_SHARED|unix.MS_REC, "")
}

// loadModules loads what a distribution's kernel has as modules.
func loadModules() error {
	files, err := filepath.Glob("/modules/*.ko")
	if err != nil {
		return err
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		if err := unix.FinitModule(int(f.Fd()), "", 0); err != nil {
			return fmt.Errorf("finit_module %s: %w", name, err)
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

func loopbackUp() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("lo: %w", err)
	}
	return netlink.LinkSetUp(lo)
}

// cgroups enables the controllers and puts this process where a login would be.
func cgroups() error {
	const controllers = "+cpu +io +memory +pids"
	const slice = "/sys/fs/cgroup/user.slice"
	if err := os.MkdirAll(slice+"/session-1.scope", 0o755); err != nil {
		return err
	}
	for _, dir := range []string{"/sys/fs/cgroup", slice} {
		if err := os.WriteFile(dir+"/cgroup.subtree_control", []byte(controllers), 0); err != nil {
			return err
		}
	}
	return os.WriteFile(slice+"/session-1.scope/cgroup.procs", []byte("0"), 0)
}

// userland adds a link for each of BusyBox's programs that is not there yet.
func userland() error {
	for k, v := range map[string]string{
		"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "TERM": "vt100",
	} {
		if err := os.Setenv(k, v); err != nil {
			return err
		}
	}
	// Its exit code tells that some names were taken.
	_ = exec.Command("/bin/busybox", "--install", "-s").Run()
	if _, err := exec.LookPath("sh"); err != nil {
		return fmt.Errorf("busybox --install: %w", err)
	}
	return nil
}

// rootfs builds the containers' root filesystem, as a learner would.
func rootfs() error {
	cmd := exec.Command("workshop", "rootfs", "build", "busybox")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}
