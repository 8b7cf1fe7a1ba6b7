package demo

import (
	"context"
	"fmt"

	"github.com/how-to-be-a-container/workshop/pkg/bomb"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Rlimit limits the processes of a container by RLIMIT_NPROC, and then attaches.
var Rlimit = &Demo{
	Name:   "rlimit",
	Lesson: 5,
	Shows:  "RLIMIT_NPROC misses a process that attaches; pids.max does not",
	Inside: rlimit,
}

// forker is the process that tries. Its user ID is nobody's, for the kernel
// counts RLIMIT_NPROC by user.
var forker = bomb.Forker{UID: 54321, Rlimit: 16, Want: 64}

func rlimit(screen *ui.UI) (bool, error) {
	screen.Text(fmt.Sprintf("A process of user %d sets its own limit to %d processes (RLIMIT_NPROC, ulimit -u) and tries to make %d. "+
		"Then a second one of the same user comes into the same container, as docker exec does, and tries the same.",
		forker.UID, forker.Rlimit, forker.Want), 0)
	screen.Line("")
	var rows [][]string
	found := map[bool]bomb.Attached{}
	for _, layer := range []bool{false, true} {
		list := []*steps.Step{steps.ForkExec}
		name := "RLIMIT_NPROC alone"
		if layer {
			list = append(list, steps.Cgroup)
			name = fmt.Sprintf("with pids.max %d", steps.DefaultPidsMax)
		}
		a, err := bomb.Attach(context.Background(), container.Container{Steps: list, Path: "/proc/self/exe"}, forker)
		if err != nil {
			return false, err
		}
		found[layer] = a
		rows = append(rows, []string{name, made(a.First), made(a.Attached)})
	}
	screen.Table([]string{"", "THE FIRST PROCESS MADE", "THE ONE THAT ATTACHED MADE"}, rows)
	screen.Line("")
	return judge(screen, found[false], found[true]), nil
}

func made(f bomb.Forked) string {
	if f.Errno == "" {
		return fmt.Sprintf("all %d", f.Made)
	}
	return fmt.Sprintf("%d, then %s", f.Made, f.Errno)
}

// judge says whether the kernel did what was announced.
func judge(screen *ui.UI, alone, layered bomb.Attached) bool {
	missed := alone.First.Errno == "EAGAIN" && alone.Attached.Made == forker.Want
	stopped := layered.Attached.Errno == "EAGAIN" && layered.Attached.Made < steps.DefaultPidsMax
	switch {
	case !missed:
		screen.Bad("RLIMIT_NPROC was to stop the first process and to miss the second.")
	case !stopped:
		screen.Bad("pids.max was to stop the second process too.")
	default:
		screen.Good("A resource limit is inherited from the parent. The parent of the one that attached is outside: it never had the limit.")
		screen.Good("pids.max belongs to the group. Whoever is in it is counted, wherever it came from.")
	}
	return missed && stopped
}
