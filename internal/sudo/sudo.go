// Package sudo does for who ran sudo(8), or doas(1), what must not be done with root's
// power.
package sudo

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/thread"
)

// User is who ran sudo or doas.
type User struct{ UID, GID int }

// Caller finds who ran sudo, by SUDO_UID and SUDO_GID, or doas, by DOAS_USER. It is nil
// where this is not root, or root without either.
func Caller() *User {
	uid, gid := os.Getenv("SUDO_UID"), os.Getenv("SUDO_GID")
	if name := os.Getenv("DOAS_USER"); uid == "" && name != "" {
		if u, err := user.Lookup(name); err == nil {
			uid, gid = u.Uid, u.Gid
		}
	}
	u, wrongUser := strconv.Atoi(uid)
	g, wrongGroup := strconv.Atoi(gid)
	if os.Geteuid() != 0 || wrongUser != nil || wrongGroup != nil || u <= 0 || g < 0 {
		return nil
	}
	return &User{u, g}
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
	if err := errors.Join(setgroups(u.groups()), unix.Setfsgid(u.GID), unix.Setfsuid(u.UID)); err != nil {
		return err
	}
	if now, _ := unix.SetfsuidRetUid(-1); now != u.UID {
		return fmt.Errorf("setfsuid: %w", unix.EPERM)
	}
	return nil
}

// groups are all that the user is in: a folder that is shared is written by one of
// them. Where the user is not found, it is the one that sudo names.
func (u *User) groups() []uint32 {
	gids := []uint32{uint32(u.GID)}
	known, err := user.LookupId(strconv.Itoa(u.UID))
	if err != nil {
		return gids
	}
	texts, _ := known.GroupIds()
	for _, text := range texts {
		if gid, err := strconv.ParseUint(text, 10, 32); err == nil {
			gids = append(gids, uint32(gid))
		}
	}
	return gids
}

// setgroups is setgroups(2) for this thread alone: that of package syscall is for all.
func setgroups(gids []uint32) error {
	_, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(gids)), uintptr(unsafe.Pointer(&gids[0])), 0)
	if errno != 0 {
		return fmt.Errorf("setgroups: %w", errno)
	}
	return nil
}
