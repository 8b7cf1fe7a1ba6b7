package lesson

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func signs(edits []edit) string {
	var b strings.Builder
	for _, e := range edits {
		b.WriteByte(e.sign)
	}
	return b.String()
}

func TestCompare(t *testing.T) {
	tests := []struct{ want, got, signs string }{
		{"", "", ""},
		{"a|b", "a|b", "  "},
		{"a|b", "a|c", " -+"},
		{"a", "a|b", " +"},
		{"a|b", "a", " -"},
		{"", "a", "+"},
		{"b|a", "a|b", "+ -"},
		{"...", "a|b", ".."},
		{"...", "", ""},
		{"a|...|d", "a|b|c|d", " .. "},
		{"a|...|d", "a|d", "  "},
		{"...|b|...", "a|b|c|b", ". .."},
		{"...|x|...", "a|b", "..-"},
		{"...|b", "b|a", ".+"},
		{"pid ...", "pid 17", " "},
		{"pid ...", "PID 17", "-+"},
		{"a||", "a", " "},
		{"a", "a||", " "},
		{"a||b", "a|b", " - "},
	}
	for _, tt := range tests {
		edits := compare(lines(tt.want), lines(tt.got))
		got := signs(edits)
		same := strings.Trim(got, " .") == ""
		wanted := strings.Trim(tt.signs, " .") == ""
		if same != wanted || strings.Count(got, "-") != strings.Count(tt.signs, "-") || strings.Count(got, "+") != strings.Count(tt.signs, "+") {
			t.Errorf("compare(%q, %q) = %q, want %q", tt.want, tt.got, got, tt.signs)
		}
		if differ(edits) == wanted {
			t.Errorf("differ(compare(%q, %q)) = %v", tt.want, tt.got, wanted)
		}
	}
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

func TestLike(t *testing.T) {
	tests := []struct {
		want, got string
		like      bool
	}{
		{"a", "a", true},
		{"a", "a ", false},
		{"a...", "a", true},
		{"a...b", "ab", true},
		{"ab...bc", "abc", false},
		{"...b...", "abc", true},
		{"...x...", "abc", false},
		{"a...c...e", "abcde", true},
		{"a...d...c...e", "abcde", false},
		{"[...]", "[4026531836]", true},
		{"a.*", "abc", false},
	}
	for _, tt := range tests {
		if got := like(tt.want, tt.got); got != tt.like {
			t.Errorf("like(%q, %q) = %v", tt.want, tt.got, got)
		}
	}
}

func TestShown(t *testing.T) {
	got := shown("\x1b[1;31mred\x1b[0m  \r\n\x1b]0;title\x07b\n 10%\r100%\n")
	if diff := cmp.Diff([]string{"red", "b", "100%"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSplitter(t *testing.T) {
	const output = "one\x1e0\x1etwo\x1e17\x1e\x1eno number\x1e\x1e255\x1elast\x1e"
	want := []string{"one", "=0", "two", "=17", "\x1eno number\x1e", "=255", "last\x1e"}
	for size := 1; size <= len(output); size++ {
		var got []string
		text := ""
		s := &splitter{
			text: func(b []byte) { text += string(b) },
			end:  func(code int) { got = append(got, text, "="+strconv.Itoa(code)); text = "" },
		}
		for rest := output; rest != ""; {
			n := min(size, len(rest))
			s.write([]byte(rest[:n]))
			rest = rest[n:]
		}
		s.flush()
		if diff := cmp.Diff(want, append(got, text)); diff != "" {
			t.Fatalf("in pieces of %d: %s", size, diff)
		}
	}
}

// FuzzSplitter: it is the same in whatever pieces the output comes.
func FuzzSplitter(f *testing.F) {
	f.Add("a\x1e0\x1eb\x1e12", 2)
	f.Add("\x1e1234\x1e\x1e-1\x1e\x1e255\x1e", 5)
	f.Fuzz(func(t *testing.T, output string, at int) {
		if at < 0 || at > len(output) {
			return
		}
		split := func(pieces ...string) string {
			var b strings.Builder
			s := &splitter{text: func(text []byte) { b.Write(text) }, end: func(code int) { fmt.Fprintf(&b, "<%d>", code) }}
			for _, p := range pieces {
				s.write([]byte(p))
			}
			s.flush()
			return b.String()
		}
		if whole, halves := split(output), split(output[:at], output[at:]); whole != halves {
			t.Errorf("%q is %q in one piece, and %q in two", output, whole, halves)
		}
	})
}

// FuzzCompare: there is nothing to mend exactly where the output is as it must be, and
// all of it is shown.
func FuzzCompare(f *testing.F) {
	f.Add("a\n...\nb", "a\nx\nb")
	f.Add("a...b...c", "aXbYc")
	f.Fuzz(func(t *testing.T, want, output string) {
		if len(want)+len(output) > 500 {
			return
		}
		expected, got := trim(strings.Split(want, "\n")), trim(shown(output))
		good := true
		var seen []string
		for _, e := range compare(expected, got) {
			good = good && e.sign != '+' && e.sign != '-'
			if e.sign != '-' {
				seen = append(seen, e.line)
			}
		}
		if !slices.Equal(seen, got) || good != matches(expected, got) {
			t.Errorf("%q of %q shows %q, as it must be: %v", got, expected, seen, good)
		}
	})
}

// matches goes every way in which "..." can stand for lines.
func matches(want, got []string) bool {
	switch {
	case len(want) == 0:
		return len(got) == 0
	case want[0] == anything:
		return matches(want[1:], got) || len(got) > 0 && matches(want, got[1:])
	}
	return len(got) > 0 && covers(want[0], got[0]) && matches(want[1:], got[1:])
}

// covers goes every way in which it can stand for text.
func covers(want, got string) bool {
	if rest, any := strings.CutPrefix(want, anything); any {
		return covers(rest, got) || got != "" && covers(want, got[1:])
	}
	if want == "" || got == "" {
		return want == got
	}
	return want[0] == got[0] && covers(want[1:], got[1:])
}
