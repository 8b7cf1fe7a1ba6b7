// Command bench starts /bin/true in a container of workshop and of others, by
// turns, and prints how many times as long the others take. make bench runs it.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
)

// contender is one command that is timed.
type contender struct {
	name   string
	args   []string
	copies []string // of its program, executed in turn
	took   []time.Duration
}

// copies is how many there are of each program: see installed.
const copies = 4

// settle is how long nothing runs before each: the kernel takes what the one
// before has left apart, a network namespace for example, after its end.
const settle = 20 * time.Millisecond

func main() {
	workshop := flag.String("workshop", "bin/workshop", "the program that is timed")
	rounds := flag.Int("rounds", 50, "how often each is run")
	flag.Parse()
	if err := run(*workshop, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(workshop string, rounds int) error {
	dir, err := rootfs.Find("busybox")
	if err != nil {
		return err
	}
	bundle, err := makeBundle(dir)
	defer os.RemoveAll(bundle) // also where only the half of it was made
	if err != nil {
		return err
	}
	all := contenders(workshop, dir, bundle)
	for _, c := range all {
		if c.copies, err = installed(c.args[0], bundle); err != nil {
			return err
		}
	}
	if err := race(all, rounds); err != nil {
		return err
	}
	report(all)
	return reportInit(workshop)
}

// contenders are what is timed.
func contenders(workshop, dir, bundle string) []*contender {
	last := "8"
	if !apparmor.Look().Enabled {
		fmt.Println("This kernel has no AppArmor: seven layers, and not all eight.")
		last = "7"
	}
	return []*contender{
		{name: "workshop 3 -- /bin/true", args: []string{workshop, "3", "--", "/bin/true"}},
		{name: "workshop 3 -q -- /bin/true", args: []string{workshop, "3", "-q", "--", "/bin/true"}},
		// Only quiet: else it waits for the kernel's audit records, which come late.
		{name: "workshop " + last + " -q -- /bin/true", args: []string{workshop, last, "-q", "--", "/bin/true"}},
		{name: "runc run", args: []string{"runc", "run", "-b", bundle, "workshop-bench"}},
		{name: "bwrap", args: []string{"bwrap", "--ro-bind", dir, "/", "--unshare-all", "/bin/true"}},
	}
}

// race runs them in turn, so that what disturbs one disturbs all, and each time in
// another order, so that none is always after the same one.
func race(all []*contender, rounds int) error {
	for range rounds {
		for _, i := range rand.Perm(len(all)) {
			time.Sleep(settle)
			if err := all[i].time(); err != nil {
				return err
			}
		}
	}
	return nil
}

// installed gives copies of a program. How large the pieces are in which a file
// lies in memory, which depends on who has written or read it and on chance, is worth a
// tenth of a start: so all are written in the same way, and each program several times.
// The time of the copies is the program's: workshop would take them for several builds.
func installed(program, dir string) (files []string, err error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	code, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for i := range copies {
		file := filepath.Join(dir, fmt.Sprint(filepath.Base(path), i))
		err := errors.Join(os.WriteFile(file, code, 0o755), os.Chtimes(file, info.ModTime(), info.ModTime()))
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// time runs the command once.
func (c *contender) time() error {
	cmd := exec.Command(c.copies[len(c.took)%copies], c.args[1:]...)
	begin := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(c.args, " "), err, out)
	}
	c.took = append(c.took, time.Since(begin))
	return nil
}

func (c *contender) median() time.Duration {
	slices.Sort(c.took)
	return c.took[len(c.took)/2]
}

// report prints the medians as ratios.
func report(all []*contender) {
	runc := all[slices.IndexFunc(all, func(c *contender) bool { return c.name == "runc run" })].median()
	fmt.Printf("%-28s %10s   %s\n", "median of "+fmt.Sprint(len(all[0].took)), "", "runc takes")
	for _, c := range all {
		fmt.Printf("%-28s %10v   %.2f times as long\n", c.name, c.median().Round(10*time.Microsecond), float64(runc)/float64(c.median()))
	}
}

// reportInit prints what package init costs, which each container pays twice.
func reportInit(workshop string) error {
	var least time.Duration
	for range 20 {
		took, err := initTime(workshop)
		if err != nil {
			return err
		}
		if least == 0 || took < least {
			least = took
		}
	}
	fmt.Printf("%-28s %10v   the least of 20\n", "package init", least)
	return nil
}

// initTime adds up the lines of GODEBUG=inittrace=1.
func initTime(workshop string) (time.Duration, error) {
	cmd := exec.Command(workshop, "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, line := range strings.Split(trace.String(), "\n") {
		var name string
		var at, took float64
		if n, _ := fmt.Sscanf(line, "init %s @%f ms, %f ms clock", &name, &at, &took); n == 3 {
			sum += time.Duration(took * float64(time.Millisecond))
		}
	}
	return sum, nil
}

// makeBundle is runc's own default spec, for /bin/true and without a terminal.
func makeBundle(root string) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "workshop-bench"); err != nil {
		return "", err
	}
	if out, err := exec.Command("runc", "spec", "-b", dir).CombinedOutput(); err != nil {
		return dir, fmt.Errorf("runc spec: %w: %s", err, out)
	}
	file := filepath.Join(dir, "config.json")
	text, err := os.ReadFile(file)
	if err != nil {
		return dir, err
	}
	var spec map[string]any
	if err := json.Unmarshal(text, &spec); err != nil {
		return dir, err
	}
	process, ok := spec["process"].(map[string]any)
	if !ok {
		return dir, errors.New("runc spec wrote no process")
	}
	process["args"], process["terminal"] = []string{"/bin/true"}, false
	spec["root"] = map[string]any{"path": root, "readonly": true}
	if text, err = json.Marshal(spec); err != nil {
		return dir, err
	}
	return dir, os.WriteFile(file, text, 0o600)
}
