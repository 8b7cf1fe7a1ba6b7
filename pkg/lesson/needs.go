package lesson

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
)

// Need is something that not every machine has.
type Need struct {
	Name    string             // as after needs=
	Instead string             // what would make it possible, %s being the object; "" where the error says it
	missing func(string) error // nil where this machine has it; else what was found
	objects func() []string    // what the object may be; nil where it may be anything
	object  string             // the part of the name after a colon
}

// needs lists what a transcript can need. A name that ends with a colon is
// followed by an object: "command:setcap", "rootfs:debian".
var needs = []*Need{
	{Name: "apparmor", missing: noAppArmor},
	{Name: "cgroup2", Instead: lang.N("play it in the VM: make vm, or vagrant up"), missing: noCgroup2},
	{Name: "arch:", Instead: lang.N("play it on %s"), missing: noArch, objects: func() []string { return []string{"amd64", "arm64"} }},
	{Name: "command:", Instead: lang.N("install %s"), missing: noCommand},
	{Name: "rootfs:", missing: noRootfs, objects: rootfsKinds},
}

func findNeed(name string) (*Need, error) {
	kind, object, found := strings.Cut(name, ":")
	if found {
		kind += ":"
	}
	var names []string
	for _, n := range needs {
		if n.Name != kind {
			names = append(names, n.Name)
			continue
		}
		if found {
			return n.of(object)
		}
		return n, nil
	}
	return nil, fmt.Errorf("no need is called %q%s", name, nearest.Hint(name, names))
}

// of is the need of one object. What no machine can have would never be played.
func (n *Need) of(object string) (*Need, error) {
	if object == "" {
		return nil, fmt.Errorf("after %s comes what it is", n.Name)
	}
	if n.objects != nil && !slices.Contains(n.objects(), object) {
		return nil, fmt.Errorf("%s has no %q%s; there are %s", strings.TrimSuffix(n.Name, ":"), object,
			nearest.Hint(object, n.objects()), strings.Join(n.objects(), ", "))
	}
	c := *n
	c.Name, c.object = n.Name+object, object
	return &c, nil
}

func rootfsKinds() []string {
	var names []string
	for _, k := range rootfs.Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// Missing is nil where this machine has it, and else says what is missing and
// what would help.
func (n *Need) Missing() error {
	err := n.missing(n.object)
	switch {
	case err == nil:
		return nil
	case n.Instead == "":
		return fmt.Errorf(lang.T("needs %s: %w"), n.Name, err)
	}
	instead := strings.ReplaceAll(lang.T(n.Instead), "%s", n.object)
	return fmt.Errorf(lang.T("needs %s: %w; %s"), n.Name, err, instead)
}

// missing is what this machine has not, of all that the transcript needs.
func (t *Transcript) missing() error {
	for _, n := range t.Needs {
		if err := n.Missing(); err != nil {
			return err
		}
	}
	return nil
}

func noAppArmor(string) error {
	if m := apparmor.Look().Missing(); m != nil {
		return fmt.Errorf("%s; %s", m.What, m.Instead)
	}
	return nil
}

func noCgroup2(string) error {
	tree, err := cgroup.Find("pids")
	if err == nil && tree.Version != 2 {
		err = errors.New(lang.F("the pids controller is on version %d, at %s", tree.Version, tree.Mount))
	}
	return err
}

func noArch(name string) error {
	if runtime.GOARCH != name {
		return errors.New(lang.F("this is %s", runtime.GOARCH))
	}
	return nil
}

func noCommand(name string) error {
	_, err := exec.LookPath(name)
	return err
}

func noRootfs(kind string) error {
	_, err := rootfs.Find(kind)
	return err
}
