package ui

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"
)

func prose(width int, first, rest string, spans ...Span) string {
	var out bytes.Buffer
	u := New(&out)
	u.width = width
	u.Prose(spans, first, rest)
	return out.String()
}

func TestProse(t *testing.T) {
	text := func(s string) Span { return Span{Text: s} }
	tests := []struct {
		name        string
		width       int
		first, rest string
		spans       []Span
		want        string
	}{
		{"short", 20, "", "", []Span{text("a word")}, "a word\n"},
		{"broken at spaces", 10, "", "", []Span{text("one two three")}, "one two\nthree\n"},
		{"just fits", 7, "", "", []Span{text("one two three")}, "one two\nthree\n"},
		{"a list item", 12, " • ", "   ", []Span{text("one two three")}, " • one two\n   three\n"},
		{"too long a word", 5, "", "", []Span{text("a manifold b")}, "a\nman\n↪ ifo\n↪ ld\nb\n"},
		{"a code is one word", 14, "", "", []Span{text("see "), {"/proc/self/ns", Code}, text(", or not")}, "see\n/proc/self/ns,\nor not\n"},
		{"code breaks at spaces", 9, "", "", []Span{text("see "), {"ls -l /proc", Code}}, "see ls -l\n/proc\n"},
		{"marks within a word", 8, "", "", []Span{text("it is "), {"very", Strong}, text("-much so")}, "it is\nvery-\nmuch so\n"},
		{
			"Japanese, two columns each, no line begins with a full stop", 10, "", "",
			[]Span{text("コンテナは何か。それは")},
			"コンテナは\n何か。それ\nは\n",
		},
		{"a Latin word in Japanese stays whole", 14, "", "", []Span{text("印のset-user-IDは")}, "印の\nset-user-IDは\n"},
		{"the full stop takes a letter along", 10, "", "", []Span{text("あいうえお。か")}, "あいうえ\nお。か\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := prose(tt.width, tt.first, tt.rest, tt.spans...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			for _, line := range strings.Split(got, "\n") {
				if lipgloss.Width(line) > tt.width && strings.ContainsAny(strings.TrimSpace(line), " ") {
					t.Errorf("wider than %d: %q", tt.width, line)
				}
			}
		})
	}
}

// TestProseMarks sees to it that the marks are shown and take no columns.
func TestProseMarks(t *testing.T) {
	var out bytes.Buffer
	r := lipgloss.NewRenderer(&out)
	r.SetColorProfile(termenv.ANSI)
	u := New(&out)
	u.width = 11
	u.style.heading = style{Style: r.NewStyle().Bold(true)}
	u.Prose([]Span{{Text: "this is "}, {"so ", Strong}, {Text: "strong"}}, "", "")
	want := "this is \x1b[1mso\x1b[0m\nstrong\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("this is so\nstrong\n", Bare(out.String())); diff != "" {
		t.Error(diff)
	}
}
