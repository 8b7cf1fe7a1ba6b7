package attack

import (
	"fmt"
	"os"
	"strconv"

	"github.com/how-to-be-a-container/workshop/pkg/bomb"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// ForkBomb is a bomb with a number: that many processes at the same time harm no
// host. The one without a number is pkg/bomb, with what it takes to dare it.
var ForkBomb = &Probe{
	Name:  "fork-bomb",
	Stops: "cgroup",
	Tries: fmt.Sprintf("have %d processes at the same time", bombSize),
	Run:   forkBomb,
}

// bombSize is more than steps.DefaultPidsMax and less than steps.GuardPids.
const bombSize = 128

// forksEnv is the variable that gives the bomb another number.
const forksEnv = "WORKSHOP_PROBE_FORKS"

// MadeFact is how many processes there were.
const MadeFact = "processes made"

func forkBomb(t *T) error {
	size := bombSize
	if n, err := strconv.Atoi(os.Getenv(forksEnv)); err == nil {
		size = min(n, steps.GuardPids)
	}
	made := 0
	err := t.Do(fmt.Sprintf("clone() %d times", size), func() (err error) {
		made, err = bomb.Forks(size)
		return err
	})
	t.Fact(MadeFact, fmt.Sprint(made))
	return err
}
