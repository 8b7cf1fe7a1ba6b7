// Package sudo does for who ran sudo(8) what must not be done with root's power.
package sudo

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/thread"
)

// User is who ran sudo.
type User struct{ UID, GID int }

// Caller finds who ran sudo, by SUDO_UID and SUDO_GID. It is nil where this is not
// root, or root without sudo.
func Caller() *User {
	uid, wrongUser := strconv.Atoi(os.Getenv("SUDO_UID"))
	gid, wrongGroup := strconv.Atoi(os.Getenv("SUDO_GID"))
	if os.Geteuid() != 0 || wrongUser != nil || wrongGroup != nil || uid <= 0 || gid < 0 {
		return nil
	}
	return &User{uid, gid}
}

// Act does what must be done to files as their owner; where u is nil, that is
// ourselves. The kernel checks the owner's rights and gives the owner what is made,
// so root writes nowhere that the owner could not, whatever links there are. See
// setfsuid(2).
func (u *User) Act(f func() error) error {
	if u == nil {
		return f()
	}
	return thread.Do(func() error { // nothing else ever runs with these ids
		if err := u.become(); err != nil {
			return fmt.Errorf("write as user %d: %w", u.UID, err)
		}
		return f()
	})
}

// become is for a thread that nobody else needs.
func (u *User) become() error {
	if err := errors.Join(unix.Setfsgid(u.GID), unix.Setfsuid(u.UID)); err != nil {
		return err
	}
	if now, _ := unix.SetfsuidRetUid(-1); now != u.UID {
		return fmt.Errorf("setfsuid: %w", unix.EPERM)
	}
	return nil
}
