package lesson

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// place is where the transcripts of one lesson are played: a working directory,
// and workshop in the PATH.
type place struct {
	base    string // a temporary directory: the working directory
	lang    string // of the lesson
	janitor *exec.Cmd
	alive   io.Closer // its end tells the janitor to clean up
}

func newPlace(language string) (*place, error) {
	base, err := os.MkdirTemp("", "workshop-")
	if err != nil {
		return nil, err
	}
	p := &place{base: base, lang: language}
	if err := p.furnish(); err != nil {
		_ = os.RemoveAll(base)
		return nil, err
	}
	return p, nil
}

func (p *place) furnish() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.Mkdir(p.bin(), 0o755); err != nil {
		return err
	}
	if err := os.Symlink(self, filepath.Join(p.bin(), "workshop")); err != nil {
		return err
	}
	return p.hire()
}

// sweep takes away the network namespace of the name of the directory $1: a transcript
// that was ended had no time for its own.
const sweep = `ip netns del "${1##*/}" 2>/dev/null`

// janitor sweeps, and removes the directory.
const janitor = `cat >/dev/null; ` + sweep + `; exec rm -rf -- "$1"`

// sweep makes room for the next transcript, which may be the same once more.
func (p *place) sweep() { _ = exec.Command("sh", "-c", sweep, "sh", p.base).Run() } // mostly there is none

// hire starts the janitor. It does so when this process closes its end of a pipe or
// is gone, also by kill -9.
func (p *place) hire() error {
	p.janitor = exec.Command("sh", "-c", janitor, "sh", p.base)
	p.janitor.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // out of reach of Ctrl-C
	stdin, err := p.janitor.StdinPipe()
	if err != nil {
		return err
	}
	p.alive = stdin
	if err := p.janitor.Start(); err != nil {
		return fmt.Errorf("start a shell: %w", err)
	}
	return nil
}

func (p *place) bin() string { return filepath.Join(p.base, ".bin") }

// close removes the directory.
func (p *place) close() error {
	p.alive.Close()
	if err := p.janitor.Wait(); err != nil {
		return fmt.Errorf("remove %s: %w", p.base, err)
	}
	return nil
}

// env is that of the transcripts: what changes their output is fixed, and what
// they do is not the learner's own progress. Nor is it written as the user who
// called sudo(8), who may not write to the place.
func (p *place) env() []string {
	env := []string{
		"PATH=" + p.bin() + ":" + os.Getenv("PATH"),
		"LC_ALL=C.UTF-8",
		lang.Env + "=" + p.lang,
		"XDG_STATE_HOME=" + filepath.Join(p.base, ".state"),
	}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "PATH", "LC_ALL", lang.Env, "XDG_STATE_HOME", "COLUMNS", "LINES", "ENV", "SUDO_UID", "SUDO_GID", "DOAS_USER":
		default:
			env = append(env, v)
		}
	}
	return env
}
