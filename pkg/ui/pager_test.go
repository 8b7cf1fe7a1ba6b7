package ui

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// lines are n numbered lines.
func lines(from, to int) string {
	var s strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&s, "line %d\n", i)
	}
	return s.String()
}

func testPager(columns, rows int) (*Pager, *bytes.Buffer) {
	var out bytes.Buffer
	p := &Pager{w: &out, size: func() (int, int) { return columns, rows }}
	p.room = p.page()
	return p, &out
}

func TestPager(t *testing.T) {
	p, out := testPager(80, 6) // four lines a page
	text := lines(1, 11)
	for i := range len(text) { // in any pieces
		_, _ = io.WriteString(p, text[i:i+1])
	}
	const erased = "\r\x1b[2K"
	want := lines(1, 4) + "..."
	for _, next := range []string{erased + lines(5, 8) + "...", erased + lines(9, 11), ""} {
		if out.String() != want {
			t.Errorf("got %q, want %q", out.String(), want)
		}
		if full := next != ""; p.Full() != full {
			t.Errorf("full: %v, want %v", p.Full(), full)
		}
		if err := p.Next(); err != nil {
			t.Fatal(err)
		}
		want += next
	}
}

// TestPagerLongLines: a line that the terminal breaks counts as several.
func TestPagerLongLines(t *testing.T) {
	p, out := testPager(10, 6)
	_, _ = io.WriteString(p, strings.Repeat("x", 21)+"\n\x1b[1mbold\x1b[m\nkept\n")
	if got := out.String(); !strings.Contains(got, "bold") || strings.Contains(got, "kept") {
		t.Errorf("%q", got)
	}
	p.Drop()
	if err := p.Flush(); err != nil || strings.Contains(out.String(), "kept") {
		t.Errorf("%v, %q", err, out.String())
	}
}

// TestPagerGauge: a line that is drawn again and again in its place takes one row,
// or as many as the terminal breaks it into each time.
func TestPagerGauge(t *testing.T) {
	const gauge = "\raaaaa\x1b[K\rbbbbb\x1b[K\rccccc\x1b[K\r\n"
	for columns, want := range map[int]string{10: gauge + lines(1, 2) + "...", 4: gauge + "..."} {
		p, out := testPager(columns, 5) // three rows a page
		_, _ = io.WriteString(p, gauge+lines(1, 3))
		if out.String() != want {
			t.Errorf("%d columns: got %q, want %q", columns, out, want)
		}
	}
}

// TestPagerFlush: everything comes, and so does everything of a terminal without
// a size.
func TestPagerFlush(t *testing.T) {
	p, out := testPager(80, 6)
	_, _ = io.WriteString(p, lines(1, 50))
	if err := p.Flush(); err != nil || !strings.HasSuffix(out.String(), lines(5, 50)) {
		t.Errorf("%v, %q", err, out.String())
	}
	p, out = testPager(0, 0)
	_, _ = io.WriteString(p, lines(1, 50))
	if out.String() != lines(1, 50) {
		t.Errorf("%q", out.String())
	}
}
