package check

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

// maxOutput is how much of what a program says is kept: the rest is counted.
const maxOutput = 1 << 20

// output collects what a program says, on all its descriptors, and lets somebody
// wait for a mark in it.
type output struct {
	mu      sync.Mutex
	kept    bytes.Buffer // of both, in the order in which it came
	answer  bytes.Buffer // of standard output, since the last question
	dropped int64
	mark    string    // the answer that is waited for
	asked   []string  // all lines of the questions, and their marks
	last    time.Time // when something came
	more    chan struct{}
	readers sync.WaitGroup
}

func newOutput() *output { return &output{more: make(chan struct{}, 1)} }

// read collects from a descriptor until its end. What comes from standard output
// may be an answer.
func (o *output) read(from *os.File, answers bool) {
	o.readers.Add(1)
	go func() {
		defer o.readers.Done()
		buf := make([]byte, 32<<10)
		for {
			n, err := from.Read(buf)
			o.take(buf[:n], answers)
			if err != nil { // io.EOF, or EIO of a terminal that nobody has open
				return
			}
		}
	}()
}

func (o *output) take(b []byte, answers bool) {
	o.mu.Lock()
	room := max(0, maxOutput-o.kept.Len())
	o.kept.Write(b[:min(room, len(b))])
	o.dropped += int64(max(0, len(b)-room))
	if answers {
		// Only its end matters for a mark; a program that floods must not fill us.
		if o.answer.Len() > maxOutput {
			o.answer.Next(o.answer.Len() / 2)
		}
		o.answer.Write(b)
	}
	o.last = time.Now()
	o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
}

// ask forgets what was said before, and waits for the mark of a question.
func (o *output) ask(mark, question string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mark = mark
	o.asked = append(o.asked, mark)
	for line := range strings.Lines(question) {
		o.asked = append(o.asked, harmless(strings.TrimSpace(line)))
	}
	o.answer.Reset()
}

// answered gives what was said before the mark, and the rest of the mark's line.
func (o *output) answered() (before []byte, after string, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before, rest, ok := bytes.Cut(o.answer.Bytes(), []byte(o.mark))
	line, _, whole := bytes.Cut(rest, []byte("\n"))
	if !ok || !whole {
		return nil, "", false
	}
	return bytes.Clone(before), strings.TrimSpace(string(line)), true
}

// total is how much was said.
func (o *output) total() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return int64(o.kept.Len()) + o.dropped
}

// lines gives the last lines of what was kept, fit for a terminal: a program may
// print what does something to one. Our questions, where it repeats them, and the
// answers are left out.
func (o *output) lines(n int) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var lines []string
	for _, line := range strings.Split(o.kept.String(), "\n") {
		line = harmless(line)
		if line != "" && !o.ours(line) {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-n):]
}

// ours tells whether a line has one of a question in it.
func (o *output) ours(line string) bool {
	return slices.ContainsFunc(o.asked, func(asked string) bool { return asked != "" && strings.Contains(line, asked) })
}

// harmless cuts a line and takes the control characters out of it.
func harmless(line string) string {
	line = strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, line)
	if r := []rune(line); len(r) > 200 {
		return string(r[:200]) + "..."
	}
	return line
}
