package steps

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
)

// AppArmorSettings say which profile confines the process. The zero value is the
// lesson's: docker-default's rules, no top, and no reading of a diary.
type AppArmorSettings struct {
	Profile  string   // a file with one profile, instead of the lesson's
	Deny     []string // paths that the lesson's profile refuses as well
	Complain bool     // let through what no rule allows, and write a record of it

	Name string `json:",omitempty"` // of the loaded profile: set by the step
}

func (a *AppArmorSettings) mode() apparmor.Mode {
	if a.Complain {
		return apparmor.Complain
	}
	return apparmor.Enforce
}

// nameProfile gives the profile a name that no other run has, before the child
// is told its settings.
func nameProfile(s *Spec, r *Run, _ *unix.SysProcAttr) error {
	s.AppArmor.Name = apparmor.Prefix + r.ID
	return nil
}

func checkAppArmor(s *Spec) error {
	if m := apparmor.Look().Missing(); m != nil {
		return &Unsupported{What: m.What, Instead: m.Instead}
	}
	if s.AppArmor.Profile != "" && len(s.AppArmor.Deny) > 0 {
		return fmt.Errorf("paths to deny are added to the lesson's profile: write them into %s instead", s.AppArmor.Profile)
	}
	text, err := s.AppArmor.Text(apparmor.Prefix+"check", s.chrootOnly())
	if err == nil && len(s.AppArmor.Deny) > 0 {
		err = apparmor.Compile(text)
	}
	return err
}

// chrootOnly tells whether chroot(2) alone moves the root.
func (s *Spec) chrootOnly() bool { return s.Has("chroot") && !s.Has("pivot-root") }

// Text is the profile under a name: the lesson's, or the one of a file.
func (a *AppArmorSettings) Text(name string, chrootRelative bool) (string, error) {
	if a.Profile == "" {
		return apparmor.Text(apparmor.Options{Name: name, Deny: a.Deny, ChrootRelative: chrootRelative})
	}
	text, err := readProfile(a.Profile)
	if err != nil {
		return "", err
	}
	names, err := apparmor.Names(a.Profile)
	if err != nil {
		return "", fmt.Errorf("%s does not compile: %w", a.Profile, err)
	}
	if len(names) != 1 {
		return "", fmt.Errorf("%s holds %d profiles (%s); the process can enter one",
			a.Profile, len(names), strings.Join(names, ", "))
	}
	return apparmor.Rename(text, names[0], name), nil
}

// readProfile reads a file that a person named: it may be a device, or huge.
func readProfile(file string) (string, error) {
	const max = 1 << 20
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > max {
		return "", fmt.Errorf("%s: want a profile, a file of at most %d bytes", file, max)
	}
	text, err := os.ReadFile(file)
	return string(text), err
}

// isLabel reads an open attr/apparmor/exec: it must be the profile of this run.
func (a *AppArmorSettings) isLabel(fd int) error {
	buf := make([]byte, unix.PathMax)
	n, err := unix.Pread(fd, buf, 0)
	if err != nil {
		return &Error{"pread", "attr/apparmor/exec", err}
	}
	if l := apparmor.ParseLabel(string(buf[:n])); l.Profile != a.Name {
		return fmt.Errorf("attr/apparmor/exec reads %q after exec %s was written", l, a.Name)
	}
	return nil
}

// profileIsLoaded asks the kernel for the profile and its mode. The label itself
// comes with the execve, and shows in the process's attr/apparmor/current.
func profileIsLoaded(s *Spec, _ *Run) error {
	list, err := apparmor.Loaded()
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Name == s.AppArmor.Name && p.Mode == s.AppArmor.mode() {
			return nil
		}
	}
	return fmt.Errorf("the kernel has no profile %s in %s mode", s.AppArmor.Name, s.AppArmor.mode())
}
