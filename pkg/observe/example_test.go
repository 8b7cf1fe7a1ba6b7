package observe_test

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// A process observes itself: it has no capability that its bounding set lacks.
func ExampleTake() {
	s, err := observe.Take(os.Getpid())
	if err != nil {
		fmt.Println(err)
		return
	}
	permitted, _ := observe.ParseMask(s.Get("CapPrm"))
	bounding, _ := observe.ParseMask(s.Get("CapBnd"))
	fmt.Println(s.Root.Path, permitted&^bounding, s.Ended())
	// Output: / 0 false
}

func ExampleTake_gone() {
	_, err := observe.Take(1 << 30) // above every pid_max
	fmt.Println(err)
	fmt.Println(errors.Is(err, unix.ESRCH))
	// Output:
	// observe process 1073741824: no such process (ESRCH): it has ended, or a /proc with hidepid does not show it: see ps -e
	// true
}

// The process lost two capabilities, and a filter was loaded.
func ExampleDiff() {
	old := &observe.Snapshot{Status: []observe.Field{
		{Name: "CapPrm", Value: "000001ffffffffff"},
		{Name: "CapEff", Value: "000001ffffffffff"},
		{Name: "Seccomp", Value: "0"},
	}}
	new := &observe.Snapshot{Status: []observe.Field{
		{Name: "CapPrm", Value: "000001fffdfbffff"},
		{Name: "CapEff", Value: "000001fffdfbffff"},
		{Name: "Seccomp", Value: "2"},
	}}
	for _, c := range observe.Diff(old, new) {
		fmt.Printf("%s: %s\n  %s\n", c.Field, c.Summary(), c.Meaning)
	}
	// Output:
	// CapPrm CapEff: − CAP_SYS_CHROOT, − CAP_SYS_TIME
	//   parts of root's power; CapEff is checked at each use
	// Seccomp: 0 (none) → 2 (filter)
	//   a filter judges each system call; it cannot be removed
}

func ExampleCapMask() {
	mask, err := observe.CapMask([]string{"CAP_SYS_TIME", "sys_chroot"})
	fmt.Printf("%016x %v\n", mask, err)
	_, err = observe.CapMask([]string{"CAP_SYS_TIM"})
	fmt.Println(err)
	// Output:
	// 0000000002040000 <nil>
	// capability "CAP_SYS_TIM": unknown name (did you mean "CAP_SYS_TIME"?); all are in capabilities(7)
}

func ExampleSignalNames() {
	mask, _ := observe.ParseMask("0000000200000002")
	fmt.Println(observe.SignalNames(mask))
	// Output: [SIGINT SIGRTMIN]
}
