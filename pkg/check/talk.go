package check

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// How a conversation with the shell can end without an answer.
var (
	errEnded   = errors.New(lang.N("the program has ended"))
	errSilent  = errors.New(lang.N("nothing happens any more"))
	errTooLong = errors.New(lang.N("the time is over"))
	errFlood   = errors.New(lang.N("it prints without end"))
)

// stillness is how long a program may do nothing at all, and use no processor
// time, until it is taken to wait for something that never comes.
func (c *Check) stillness() time.Duration { return max(3*time.Second, c.limit()/4) }

// flood is how much may be said until it is taken for a loop.
const flood = 64 * maxOutput

// ask gives the shell lines to execute, and gives what they wrote to standard
// output and the word that the mark ends with: $? or whatever word says.
func (r *run) ask(ctx context.Context, lines, word string) (output []byte, value string, err error) {
	a, b := rand.Text()[:8], rand.Text()[:8]
	// In two parts: a terminal that shows what is typed must not be the answer.
	script := strings.TrimPrefix(fmt.Sprintf("%s\necho \"%s\"\"%s\" \"%s\"\n", lines, a, b, word), "\n")
	r.output.ask(a+b, script)
	if _, err := io.WriteString(r.stdin, script); err != nil {
		return nil, "", errEnded
	}
	return r.await(ctx)
}

// await waits for the mark. The program may be building itself: it has all its
// time as long as it does anything.
func (r *run) await(ctx context.Context) ([]byte, string, error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	still := &still{run: r, since: time.Now()}
	ended := r.ended
	var grace <-chan time.Time
	for {
		if before, after, ok := r.output.answered(); ok {
			return before, after, nil
		}
		select {
		case <-ctx.Done():
			return nil, "", errTooLong
		case <-grace:
			return nil, "", errEnded
		case <-ended: // its children may go on, and what they said is on its way
			ended, grace = nil, time.After(r.afterwards())
		case <-r.output.more:
		case <-tick.C:
			if still.lasted() > r.stillness() {
				return nil, "", errSilent
			}
			if r.output.total() > flood {
				return nil, "", errFlood
			}
		}
	}
}

// afterwards is how long to wait for an answer after the program's own end: a
// daemon may have a shell for us.
func (r *run) afterwards() time.Duration {
	if len(r.orphans()) > 0 {
		return r.stillness()
	}
	return 50 * time.Millisecond
}

// still finds out since when nothing happens.
type still struct {
	*run
	sum   uint64
	since time.Time
}

func (s *still) lasted() time.Duration {
	sum := uint64(s.output.total())
	for _, p := range s.descendants() {
		sum += p.cpu<<20 + uint64(p.pid)
	}
	if sum != s.sum {
		s.sum, s.since = sum, time.Now()
	}
	return time.Since(s.since)
}

// ending is how long a program that reads no more may take to end.
const ending = 500 * time.Millisecond

// hearOut waits until all is read of what a program said that has ended.
func (r *run) hearOut() {
	select {
	case <-r.ended: // a write fails before we hear of the end
	case <-time.After(ending):
	}
	if r.hasEnded() && len(r.orphans()) == 0 {
		for _, f := range r.files {
			_ = f.SetReadDeadline(time.Now().Add(time.Second))
		}
		r.output.readers.Wait()
	}
}

// hasEnded tells whether the program has ended; its children may live on.
func (r *run) hasEnded() bool {
	select {
	case <-r.ended:
		return true
	default:
		return false
	}
}

// say gives the shell lines without waiting for anything.
func (r *run) say(lines string) { _, _ = io.WriteString(r.stdin, lines+"\n") }
