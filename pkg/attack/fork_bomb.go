package attack

import (
	"fmt"

	"github.com/how-to-be-a-container/workshop/pkg/bomb"
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

func forkBomb(t *T) error {
	made := 0
	err := t.Do(fmt.Sprintf("clone() %d times", bombSize), func() (err error) {
		made, err = bomb.Forks(bombSize)
		return err
	})
	t.Fact("processes made", fmt.Sprint(made))
	return err
}
