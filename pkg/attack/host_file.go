package attack

import (
	"os"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// HostFile asks for a file of the host by its name, and does nothing more: a
// root directory that is not the host's is enough to stop it.
var HostFile = &Probe{
	Name:  "host-file",
	Stops: "chroot",
	Tries: "read a file of the host by its name",
	Run:   readHostFile,
	Scene: markerScene,
	Why:   rootOf,
}

func readHostFile(t *T) error {
	path := os.Getenv(MarkerEnv)
	if path == "" {
		return errNoTarget
	}
	return t.Do(`open("`+path+`"), read`, func() error {
		_, err := os.ReadFile(path)
		if err == nil {
			readMarker(t)
		}
		return unwrapped(err)
	})
}

// markerScene knows what is in the host's marker: a root filesystem may have a file
// of that name too.
func markerScene() (*Scene, error) {
	path, err := MarkerPath()
	if err != nil {
		return nil, err
	}
	marker, err := os.ReadFile(path)
	return &Scene{Target: path, Judge: mustRead(MarkerFact, strings.TrimSpace(string(marker)))}, err
}

// rootOf says what / is for the process, and for the host.
func rootOf(s View, _ Result) string {
	host, err := rootID()
	if err != nil || s.Root.Ino == 0 {
		return ""
	}
	own := deviceAndInode(s.Root.Dev, s.Root.Ino)
	if own == host {
		return lang.F("/proc/%d/root is %s, the host's own: so something else stopped it.", s.PID, own)
	}
	return lang.F("/proc/%d/root is %s, and the host's is %s.", s.PID, own, host)
}
