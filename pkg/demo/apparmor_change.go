package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// AppArmorChange enters a profile in both ways that there are, aa_change_profile(2)
// and aa_change_onexec(2), and tries a mount before, between and after.
var AppArmorChange = &Demo{
	Name:   "apparmor-change",
	Lesson: 8,
	Shows:  "a profile entered at once, and one at execve",
	Inside: appArmorChange,
}

// moment is what a process has at one moment: its label, and its answer from mount(2).
type moment struct{ When, Label, Mount string }

// The two answers of mount(2).
const (
	mounted = "allowed"
	denied  = "EACCES"
)

func appArmorChange(screen *ui.UI) (bool, error) {
	if when := os.Getenv(momentEnv); when != "" {
		return true, tellMoment(screen, when)
	}
	if m := apparmor.Look().Missing(); m != nil {
		return false, &steps.Unsupported{What: m.What, Instead: m.Instead}
	}
	name, unload, err := loadForDemo()
	if err != nil {
		return false, err
	}
	var atOnce, atExec []moment
	// A label belongs to a thread: each has one that ends with it.
	err1 := thread.Do(func() (err error) { atOnce, err = changeAtOnce(name); return err })
	err2 := thread.Do(func() (err error) { atExec, err = changeAtExec(name); return err })
	if err := errors.Join(err1, err2, unload()); err != nil {
		return false, err
	}
	screen.Step("aa_change_profile(2)", lang.T(`write "changeprofile PROFILE" to attr/apparmor/current`))
	show(screen, atOnce)
	screen.Text(lang.T("The code that builds the container still has to mount, and may not any more."), 2)
	screen.Step("aa_change_onexec(2)", lang.T(`write "exec PROFILE" to attr/apparmor/exec`))
	show(screen, atExec)
	screen.Text(lang.T("It builds to the end, and only the program that it executes is confined. So a container takes this one."), 2)
	return asAnnounced(name, atOnce, atExec), screen.Err()
}

// loadForDemo loads the lesson's profile. The journal unloads it even after a kill -9.
func loadForDemo() (name string, unload func() error, err error) {
	j, err := journal.Create()
	if err != nil {
		return "", nil, err
	}
	unload = func() error {
		return j.Close(func(e journal.Entry) error { return steps.AppArmor.Undo(e.Name) })
	}
	name = apparmor.Prefix + j.ID
	text, err := apparmor.Text(apparmor.Options{Name: name})
	if err == nil {
		err = j.Record(steps.AppArmor.Name, name)
	}
	if err == nil {
		err = apparmor.Load(text, name, apparmor.Enforce)
	}
	if err != nil {
		return "", nil, errors.Join(err, unload())
	}
	return name, unload, nil
}

func changeAtOnce(name string) ([]moment, error) {
	before, err := look(lang.T("before the write"))
	if err != nil {
		return nil, err
	}
	if err := writeAttr("current", "changeprofile "+name); err != nil {
		return nil, err
	}
	after, err := look(lang.T("after the write"))
	return []moment{before, after}, err
}

func changeAtExec(name string) ([]moment, error) {
	before, err := look(lang.T("before the write"))
	if err != nil {
		return nil, err
	}
	if err := writeAttr("exec", "exec "+name); err != nil {
		return nil, err
	}
	after, err := look(lang.T("after the write"))
	if err != nil {
		return nil, err
	}
	executed, err := lookExecuted(lang.T("after execve"))
	return []moment{before, after, executed}, err
}

func writeAttr(file, text string) error {
	path := "/proc/thread-self/attr/apparmor/" + file
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// look looks at this thread.
func look(when string) (moment, error) {
	label, err := apparmor.Own()
	if err != nil {
		return moment{}, err
	}
	dir, err := os.MkdirTemp("", "demo-")
	if err != nil {
		return moment{}, err
	}
	defer os.Remove(dir)
	m := moment{when, label.String(), mounted}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, ""); err != nil {
		m.Mount = errname.Of(err)
		return m, nil
	}
	return m, unix.Unmount(dir, unix.MNT_DETACH)
}

// momentEnv makes this program, executed again, only look at itself.
const momentEnv = "WORKSHOP_DEMO_MOMENT"

// lookExecuted looks at the program that this thread executes: its children have
// the label for execve from it.
func lookExecuted(when string) (m moment, err error) {
	cmd := exec.Command("/proc/self/exe", "demo", "apparmor-change")
	cmd.Args[0] = "workshop" // a test binary is workshop by this name only
	cmd.Env = append(os.Environ(), momentEnv+"="+when)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return m, fmt.Errorf("execute this program again: %w", err)
	}
	return m, json.Unmarshal(out, &m)
}

// tellMoment is the inside of lookExecuted.
func tellMoment(screen *ui.UI, when string) error {
	m, err := look(when)
	if err != nil {
		return err
	}
	b, err := json.Marshal(m)
	screen.Line(string(b))
	return errors.Join(err, screen.Err())
}

func show(screen *ui.UI, moments []moment) {
	var rows [][]string
	for _, m := range moments {
		if m.Mount == mounted {
			m.Mount = lang.T(mounted)
		}
		rows = append(rows, []string{"  " + m.When, m.Label, m.Mount})
	}
	screen.Table([]string{"  " + lang.T("MOMENT"), lang.T("LABEL"), "MOUNT(2)"}, rows)
}

// asAnnounced compares with what the manual says.
func asAnnounced(name string, atOnce, atExec []moment) bool {
	free := func(m moment) bool { return m.Label == apparmor.Unconfined && m.Mount == mounted }
	confined := func(m moment) bool {
		return apparmor.ParseLabel(m.Label).Profile == name && m.Mount == denied
	}
	return len(atOnce) == 2 && free(atOnce[0]) && confined(atOnce[1]) &&
		len(atExec) == 3 && free(atExec[0]) && free(atExec[1]) && confined(atExec[2])
}
