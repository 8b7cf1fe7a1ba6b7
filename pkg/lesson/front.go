package lesson

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

const fence = "---\n"

// front reads the front part and gives the source with blanks in its place, so
// that every offset stays what it is.
func (l *Lesson) front(source []byte) ([]byte, error) {
	body, found := bytes.CutPrefix(source, []byte(fence))
	part, _, closed := bytes.Cut(body, []byte("\n"+fence))
	if !found || !closed {
		return nil, &mistake{1, fmt.Errorf("the file does not begin with a front part, three lines: ---, minutes: N, ---")}
	}
	for i, line := range strings.Split(string(part), "\n") {
		at := i + 2 // the first line is the fence
		key, value, _ := strings.Cut(line, ":")
		if key != "minutes" {
			return nil, &mistake{at, fmt.Errorf("the front part has minutes, and not %q", key)}
		}
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 1 {
			return nil, &mistake{at, fmt.Errorf("minutes: %q is no number of minutes", strings.TrimSpace(value))}
		}
		l.Minutes = n
	}
	return blank(source, len(fence)+len(part)+1+len(fence)), nil
}

// blank gives a copy whose first n bytes are spaces and line ends.
func blank(source []byte, n int) []byte {
	c := bytes.Clone(source)
	for i := range n {
		if c[i] != '\n' {
			c[i] = ' '
		}
	}
	return c
}

// lineAt is the number of the line of an offset; the first is 1.
func lineAt(source []byte, offset int) int {
	return 1 + bytes.Count(source[:offset], []byte("\n"))
}
