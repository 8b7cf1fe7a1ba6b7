package attack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// The probes of the namespaces: each reaches for one thing of the host that a
// namespace of one kind hides. See namespaces(7).
var (
	HostProcesses   = hides("pid", "host-processes", "read the environment of a process of the host", seeProcess, decoyScene("process"))
	KillHostProcess = hides("pid", "kill-host-process", "kill a process of the host", killProcess, killScene)
	Rename          = hides("uts", "rename-host", "change the hostname for everyone", rename, renameScene)
	SharedMemory    = hides("ipc", "shared-memory", "read shared memory of the host (System V)", readMemory, decoyScene("memory"))
	MessageQueue    = hides("ipc", "message-queue", "take a message out of a queue of the host (POSIX)", readQueue, decoyScene("queue"))
	HostLoopback    = hides("net", "host-loopback", "talk to a server on the host's 127.0.0.1", dialTCP, decoyScene("loopback"))
	AbstractSocket  = hides("net", "abstract-socket", "talk to a server on an abstract unix(7) socket", dialUnix, decoyScene("abstract"))
	HostCgroup      = hides("cgroup", "host-cgroup", "read which cgroup of the host it is in", readCgroup, nil)
	HostUptime      = hides("time", "host-uptime", "read how long the host has been up", readUptime, uptimeScene)
	MountOutside    = mountProbe()
)

// hides is a probe of one kind of namespace.
func hides(kind, name, tries string, run func(*T) error, scene func() (*Scene, error)) *Probe {
	return &Probe{
		Name: name, Stops: "namespaces", Tries: tries, Run: run, Scene: scene,
		Why: func(s View, r Result) string { return whichNamespace(s, r, kind) },
	}
}

// mountProbe is stopped by an earlier step, which has a mount namespace too.
func mountProbe() *Probe {
	p := hides("mnt", "mount-outside", "make a mount that is seen outside", mountOutside, mountScene)
	p.Stops = "pivot-root"
	return p
}

// whichNamespace compares the probe's namespace with ours.
func whichNamespace(s View, r Result, kind string) string {
	own, host := s.Namespaces[kind].Link, hostNamespace(kind)
	switch {
	case host == "":
		return ""
	case own == host:
		return lang.F("/proc/%d/ns/%s is %s, the host's own: so something else stopped it.", s.PID, kind, own)
	case s.Supervisor == nil || own != s.Supervisor.Namespaces[kind].Link:
		return lang.F("/proc/%d/ns/%s is %s, and the host's is %s.", s.PID, kind, own, host)
	case r.Errno == unix.ErrnoName(unix.EPERM) && !s.has("CapEff", admin):
		return lang.F("/proc/%d/ns/%s is %s, which stands in for the host's.", s.PID, kind, own) + " " + whereItIsMissing(s, r, admin)
	}
	return lang.F("/proc/%d/ns/%s is %s, which stands in for the host's: so something else stopped it.", s.PID, kind, own)
}

// admin is what sethostname(2) and mount(2) ask for.
const admin = "CAP_SYS_ADMIN"

func decoyScene(kind string) func() (*Scene, error) {
	return func() (*Scene, error) {
		scene, _, err := hostDecoy(kind)
		return scene, err
	}
}

// rename sets a name that the machine does not have: see renameScene.
func rename(t *T) error {
	name, err := target()
	if err != nil {
		return err
	}
	return t.Do(fmt.Sprintf("sethostname(%q)", name), func() error { return unix.Sethostname([]byte(name)) })
}

// renameScene has a uts namespace that stands in for the host's: the supervisor
// is in it, so a container without one of its own is too. The name of the
// machine itself is out of reach.
func renameScene() (*Scene, error) {
	var before, after string
	name := "renamed-" + shortName()
	return &Scene{
		Target: name,
		Enter: func() (err error) {
			if err := unix.Unshare(unix.CLONE_NEWUTS); err != nil {
				return fmt.Errorf("unshare CLONE_NEWUTS: %w", err)
			}
			before, err = nodename()
			return err
		},
		Leave: func() (err error) { after, err = nodename(); return err },
		Judge: func(Result) error {
			if after != name {
				return errors.New(lang.F("outside the name is still %s", before))
			}
			return nil
		},
	}, nil
}

func nodename() (string, error) {
	var u unix.Utsname
	err := unix.Uname(&u)
	return unix.ByteSliceToString(u.Nodename[:]), err
}

func readMemory(t *T) error {
	id, err := targetNumber()
	if err != nil {
		return err
	}
	var memory []byte
	err = t.Do(fmt.Sprintf("shmat(%d, NULL, SHM_RDONLY)", id), func() (err error) {
		memory, err = unix.SysvShmAttach(id, 0, unix.SHM_RDONLY)
		return err
	})
	if err != nil {
		return err
	}
	t.Fact(SecretFact, string(bytes.TrimRight(memory, "\x00")))
	return unix.SysvShmDetach(memory)
}

func targetNumber() (int, error) {
	s, err := target()
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(s)
}

func readQueue(t *T) error {
	name, err := target()
	if err != nil {
		return err
	}
	var fd int
	err = t.Do(fmt.Sprintf("mq_open(%q, O_RDONLY)", "/"+name), func() (err error) {
		fd, err = mqOpen(name, unix.O_RDONLY|unix.O_NONBLOCK, nil)
		return err
	})
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var secret string
	err = t.Do("mq_timedreceive(QUEUE)", func() (err error) {
		secret, err = mqReceive(fd)
		return err
	})
	t.Fact(SecretFact, secret)
	return err
}

func dialTCP(t *T) error  { return dial(t, "tcp") }
func dialUnix(t *T) error { return dial(t, "unix") }

func dial(t *T, network string) error {
	address, err := target()
	if err != nil {
		return err
	}
	if interfaces, err := net.Interfaces(); err == nil {
		var names []string
		for _, i := range interfaces {
			names = append(names, i.Name)
		}
		t.Fact("network interfaces", strings.Join(names, " "))
	}
	var c net.Conn
	err = t.Do(fmt.Sprintf("connect(SOCKET, %s)", address), func() (err error) {
		c, err = net.Dial(network, address)
		return unwrapped(err)
	})
	if err != nil {
		return err
	}
	defer c.Close()
	secret, err := io.ReadAll(c)
	t.Fact(SecretFact, string(secret))
	return err
}

// unwrapped is the errno, without what the package net says around it.
func unwrapped(err error) error {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

var errNoPath = errors.New(lang.N(`every path in /proc/self/cgroup is "/"`))

func readCgroup(t *T) error {
	return withProc(t, func(proc string) error {
		var text []byte
		err := t.Do(`open("/proc/self/cgroup"), read`, func() (err error) {
			text, err = os.ReadFile(proc + "/self/cgroup")
			return err
		})
		if err != nil {
			return err
		}
		for _, line := range strings.Fields(string(text)) {
			if path := line[strings.LastIndex(line, ":")+1:]; path != "/" {
				t.Fact("its cgroup", path)
				return nil
			}
		}
		return errNoPath
	})
}

const uptimeFact = "uptime in seconds"

func readUptime(t *T) error {
	var up float64
	err := t.Do("clock_gettime(CLOCK_BOOTTIME)", func() (err error) {
		up, err = uptime()
		return err
	})
	t.Fact(uptimeFact, fmt.Sprintf("%.3f", up))
	return err
}

func uptime() (float64, error) {
	var up unix.Timespec
	err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &up)
	return float64(up.Nano()) / 1e9, err
}

// uptimeScene knows between which two moments of the host it was read.
func uptimeScene() (*Scene, error) {
	from, err := uptime()
	return &Scene{Target: "uptime", Judge: func(r Result) error {
		read, err := strconv.ParseFloat(r.Facts[uptimeFact], 64)
		if err != nil {
			return err
		}
		to, err := uptime()
		if err != nil {
			return err
		}
		if read < from-0.01 || read > to+0.01 {
			return errors.New(lang.F("it read %.0f s, and the host has been up for %.0f s", read, to))
		}
		return nil
	}}, err
}

// mountOutside makes no directory, which would be the host's where the root is,
// and leaves the mount in place: it goes with the namespace that it is in.
func mountOutside(t *T) error {
	name, err := target()
	if err != nil {
		return err
	}
	dir := mountPoint()
	return t.Do(fmt.Sprintf("mount(%q, %q, \"tmpfs\")", name, dir), func() error {
		return unix.Mount(name, dir, "tmpfs", 0, "size=4k")
	})
}

// mountScene looks from the mount namespace of the supervisor, which stands in
// for the host's: what is mounted there goes with the run.
func mountScene() (*Scene, error) {
	name := "workshop-" + shortName()
	return &Scene{Target: name, Leave: func() error {
		mounts, err := mountinfo.GetMounts(func(m *mountinfo.Info) (skip, stop bool) { return m.Source != name, false })
		if err == nil && len(mounts) == 0 {
			err = errors.New(lang.T("outside there is no such mount"))
		}
		return err
	}}, nil
}
