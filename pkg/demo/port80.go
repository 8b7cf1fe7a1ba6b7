package demo

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/caps"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/listen80"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Port80 is the talk's server, which an ordinary user runs on port 80.
var Port80 = &Demo{
	Name:   "port80",
	Lesson: 6,
	Shows:  "port 80 for a user, by a file capability",
	Inside: port80,
}

const ordinaryUser = 65534 // nobody

// attempt is one try to start the server.
type attempt struct {
	title   string
	typed   []string     // the same as a person would type it
	change  func() error // before: a change of the file or of the calling thread
	want    string       // the errno, or "200" where it answers
	because string
}

// attempts are made in this order; what one changes of the file stays.
func (s *stage80) attempts() []attempt {
	return []attempt{
		{
			title: lang.T("An ordinary user and an ordinary program"),
			typed: []string{"./listen80"},
			want:  "EACCES", because: lang.T("a port below 1024 takes CAP_NET_BIND_SERVICE"),
		},
		{
			title:  lang.T("The file has the capability"),
			typed:  []string{"setcap cap_net_bind_service+ep ./listen80", "getcap ./listen80", "./listen80"},
			change: s.setcap,
			want:   "200", because: lang.T("execve gave the process what the file has, and no more"),
		},
		{
			title:  lang.T("The same with no_new_privs"),
			typed:  []string{"setpriv --no-new-privs ./listen80"},
			change: func() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) },
			want:   "EACCES", because: lang.T("the program starts, and the execve gave it nothing"),
		},
		{
			title:  lang.T("The same with the capability dropped from the bounding set"),
			typed:  []string{"setpriv --reuid 65534 --bounding-set -net_bind_service ./listen80"},
			change: func() error { return unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_NET_BIND_SERVICE, 0, 0, 0) },
			want:   "EPERM", because: lang.T("execve refuses: the e of +ep says that it must have it"),
		},
		{
			title:  lang.T("The same on a mount that is nosuid"),
			typed:  []string{"mount -o remount,bind,nosuid .", "./listen80"},
			change: func() error { return unix.Mount("", s.dir, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_NOSUID, "") },
			want:   "EACCES", because: lang.T("on such a mount the file's capabilities do not count"),
		},
		{
			title:  lang.T("No capability at all, and no port is low: what Docker does today"),
			typed:  []string{"setcap -r ./listen80", "sysctl net.ipv4.ip_unprivileged_port_start=0", "./listen80"},
			change: s.noLowPorts,
			want:   "200", because: lang.T("the limit of 1024 is the network namespace's own"),
		},
	}
}

func port80(screen *ui.UI) (bool, error) {
	s, err := newStage80()
	if err != nil {
		return false, err
	}
	defer s.close()
	screen.Text(lang.F("A network namespace of our own, and in it the server as user %d.", ordinaryUser), 0)
	attempts := s.attempts()
	screen.Text(lang.F("%d of the %d tries below are refused, on purpose.", refusals(attempts), len(attempts)), 0)
	good := true
	for n, a := range attempts {
		screen.Line("")
		screen.Numbered(n+1, a.title)
		var got, said string
		err := thread.Do(func() error { // what it changes of its thread ends with it
			got, said, err = s.try(a)
			return err
		})
		if err != nil {
			return false, err
		}
		for _, command := range a.typed {
			screen.Line("   " + screen.Code("$ "+command))
			if strings.HasPrefix(command, "getcap") {
				screen.Line("   " + s.getcap())
			}
		}
		screen.Line("   " + said)
		if got != a.want {
			good = false
			screen.Bad(lang.F("%s, and not %s", got, a.want))
			continue
		}
		screen.Good(got + ": " + a.because)
	}
	return good, screen.Err()
}

// refusals counts those that are not to be answered.
func refusals(list []attempt) (n int) {
	for _, a := range list {
		if a.want != "200" {
			n++
		}
	}
	return n
}

// stage80 is a directory with the server, and a network namespace.
type stage80 struct {
	dir, program string
	netns        *os.File
}

func newStage80() (s *stage80, err error) {
	s = &stage80{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.netns, err = newNetwork(); err != nil {
		return s, err
	}
	if s.dir, err = os.MkdirTemp("", "port80-"); err != nil {
		return s, err
	}
	// A mount of our own: /tmp may be nosuid.
	if err := unix.Mount("tmpfs", s.dir, "tmpfs", 0, "mode=755"); err != nil {
		return s, fmt.Errorf("mount tmpfs: %w", err)
	}
	s.program = filepath.Join(s.dir, listen80.Name)
	return s, copyProgram(s.program)
}

func (s *stage80) close() {
	_ = unix.Unmount(s.dir, unix.MNT_DETACH) // what was not made cannot be taken back
	os.Remove(s.dir)
	s.netns.Close()
}

func copyProgram(to string) error {
	from, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer from.Close()
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Chmod(0o755), file.Close()) // an ordinary user runs it, whatever the umask
}

// newNetwork makes a network namespace with its loopback up. It lives as long as
// the descriptor: network_namespaces(7).
func newNetwork() (ns *os.File, err error) {
	err = thread.Do(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return os.NewSyscallError("unshare CLONE_NEWNET", err)
		}
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return err
		}
		if err := netlink.LinkSetUp(lo); err != nil {
			return err
		}
		ns, err = os.Open("/proc/thread-self/ns/net")
		return err
	})
	return ns, err
}

func (s *stage80) setcap() error {
	return caps.Write(s.program, &caps.FileCaps{Permitted: 1 << unix.CAP_NET_BIND_SERVICE, Effective: true})
}

func (s *stage80) getcap() string {
	f, err := caps.Read(s.program)
	if err != nil {
		return err.Error()
	}
	return "./listen80 " + f.String()
}

// noLowPorts changes the namespace that the thread is in: that is ours, and not
// the one that this process was born in.
func (s *stage80) noLowPorts() error {
	ours, err := os.Readlink("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	born, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return err
	}
	if born == ours {
		return fmt.Errorf("still in the network namespace of this process, %s: ip_unprivileged_port_start stays as it is", born)
	}
	if err := unix.Removexattr(s.program, caps.XattrName); err != nil {
		return os.NewSyscallError("removexattr", err)
	}
	return os.WriteFile("/proc/sys/net/ipv4/ip_unprivileged_port_start", []byte("0"), 0)
}

// try starts the server from the calling thread, and asks it for a page. It
// gives the errno or "200", and what was said.
func (s *stage80) try(a attempt) (got, said string, err error) {
	if err := unix.Setns(int(s.netns.Fd()), unix.CLONE_NEWNET); err != nil {
		return "", "", os.NewSyscallError("setns", err)
	}
	if a.change != nil {
		if err := a.change(); err != nil {
			return "", "", err
		}
	}
	cmd := &exec.Cmd{Path: s.program, Args: []string{"./listen80"}, Dir: s.dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: ordinaryUser, Gid: ordinaryUser}, Pdeathsig: syscall.SIGKILL,
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", "", err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return cmp.Or(errname.Of(err), err.Error()), "execve ./listen80: " + errors.Unwrap(err).Error(), nil
	}
	defer func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return "", "", fmt.Errorf("the server ended and said nothing: %w", err)
	}
	if strings.Contains(line, unix.EACCES.Error()) {
		return "EACCES", strings.TrimSpace(line), nil
	}
	page, err := get("127.0.0.1:80")
	return "200", page, err
}

// get asks for a page, from the network namespace of the calling thread.
func get(address string) (string, error) {
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return "", err
	}
	fmt.Fprint(conn, "GET / HTTP/1.0\r\n\r\n")
	answer, err := io.ReadAll(conn)
	if err != nil {
		return "", fmt.Errorf("GET / of %s: %q: %w", address, answer, err)
	}
	head, body, found := strings.Cut(string(answer), "\r\n\r\n")
	if !found || !strings.HasPrefix(head, "HTTP/1.0 200 ") {
		return "", fmt.Errorf("GET / of %s: the answer is %q, and not a page", address, answer)
	}
	return "GET / → " + strings.TrimSpace(body), nil
}
