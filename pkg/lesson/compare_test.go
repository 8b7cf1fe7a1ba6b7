package lesson

import (
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
