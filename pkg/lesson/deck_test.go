package lesson

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

const deck = `---
marp: true
---

# One

Text.

<!-- notes: said aloud -->

---

## Two

` + "```console\n$ echo hello\nhello\n```\n"

func readDeck(t *testing.T, source string) (*Deck, error) {
	t.Helper()
	return ReadDeck(fstest.MapFS{"slides.md": {Data: []byte(source)}}, lang.English)
}

func TestDeck(t *testing.T) {
	d, err := readDeck(t, deck)
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, s := range d.Slides {
		titles = append(titles, s.Title)
	}
	if !slices.Equal(titles, []string{"One", "Two"}) || !d.Slides[0].Part || d.Slides[1].Part {
		t.Errorf("the slides are %+v", d.Slides)
	}
	if len(d.Slides[0].Demos) != 0 || len(d.Slides[1].Demos) != 1 {
		t.Errorf("the demos: %+v", d.Slides)
	}
	for notes, want := range map[bool]bool{false: false, true: true} {
		var out bytes.Buffer
		if err := d.Show(ui.New(&out), 1, notes); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "said aloud"); got != want {
			t.Errorf("with notes %v the note is shown: %v", notes, got)
		}
		if !strings.Contains(out.String(), "$ echo hello") || strings.Contains(out.String(), "\nhello") {
			t.Errorf("a demo is named and not told:\n%s", out.String())
		}
	}
}

func TestDeckMistakes(t *testing.T) {
	for source, want := range map[string]string{
		"# One\n":                              "front part",
		"---\nmarp: true\n---\n":               "there is no slide",
		"---\nmarp: true\n---\n\nText.\n":      "slides.md:5: a slide begins with a heading",
		"---\nmarp: true\n---\n\n### Three\n":  "slides.md:5: a slide begins with a heading",
		deck + "\n---\n\nNo heading.\n":        "a slide begins with a heading",
		deck + "\n<b>bold</b>\n":               "not part of the format",
		strings.Replace(deck, "$ echo", "", 1): "begins with a command",
	} {
		if _, err := readDeck(t, source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", source, err, want)
		}
	}
}

// TestDeckFrom begins with the second of two slides.
func TestDeckFrom(t *testing.T) {
	d, err := readDeck(t, deck)
	if err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string]func(*bytes.Buffer) error{
		"show": func(out *bytes.Buffer) error { return d.Show(ui.New(out), 2, false) },
		"play": func(out *bytes.Buffer) error {
			report, err := (&Player{UI: ui.New(out), Out: out}).PlayDeck(t.Context(), d, 2)
			if len(report) != 1 {
				t.Errorf("%d demos were played", len(report))
			}
			return err
		},
	} {
		var out bytes.Buffer
		if err := from(&out); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "1/2") || !strings.Contains(out.String(), "2/2") {
			t.Errorf("%s:\n%s", name, &out)
		}
	}
}

// TestPlayDeck plays a demo that holds, and one that does not.
func TestPlayDeck(t *testing.T) {
	for source, broken := range map[string]bool{deck: false, strings.Replace(deck, "\nhello", "\ngood-bye", 1): true} {
		d, err := readDeck(t, source)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		report, err := (&Player{UI: ui.New(&out), Out: &out}).PlayDeck(t.Context(), d, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(report) != 1 || report.Broken() != broken || report[0].Where() != "slides/slides.md:15" {
			t.Errorf("the report is %+v; want broken: %v", report, broken)
		}
	}
}

// TestPresentPages: what a demo says that the screen does not hold comes in pages.
func TestPresentPages(t *testing.T) {
	d, err := readDeck(t, strings.Replace(deck, "$ echo hello\nhello\n", "$ seq 1000 1030\n...\n", 1))
	if err != nil {
		t.Fatal(err)
	}
	p := &Player{}
	out, err := typeTo(t, p, 14, strings.Split("\r r \r \r \r \r \r", " "), func(ctx context.Context) error { return p.Present(ctx, d, 1) })
	if err != nil {
		t.Fatal(err)
	}
	if more := strings.Count(out, "Enter: more"); more < 2 || more > 4 || !strings.Contains(out, "\n1030\r\n") {
		t.Errorf("%d pages more:\n%s", more, out)
	}
	if !strings.Contains(out, "\x1b[2J") {
		t.Errorf("a slide does not begin on a screen of its own:\n%q", out)
	}
}

// TestPresentResized: a slide is as wide as the terminal is when it comes.
func TestPresentResized(t *testing.T) {
	d, err := readDeck(t, deck)
	if err != nil {
		t.Fatal(err)
	}
	p := &Player{}
	out, err := typeTo(t, p, 24, strings.Split("\r q", " "), func(ctx context.Context) error {
		if err := pty.Setsize(p.Keys, &pty.Winsize{Rows: 24, Cols: 60}); err != nil {
			t.Fatal(err)
		}
		return p.Present(ctx, d, 1)
	})
	if title := "Two" + strings.Repeat(" ", 54) + "2/2\r\n"; !errors.Is(err, ErrLeft) || !strings.Contains(ui.Bare(out), title) {
		t.Errorf("%v, no %q in:\n%q", err, title, out)
	}
}

// TestPresentTypedAhead: what is typed while a demo runs is neither shown nor obeyed
// after it, and the terminal is as it was, also where Ctrl-C ended the demo.
func TestPresentTypedAhead(t *testing.T) {
	d, err := readDeck(t, strings.Replace(deck, "$ echo hello\nhello\n", "$ printf '%s leave\\n' q:; sleep 0.5; echo done\n...\n", 1))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		limit time.Duration
		want  error
	}{"to its end": {time.Minute, ErrLeft}, "interrupted": {300 * time.Millisecond, context.DeadlineExceeded}} {
		t.Run(name, func(t *testing.T) {
			p := &Player{}
			out, err := typeTo(t, p, 24, []string{"r", "zz\r\r", "q"}, func(ctx context.Context) error {
				before := settings(t, p.Keys)
				ctx, cancel := context.WithTimeout(ctx, tt.limit)
				defer cancel()
				err := p.Present(ctx, d, 2)
				if diff := cmp.Diff(before, settings(t, p.Keys)); diff != "" {
					t.Error(diff)
				}
				return err
			})
			if !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v:\n%s", err, tt.want, out)
			}
			if strings.Contains(out, "zz") || !strings.Contains(out, "q: leave\r\n") {
				t.Errorf("the screen is:\n%s", out)
			}
		})
	}
}

// TestPresentInterrupted: Ctrl-C while the screen is full leaves no sign of more before
// what is said of it.
func TestPresentInterrupted(t *testing.T) {
	d, err := readDeck(t, strings.Replace(deck, "$ echo hello\nhello\n", "$ seq 1000 1030; sleep 60\n...\n", 1))
	if err != nil {
		t.Fatal(err)
	}
	p := &Player{}
	out, err := typeTo(t, p, 14, []string{"r"}, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		return p.Present(ctx, d, 2)
	})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.HasSuffix(out, "...\r\x1b[2K") {
		t.Errorf("%v:\n%q", err, out)
	}
}

func settings(t *testing.T, terminal *os.File) *unix.Termios {
	t.Helper()
	s, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
