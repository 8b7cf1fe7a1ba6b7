package progress

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// owner is whose progress it is: who runs this, or under sudo, who ran sudo.
type owner struct {
	uid, gid int
	sudo     bool
	folder   string
}

// whose finds the owner. sudo(8) tells by SUDO_UID and SUDO_GID who ran it.
func whose() (o owner, err error) {
	if os.Geteuid() == 0 {
		uid, wrongUser := strconv.Atoi(os.Getenv("SUDO_UID"))
		gid, wrongGroup := strconv.Atoi(os.Getenv("SUDO_GID"))
		if wrongUser == nil && wrongGroup == nil && uid > 0 && gid >= 0 {
			o = owner{uid: uid, gid: gid, sudo: true}
		}
	}
	state, err := o.state()
	o.folder = filepath.Join(state, "workshop")
	return o, err
}

// state is the state directory of the XDG Base Directory Specification, which
// says that a relative path is ignored.
func (o owner) state() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := o.home()
	return filepath.Join(home, ".local", "state"), err
}

// home is HOME, or that of the password file: under sudo HOME may be root's.
func (o owner) home() (string, error) {
	uid := o.uid
	if !o.sudo {
		if dir := os.Getenv("HOME"); dir != "" {
			return dir, nil
		}
		uid = os.Geteuid()
	}
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return "", fmt.Errorf("find the home of user %d: %w; XDG_STATE_HOME would say where to write", uid, err)
	}
	return u.HomeDir, nil
}

// act does what must be done to files as their owner. The kernel checks the
// owner's rights and gives the owner what is made, so root writes nowhere that the
// owner could not, whatever links there are. See setfsuid(2).
func (o owner) act(f func() error) error {
	if !o.sudo {
		return f()
	}
	done := make(chan error)
	go func() {
		// The thread is not unlocked: it ends with the goroutine, so nothing else
		// ever runs with these ids.
		runtime.LockOSThread()
		done <- o.become(f)
	}()
	return <-done
}

// become is for a thread that nobody else needs.
func (o owner) become(f func() error) error {
	if err := errors.Join(unix.Setfsgid(o.gid), unix.Setfsuid(o.uid)); err != nil {
		return fmt.Errorf("write as user %d: %w", o.uid, err)
	}
	if now, _ := unix.SetfsuidRetUid(-1); now != o.uid {
		return fmt.Errorf("write as user %d: setfsuid: %w", o.uid, unix.EPERM)
	}
	return f()
}
