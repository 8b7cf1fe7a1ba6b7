package progress

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"github.com/how-to-be-a-container/workshop/internal/sudo"
)

// owner is whose progress it is: who runs this, or under sudo, who ran sudo.
type owner struct {
	caller *sudo.User // nil without sudo
	folder string
}

// whose finds the owner.
func whose() (o owner, err error) {
	o.caller = sudo.Caller()
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
	uid := os.Geteuid()
	if o.caller != nil {
		uid = o.caller.UID
	} else if dir := os.Getenv("HOME"); dir != "" {
		return dir, nil
	}
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return "", fmt.Errorf("find the home of user %d: %w; XDG_STATE_HOME would say where to write", uid, err)
	}
	return u.HomeDir, nil
}
