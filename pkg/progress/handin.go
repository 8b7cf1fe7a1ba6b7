package progress

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The lines around what a learner hands in.
const (
	handInBegins = "-----BEGIN WORKSHOP PROGRESS-----"
	handInEnds   = "-----END WORKSHOP PROGRESS-----"
	checksum     = "checksum"
)

const longestName = 60

// longestHandIn is more than the mails of a school, and less than a device has.
const longestHandIn = 64 << 20

// HandIn writes a block for a teacher: a name that the learner gives, and what
// was done. questions tells how many a lesson's quiz has.
//
// The checksum shows a slip of the keyboard or the mail program. It is no
// signature: who wants to cheat can.
func (p *Progress) HandIn(w io.Writer, name, program string, questions func(lesson int) int) error {
	if err := checkName(name); err != nil {
		return err
	}
	lines := []string{"name     " + name, "program  workshop " + program}
	for _, n := range p.Numbers() {
		lines = append(lines, fmt.Sprintf("lesson %d %s", n, p.Lessons[n].line(questions(n))))
	}
	lines = append(lines, checksum+" "+sum(lines))
	_, err := fmt.Fprintf(w, "%s\n%s\n%s\n", handInBegins, strings.Join(lines, "\n"), handInEnds)
	return err
}

func checkName(name string) error {
	// IsGraphic, for a Japanese name may have the wide space in the middle.
	if strings.TrimSpace(name) == "" || len(name) > longestName || !utf8.ValidString(name) ||
		strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		return fmt.Errorf("a name has 1 to %d bytes of UTF-8 that are not all spaces, and no control characters: %q has not", longestName, name)
	}
	return nil
}

func (l *Lesson) line(questions int) string {
	var parts []string
	add := func(what string, t time.Time) {
		if !t.IsZero() {
			parts = append(parts, what+" "+t.Format("2006-01-02T15:04Z"))
		}
	}
	add("watched", l.Watched)
	add("played", l.Played)
	add("passed", l.Passed)
	parts = append(parts,
		fmt.Sprintf("tries %d", l.Tries), fmt.Sprintf("hints %d", l.Hints),
		fmt.Sprintf("quiz %d/%d", l.RightAnswers(), questions))
	return strings.Join(parts, ", ")
}

// sum is the checksum of lines, whatever happened to their spaces on the way.
func sum(lines []string) string {
	h := sha256.New()
	for _, line := range lines {
		fmt.Fprintln(h, strings.Join(strings.Fields(line), " "))
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}

// Verify reads blocks that [Progress.HandIn] wrote, among other text, and gives
// the name in each that is as it was written. The error has a line for each other.
func Verify(r io.Reader) (names []string, err error) {
	v := &verifier{}
	left := &io.LimitedReader{R: r, N: longestHandIn + 1}
	for in := bufio.NewReader(left); err == nil; { // no Scanner: a mail may have lines of any length
		var line string
		line, err = in.ReadString('\n')
		v.line(strings.TrimSpace(line))
	}
	v.unended()
	switch {
	case left.N == 0:
		v.faults = append(v.faults, fmt.Errorf("what was handed in has more than %d MiB, and the rest was not read: take the mails out that have none", longestHandIn>>20))
	case !errors.Is(err, io.EOF):
		v.faults = append(v.faults, fmt.Errorf("read what was handed in: %w", err))
	case len(v.names)+len(v.faults) == 0:
		return nil, fmt.Errorf("nothing was handed in: there is no line %s", handInBegins)
	}
	return v.names, errors.Join(v.faults...)
}

// verifier takes the lines of what was handed in.
type verifier struct {
	names  []string
	faults []error
	inside bool     // of a block
	lines  []string // of that one
}

func (v *verifier) line(line string) {
	switch {
	case line == handInBegins:
		v.unended()
		v.inside, v.lines = true, nil
	case line == handInEnds && v.inside:
		v.inside = false
		if name, err := verify(v.lines); err != nil {
			v.faults = append(v.faults, err)
		} else {
			v.names = append(v.names, name)
		}
	case v.inside:
		v.lines = append(v.lines, line)
	}
}

// unended is for where a block must have ended.
func (v *verifier) unended() {
	if v.inside {
		v.faults = append(v.faults, fmt.Errorf("%s has no end, which is the line %s", called(v.lines), handInEnds))
	}
}

// called is what a block is called that may not be as it was.
func called(lines []string) string {
	if len(lines) == 0 {
		return "a block"
	}
	return fmt.Sprintf("the block of %q", nameIn(lines[0]))
}

func nameIn(line string) string { return strings.TrimSpace(strings.TrimPrefix(line, "name")) }

// verify gives the name in the lines of a block.
func verify(lines []string) (name string, err error) {
	if len(lines) == 0 {
		return "", errors.New("a block is empty")
	}
	last := len(lines) - 1
	given, found := strings.CutPrefix(lines[last], checksum+" ")
	if !found {
		return "", fmt.Errorf("%s has no checksum", called(lines))
	}
	if want := sum(lines[:last]); strings.TrimSpace(given) != want {
		return "", fmt.Errorf("%s was changed: its checksum %q is not that of its lines", called(lines), given)
	}
	name = nameIn(lines[0])
	return name, checkName(name)
}
