// Package steps holds the layers of a container, one file each: what a
// process's attributes are changed by between fork and exec.
//
// Each file says at its top at which points its layer acts, and then makes its
// system calls in the order in which they happen. The package knows no
// terminal and no command line; of the lessons it knows their numbers.
package steps

import (
	"slices"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
)

// Step is one layer. A nil part means that the layer does not act there. Those of
// All are all that can run: the child finds them by their names.
type Step struct {
	Name     string // as in --only and, with _ for -, in the name of its file
	Lesson   int    // the lesson that adds it
	Does     string // half a line: what it adds
	Replaces string // the step that is left out where this one runs

	// Check says, before anything is started, why these settings cannot work.
	Check func(*Spec) error
	// AtClone asks clone(2) for what must be there from birth.
	AtClone func(*Spec, *Run, *unix.SysProcAttr) error
	// InSupervisor acts on the child from outside, while it waits.
	InSupervisor func(*Spec, *Run) error
	// InChild acts on the process itself, between fork and exec.
	InChild func(*Spec) error
	// Verify reads the guarantee back from the kernel, from outside.
	Verify func(*Spec, *Run) error
	// Undo takes back what was recorded under name, also after a kill -9.
	Undo func(name string) error

	// Entered is for a step whose work workshop exec finds done when it has
	// entered the container: namespaces, a root, a group. Else a process that
	// comes later takes InChild itself.
	Entered bool
}

// Acts tells whether the step does anything at all to the process.
func (s *Step) Acts() bool {
	return s.AtClone != nil || s.InSupervisor != nil || s.InChild != nil
}

// order is the order in which the child takes the steps. It is not the order of
// the lessons: each step stands where the kernel wants it.
var order = []*Step{
	ForkExec,
	// Before all else: what a later step makes must be counted already, and a
	// cgroup namespace begins at the group in which its maker is.
	Cgroup,
	// While the host's names and its /proc are still there: what is joined has
	// a name, and in a user namespace only who sees a /proc may mount another.
	Namespaces,
	Chroot,
	PivotRoot,
	// After all that needs them: chroot, mounts, sethostname. What comes later
	// needs none: the label is our own file of /proc, and seccomp(2) is content
	// with no_new_privs, which the seccomp step sets.
	Capabilities,
	// After all that mounts and changes the root, which the profile forbids from
	// execve on; before a filter, which may forbid the write to attr.
	AppArmor,
	// Last: a filter may forbid whatever any other step has to do.
	Seccomp,
}

// Spec is what the steps are told. It travels to the child as JSON: see parts.
type Spec struct {
	Steps []string // the names of the steps that run, in their order
	Root  string   // the directory that becomes /, in the supervisor's mount namespace
	Proc  int      // does not travel: the child's descriptor of the host's /proc, for the apparmor step, before which the root has changed

	Namespaces   NamespaceSettings
	Cgroup       CgroupSettings
	Capabilities CapabilitySettings
	AppArmor     AppArmorSettings
	Seccomp      SeccompSettings
}

// Has tells whether the step of that name runs.
func (s *Spec) Has(name string) bool { return slices.Contains(s.Steps, name) }

// Run is one container as its supervisor sees it.
type Run struct {
	ID     string      // names what is made for this run, such as its cgroup
	PID    int         // the child; 0 before clone
	Tree   cgroup.Tree // the tree that has the pids controller
	Cgroup string      // the guard: the group of every run; "" where none can be made

	NoCgroup error // why there is none

	// BirthGroup is the group below Cgroup that the child is born into; ""
	// is Cgroup itself.
	BirthGroup string

	// Record writes into the journal that the step is about to make
	// something that does not die with the run, so that Undo(name) is called
	// for it: at the end, or at the next start after a kill -9. The step is
	// given by its name.
	Record func(step, name string) error
}
