package lesson

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// TestLessonsCanBeRead also measures the drawings: with their indent they fit
// on a terminal of 80 columns.
func TestLessonsCanBeRead(t *testing.T) {
	folders, err := Folders(lessons.Files)
	if err != nil || len(folders) == 0 {
		t.Fatalf("Folders: %v, %v", folders, err)
	}
	for _, folder := range folders {
		l, err := Read(lessons.Files, folder)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, s := range l.Sections {
			for _, b := range s.Blocks {
				for _, line := range b.Figure {
					if uniseg.StringWidth(line) > 76 {
						t.Errorf("%s, %s: wider than 76 columns: %s", folder, s.Heading, line)
					}
				}
			}
		}
	}
}

// sample is a lesson whose section Watch has the given content.
func sample(watch string) string {
	var b strings.Builder
	b.WriteString("---\nminutes: 5\n---\n\n# A title\n\nA *summary*.\n")
	for _, h := range headings {
		b.WriteString("\n## " + h.heading + "\n\n")
		if h.kind == Watch {
			b.WriteString(watch + "\n")
		} else {
			b.WriteString("Words.\n")
		}
	}
	return b.String()
}

func file(source string) fs.FS {
	return fstest.MapFS{"02-chroot/lesson.md": {Data: []byte(source)}}
}

func read(t *testing.T, source string) *Lesson {
	t.Helper()
	l, err := Read(file(source), "02-chroot")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestRead(t *testing.T) {
	l := read(t, sample(strings.ReplaceAll(`One **strong** and `+"`code`"+`.

1. first
   - inner
2. [a link](https://example.org) and [ours](../x.md)

> a quote

### More

'''text
 a drawing
'''

'''console exit=3 needs=cgroup2,command:no-such timeout=2s interactive
$ one
> two

seen
...
$ three
'''
`, "'''", "```")))
	if l.Number != 2 || l.Name != "chroot" || l.Title != "A title" || l.Minutes != 5 || plain(l.Summary) != "A summary." {
		t.Errorf("front: %+v", l)
	}
	blocks := l.Sections[2].Blocks
	got := blocks[len(blocks)-1].Transcript
	if got == nil {
		t.Fatalf("the last block is no transcript: %+v", blocks)
	}
	needs := []string{got.Needs[0].Name, got.Needs[1].Name}
	if diff := cmp.Diff([]string{"cgroup2", "command:no-such"}, needs); diff != "" {
		t.Errorf("needs: %s", diff)
	}
	got.Needs = nil
	want := &Transcript{Line: 33, Exit: 3, Timeout: 2 * time.Second, Interactive: true, Commands: []Command{
		{Text: "one\ntwo", Want: []string{"", "seen", "..."}}, {Text: "three"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the transcript: %s", diff)
	}
	prose := []Block{
		{Text: []ui.Span{{Text: "One "}, {Text: "strong", Mark: ui.Strong}, {Text: " and "}, {Text: "code", Mark: ui.Code}, {Text: "."}}},
		{Text: []ui.Span{{Text: "first"}}, Bullet: "1.", Depth: 1},
		{Text: []ui.Span{{Text: "inner"}}, Bullet: "•", Depth: 2, Tight: true},
		{Text: []ui.Span{{Text: "a link"}, {Text: " (https://example.org)"}, {Text: " and "}, {Text: "ours"}}, Bullet: "2.", Depth: 1, Tight: true},
		{Text: []ui.Span{{Text: "a quote"}}, Quote: true},
		{Text: []ui.Span{{Text: "More"}}, Heading: true},
		{Figure: []string{" a drawing"}},
	}
	if diff := cmp.Diff(prose, blocks[:len(blocks)-1]); diff != "" {
		t.Errorf("the prose: %s", diff)
	}
}

func TestReadMistakes(t *testing.T) {
	good := sample("Words.")
	tests := []struct{ name, source, want string }{
		{"no front part", strings.TrimPrefix(good, "---\n"), "lesson.md: the file does not begin with a front part"},
		{"another key", strings.Replace(good, "minutes:", "hours:", 1), `the front part has minutes, and not "hours"`},
		{"no number", strings.Replace(good, ": 5", ": five", 1), `"five" is no number of minutes`},
		{"no title", strings.Replace(good, "# A title\n", "", 1), "before the first section there are a title and one paragraph"},
		{"no summary", strings.Replace(good, "A *summary*.\n", "", 1), "no summary"},
		{"misspelt section", strings.Replace(good, "## Watch", "## Wach", 1), `lesson.md:17: no section is called "Wach" (did you mean "Watch"?)`},
		{"missing section", strings.Replace(good, "## Attack\n\nWords.\n", "", 1), `the section "Attack" is missing`},
		{"section twice", good + "\n## Watch\n\nWords.\n", "a section stands there twice"},
		{"wrong order", strings.NewReplacer("## Attack", "## Defend", "## Defend", "## Attack").Replace(good), `the section "Attack" is not in its place`},
		{"empty section", strings.Replace(good, "## Attack\n\nWords.\n", "## Attack\n", 1), `the section "Attack" is empty`},
		{"HTML", sample("<p>x</p>"), "lesson.md:19: HTMLBlock is not part of the format"},
		{"attribute", sample("```console exti=1\n$ x\n```"), `lesson.md:19: exti: no attribute of a transcript (did you mean "exit"?)`},
		{"exit code", sample("```console exit=one\n$ x\n```"), "exit: "},
		{"need", sample("```console needs=aparmor\n$ x\n```"), `no need is called "aparmor" (did you mean "apparmor"?)`},
		{"no command", sample("```console\n```"), "a transcript without a command"},
		{"output first", sample("```console\nseen\n$ x\n```"), `a transcript begins with a command after "$ "`},
		{"backslash", sample("```console\n$ x \\\n  y\n```"), `goes on in a line that begins with "> "`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(file(tt.source), "02-chroot")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestFind(t *testing.T) {
	for _, name := range []string{"2", "02", "chroot", "02-chroot"} {
		if folder, err := Find(lessons.Files, name); folder != "02-chroot" {
			t.Errorf("Find(%q) = %q, %v", name, folder, err)
		}
	}
	_, err := Find(lessons.Files, "chrot")
	if err == nil || !strings.Contains(err.Error(), `did you mean "chroot"?`) {
		t.Errorf("Find(chrot): %v", err)
	}
}
