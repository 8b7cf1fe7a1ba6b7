package ui

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"
)

func TestPad(t *testing.T) {
	for text, want := range map[string]string{
		"ab": "ab    |", "層": "層    |", "/の層": "/の層 |", "too long": "too long|",
	} {
		if got := Pad(text, 6) + "|"; got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"English at spaces", "one two three four", []string{"one two", "three four"}},
		{"and a flag is one word", "one --three", []string{"one", "--three"}},
		{"spaces inside stay", "one   two  three", []string{"one   two", "three"}},
		{"Japanese anywhere", "いろはにほへと", []string{"いろはにほ", "へと"}},
		{"no line begins with a full stop", "いろはにほ。へ", []string{"いろはに", "ほ。へ"}},
		{"or with a closing bracket", "いろは「に」ほ", []string{"いろは", "「に」ほ"}},
		{"none ends with an opening one", "いろはに「ほ」", []string{"いろはに", "「ほ」"}},
		{"nor begins with a small letter", "いろはにちょう", []string{"いろはに", "ちょう"}},
		{"a path is one word", "いろ/proc/1/ns", []string{"いろ", "/proc/1/ns"}},
		{"a name with a hyphen too", "いろはhost-f。", []string{"いろは", "host-f。"}},
		{"but for one that no line takes", "い/proc/self/ns", []string{"い", "/proc/self", "/ns"}},
		{"a line end stays", "い\nろは", []string{"い", "ろは"}},
		{"a space at the end of a line goes", "いろはにほ abc", []string{"いろはにほ", "abc"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Wrap(c.text, 10)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestJapaneseFits draws each kind of block.
func TestJapaneseFits(t *testing.T) {
	long := strings.Repeat("カーネルは、プロセスに「コンテナ」という名前を付けません。", 6)
	var out bytes.Buffer
	u := New(&out)
	u.Text(long, 4)
	u.Good(long)
	u.Term("名前", long)
	u.Step("clone", long)
	u.Entries([]Entry{{Name: "root", Old: long, New: long}})
	for line := range strings.Lines(out.String()) {
		line = strings.TrimRight(line, "\n")
		if lipgloss.Width(line) > 80 {
			t.Errorf("wider than 80: %q", line)
		}
		if strings.IndexAny(strings.TrimLeft(line, " "), "、。」") == 0 {
			t.Errorf("begins with what belongs to the line before: %q", line)
		}
	}
}

// TestNarrow: what is less than a letter wide cannot be, and must not hang.
func TestNarrow(t *testing.T) {
	for _, columns := range []int{-1, 0, 1, 2} {
		if got := Wrap("層a b", columns); len(got) != 3 {
			t.Errorf("%d columns: %q", columns, got)
		}
	}
}

// TestNarrowScreen: what is made for 80 columns is wrapped in fewer, and stays where
// it begins.
func TestNarrowScreen(t *testing.T) {
	const long = "one two three four five six seven eight nine ten"
	for name, c := range map[string]struct {
		draw func(*UI)
		want string
	}{
		"meaning": {
			func(u *UI) { u.Entries([]Entry{{Name: "root", Text: "x", Meaning: long}}) },
			"  root            x\n" +
				"                  one two three four\n                  five six seven eight\n                  nine ten\n",
		},
		"table": {
			func(u *UI) { u.Table([]string{"NAME", "DOES"}, [][]string{{"chroot", long}, {"ns", "little"}}) },
			"NAME   DOES\nchroot one two three four five six seven\n       eight nine ten\nns     little\n",
		},
		"number":   {func(u *UI) { u.Numbered(1, long) }, "1. one two three four five six seven\n   eight nine ten\n"},
		"its text": {func(u *UI) { u.Text("error\n  "+long, 0) }, "error\n  one two three four five six seven\n  eight nine ten\n"},
		"a mark":   {func(u *UI) { u.Warn("error\n  " + long) }, "! error\n    one two three four five six seven\n    eight nine ten\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			u := New(&out)
			u.width = 40
			c.draw(u)
			if diff := cmp.Diff(c.want, out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWideTable: where there are 80 columns, or no screen, a row is one line.
func TestWideTable(t *testing.T) {
	var out bytes.Buffer
	New(&out).Table([]string{"FILE", "IS"}, [][]string{{strings.Repeat("/group", 20), "a file of many"}})
	if n := strings.Count(out.String(), "\n"); n != 2 {
		t.Errorf("%d lines:\n%s", n, &out)
	}
}

// squeezed is a text without what wrapping may leave out.
func squeezed(text string) string {
	return strings.NewReplacer(" ", "", "\n", "").Replace(text)
}

// FuzzWrap: each line fits, but for a letter that none takes, and no letter is lost.
func FuzzWrap(f *testing.F) {
	for _, text := range []string{
		"one two  three", "いろはに「ほ」。へ", "/proc/self/ns, e\u0301e\u0301e\u0301", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "\x1b[1mbold\x1b[0m", "\xff\xfe",
		"a\u0301い\tb\rc", "\u200b\u200d", "🇯🇵🇯🇵🇯🇵", "カ\u3099", "い\xe3-\xf7", "\u0601\u06030",
	} {
		f.Add(text, 10)
		f.Add(text, 1)
	}
	f.Fuzz(func(t *testing.T, text string, columns int) {
		if len(text) > 4096 || columns > 500 {
			return
		}
		lines := Wrap(text, columns)
		for _, line := range lines {
			if lipgloss.Width(line) > max(columns, 2) && uniseg.GraphemeClusterCount(line) > 1 {
				t.Errorf("%q is wider than %d", line, columns)
			}
		}
		if got, want := squeezed(strings.Join(lines, "")), squeezed(text); got != want {
			t.Errorf("%q has become %q", want, got)
		}
	})
}
