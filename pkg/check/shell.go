package check

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// errElsewhere means that a shell answers, and that it is no process of the program.
var errElsewhere = errors.New("the shell that answers is no descendant of the program")

// findShell has the shell say who it is, as it sees itself, and finds the
// process. To say it takes no program inside, and changes nothing in there.
func (r *run) findShell(ctx context.Context) (pid int, err error) {
	_, inner, err := r.ask(ctx, "", "$$")
	if err != nil {
		return 0, err
	}
	found := r.named(inner)
	if len(found) > 1 {
		found, err = r.marked(ctx, found)
	}
	if err == nil && len(found) == 0 {
		err = errElsewhere
	}
	if err != nil {
		return 0, err
	}
	return found[0], nil
}

// named lists the descendants that have a pid in their own pid namespace.
func (r *run) named(inner string) []int {
	var found []int
	for _, p := range r.descendants() {
		s, err := observe.Take(p.pid)
		if err != nil || p.zombie() {
			continue
		}
		if pids := strings.Fields(s.Get("NSpid")); len(pids) > 0 && pids[len(pids)-1] == inner {
			found = append(found, p.pid)
		}
	}
	return found
}

// marked has the shell change its umask, and keeps those that have the new one:
// namespaces inside each other give one number twice.
func (r *run) marked(ctx context.Context, pids []int) ([]int, error) {
	mask := fmt.Sprintf("0%o", 0o101+8*rand.IntN(7))
	_, before, err := r.ask(ctx, `workshop_umask=$(umask)`+"\numask "+mask, "$workshop_umask")
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(slices.Clone(pids), func(pid int) bool {
		s, err := observe.Take(pid)
		return err != nil || s.Get("Umask") != mask
	})
	if _, err := strconv.ParseUint(before, 8, 32); err == nil {
		_, _, err = r.ask(ctx, "umask "+before+"\nunset workshop_umask", "$?")
		return found, err
	}
	return found, nil
}
