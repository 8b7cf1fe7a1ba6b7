package progress

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func handedIn(t *testing.T, name string) string {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p := empty()
	for _, e := range []Event{
		{Lesson: 1, Kind: Watched},
		{Lesson: 2, Kind: Failed},
		{Lesson: 2, Kind: Passed},
		{Lesson: 2, Kind: Hinted, Hint: 2},
		{Lesson: 2, Kind: Answered, Question: 1, Right: true},
	} {
		p.add(e, at)
	}
	var out bytes.Buffer
	if err := p.HandIn(&out, name, "1.0", func(int) int { return 3 }); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestHandIn(t *testing.T) {
	text := handedIn(t, "Ada")
	want := `-----BEGIN WORKSHOP PROGRESS-----
name     Ada
program  workshop 1.0
lesson 1 watched 2026-01-02T03:04Z, tries 0, hints 0, quiz 0/3
lesson 2 passed 2026-01-02T03:04Z, tries 2, hints 2, quiz 1/3
checksum `
	if !strings.HasPrefix(text, want) {
		t.Error(cmp.Diff(want, text))
	}
	for _, name := range []string{"", " ", "a\nb", "a\x1b[31m", "\xe9mile", strings.Repeat("x", 61)} {
		if err := empty().HandIn(&bytes.Buffer{}, name, "", nil); err == nil {
			t.Errorf("the name %q was taken", name)
		}
	}
	if err := empty().HandIn(&bytes.Buffer{}, strings.Repeat("x", 60), "", nil); err != nil {
		t.Error(err)
	}
}

// forged is a block of one line, with a checksum that fits.
func forged(line string) string {
	return strings.Join([]string{handInBegins, line, checksum + " " + sum([]string{line}), handInEnds, ""}, "\n")
}

func TestVerify(t *testing.T) {
	good := handedIn(t, "阿部 Ada")
	mailed := strings.ReplaceAll("Dear teacher,\r\n"+strings.ReplaceAll(good, "\n", "\r\n")+"\r\n", "name     ", " name ")
	long := strings.Repeat("a picture ", 1<<14)
	for _, text := range []string{
		good, strings.TrimSpace(good), mailed, handedIn(t, "阿部　太郎"), good + "\n" + handedIn(t, "Bob"),
		long + "\n" + good + long, forged("name Ada"),
	} {
		if blocks, err := Verify(strings.NewReader(text)); err != nil || len(blocks) != strings.Count(text, "BEGIN") {
			t.Errorf("%v, %v, of\n%s", blocks, err, text)
		}
	}
	for name, bad := range map[string]string{
		"nothing":                    "Hello",
		"a digit":                    strings.Replace(good, "quiz 1/3", "quiz 2/3", 1),
		"the name":                   strings.Replace(good, "Ada", "Eda", 1),
		"a line less":                strings.Replace(good, good[strings.Index(good, "lesson 1"):strings.Index(good, "lesson 2")], "", 1),
		"no checksum":                strings.Replace(good, "checksum", "sum", 1),
		"no end":                     strings.Replace(good, handInEnds, "", 1),
		"no name":                    forged("name"),
		"terminal codes":             forged("name \x1b[2J"),
		"empty":                      handInBegins + "\n" + handInEnds + "\n",
		"the first without its end":  strings.Replace(good, handInEnds, "", 1) + good,
		"the second without its end": good + strings.Replace(good, handInEnds, "", 1),
		"the second":                 good + strings.Replace(good, "Ada", "Eda", 1),
	} {
		if blocks, err := Verify(strings.NewReader(bad)); err == nil {
			t.Errorf("%s: %v", name, blocks)
		}
	}
}

// FuzzHandIn: what is handed in is verified, among other lines too, and has the name.
func FuzzHandIn(f *testing.F) {
	f.Add("Ada", "Dear teacher,\n", "\r\n")
	f.Add("阿部　太郎", "", "> ")
	f.Add("name checksum", handInEnds, checksum)
	f.Fuzz(func(t *testing.T, name, before, after string) {
		var out bytes.Buffer
		if p := empty(); p.HandIn(&out, name, "1.0", nil) != nil || strings.Contains(before+after, handInBegins) {
			return
		}
		names, err := Verify(strings.NewReader(before + "\n" + out.String() + after))
		if err != nil || len(names) != 1 || names[0] != strings.TrimSpace(name) {
			t.Errorf("%q: %q, %v", name, names, err)
		}
	})
}

// TestVerifyGoesOn: of a room, one slip hides nobody who comes after it.
func TestVerifyGoesOn(t *testing.T) {
	ada, bob := handedIn(t, "Ada"), handedIn(t, "Bob")
	text := strings.Replace(ada, "quiz 1/3", "quiz 2/3", 1) + bob + strings.Replace(ada, handInEnds, "", 1) + bob
	names, err := Verify(strings.NewReader(text))
	if len(names) != 2 || names[0] != "Bob" || names[1] != "Bob" {
		t.Errorf("names %q", names)
	}
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], `the block of "Ada" was changed`) || !strings.HasPrefix(lines[1], `the block of "Ada" has no end`) {
		t.Errorf("the errors are %q", lines)
	}
}

// zeros is /dev/zero, for as long as a test has time.
type zeros struct{ left int }

func (z *zeros) Read(b []byte) (int, error) {
	if z.left -= len(b); z.left < 0 {
		return 0, errors.New("it was read on and on")
	}
	clear(b)
	return len(b), nil
}

// TestVerifyEnds: what never ends is not read for ever, and what came before counts.
func TestVerifyEnds(t *testing.T) {
	names, err := Verify(io.MultiReader(strings.NewReader(handedIn(t, "Ada")), &zeros{4 * longestHandIn}))
	if len(names) != 1 || err == nil || !strings.Contains(err.Error(), "more than 64 MiB") {
		t.Errorf("%q, %v", names, err)
	}
}
