package demo

import (
	"context"
	"os"

	"github.com/how-to-be-a-container/workshop/pkg/bomb"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Rlimit limits the processes of a container by RLIMIT_NPROC, and then attaches.
var Rlimit = &Demo{
	Name:   "rlimit",
	Lesson: 5,
	Shows:  "RLIMIT_NPROC misses who attaches; pids.max not",
	Inside: rlimit,
}

// forker is the process that tries. Its user ID is nobody's, and not that of another
// run beside this one, for the kernel counts RLIMIT_NPROC by user.
var forker = bomb.Forker{UID: 50000 + os.Getpid()%10000, Rlimit: 16, Want: 64}

func rlimit(screen *ui.UI) (bool, error) {
	screen.Text(lang.F("A process of user %d sets its own limit to %d processes (RLIMIT_NPROC, ulimit -u) and tries to make %d. It ends what it has made, and stays. "+
		"Then a second one of the same user comes into the same container, as docker exec does, and tries the same. "+
		"Threads are counted too, and each of the two has some itself.",
		forker.UID, forker.Rlimit, forker.Want), 0)
	screen.Line("")
	var rows [][]string
	found := map[bool]bomb.Attached{}
	for _, layer := range []bool{false, true} {
		list := []*steps.Step{steps.ForkExec}
		name := lang.T("RLIMIT_NPROC alone")
		if layer {
			list = append(list, steps.Cgroup)
			name = lang.F("with pids.max %d", steps.DefaultPidsMax)
		}
		a, err := bomb.Attach(context.Background(), container.Container{Steps: list, Path: "/proc/self/exe"}, forker)
		if err != nil {
			return false, err
		}
		found[layer] = a
		rows = append(rows, []string{name, made(a.First), made(a.Attached)})
	}
	screen.Table([]string{"", lang.T("THE FIRST PROCESS MADE"), lang.T("THE ONE THAT ATTACHED MADE")}, rows)
	screen.Line("")
	return judge(screen, found[false], found[true]), nil
}

func made(f bomb.Forked) string {
	if f.Errno == "" {
		return lang.F("all %d", f.Made)
	}
	return lang.F("%d, then %s", f.Made, f.Errno)
}

// judge says whether the kernel did what was announced.
func judge(screen *ui.UI, alone, layered bomb.Attached) bool {
	missed := alone.First.Errno == "EAGAIN" && alone.Attached.Made == forker.Want
	stopped := layered.Attached.Errno == "EAGAIN" && layered.Attached.Made < steps.DefaultPidsMax
	switch {
	case !missed:
		screen.Bad(lang.T("RLIMIT_NPROC was to stop the first process and to miss the second."))
	case !stopped:
		screen.Bad(lang.T("pids.max was to stop the second process too."))
	default:
		screen.Good(lang.T("A resource limit is inherited from the parent. The parent of the one that attached is outside: it never had the limit."))
		screen.Good(lang.T("pids.max belongs to the group. Whoever is in it is counted, wherever it came from."))
	}
	return missed && stopped
}
