package bomb

import (
	"errors"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
)

// TestSettled: a refused fork that was counted for an instant is none, and more
// processes than the limit that stay are no instant.
func TestSettled(t *testing.T) {
	for _, c := range []struct {
		name  string
		seen  []int
		limit int
		want  int
	}{
		{"within the limit", []int{31}, 32, 31},
		{"an instant", []int{33, 34, 32}, 32, 32},
		{"over the limit for good", []int{33, 34, 33, 33, 33, 33, 33, 33}, 32, 33},
		{"no limit", []int{500}, cgroup.NoLimit, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			next := 0
			pids, err := settled(func() (cgroup.Pids, error) {
				next++
				return cgroup.Pids{Current: c.seen[next-1], Max: c.limit}, nil
			})
			if err != nil || pids.Current != c.want || next != len(c.seen) {
				t.Errorf("%d after %d looks (%v), want %d after %d", pids.Current, next, err, c.want, len(c.seen))
			}
		})
	}
}

func TestSettledEnds(t *testing.T) {
	gone := errors.New("the group is gone")
	if _, err := settled(func() (cgroup.Pids, error) { return cgroup.Pids{}, gone }); !errors.Is(err, gone) {
		t.Errorf("%v, want %v", err, gone)
	}
}
