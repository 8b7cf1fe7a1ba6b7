package lesson

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// TestLessonsCanBeRead reads every lesson in every language that it has.
func TestLessonsCanBeRead(t *testing.T) {
	folders, err := Folders(lessons.Files)
	if err != nil || len(folders) == 0 {
		t.Fatalf("Folders: %v, %v", folders, err)
	}
	for _, folder := range folders {
		for _, language := range Languages(lessons.Files, folder) {
			if _, err := Read(lessons.Files, folder, language); err != nil {
				t.Error(err)
			}
		}
	}
}

const sampleHints = `1. Look here.
2. Call ` + "`chroot`" + `.

   And then another one.
3. Nearly.
`

const sampleQuiz = `### What is *it*?

- [ ] one
- [x] ` + "`two`" + `, and more
- [ ] three

Because.

Not one, since.

### And what is that?

- [x] a
- [ ] b
- [ ] c
- [ ] d

So.
`

// sample is a lesson whose section Watch has the given content.
func sample(watch string) string { return sampleIn(lang.English, watch) }

func sampleIn(language, watch string) string {
	content := map[Kind]string{Watch: watch, Hints: sampleHints, Quiz: sampleQuiz}
	var b strings.Builder
	b.WriteString("---\nminutes: 5\n---\n\n# A title\n\nA *summary*.\n")
	for _, kind := range kinds() {
		text, special := content[kind]
		if !special {
			text = "Words."
		}
		b.WriteString("\n## " + headingOf(kind, language) + "\n\n" + text + "\n")
	}
	return b.String()
}

func file(source string) fs.FS {
	return fstest.MapFS{"02-chroot/lesson.md": {Data: []byte(source)}}
}

func read(t *testing.T, source string) *Lesson {
	t.Helper()
	l, err := Read(file(source), "02-chroot", lang.English)
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
	for i := range blocks {
		if blocks[i].Line < 19 || blocks[i].Line > 33 {
			t.Errorf("%+v is in line %d", blocks[i], blocks[i].Line)
		}
		blocks[i].Line = 0
	}
	got := blocks[len(blocks)-1].Transcript
	if got == nil {
		t.Fatalf("the last block is no transcript: %+v", blocks)
	}
	needs := []string{got.Needs[0].Name, got.Needs[1].Name}
	if diff := cmp.Diff([]string{"cgroup2", "command:no-such"}, needs); diff != "" {
		t.Errorf("needs: %s", diff)
	}
	got.Needs = nil
	want := &Transcript{Line: 33, Attributes: "exit=3 needs=cgroup2,command:no-such timeout=2s interactive", Exit: 3, Timeout: 2 * time.Second, Interactive: true, Commands: []Command{
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
		{Figure: []string{" a drawing"}, Code: "text"},
	}
	if diff := cmp.Diff(prose, blocks[:len(blocks)-1]); diff != "" {
		t.Errorf("the prose: %s", diff)
	}
}

func TestReadHintsAndQuiz(t *testing.T) {
	l := read(t, sample("Words."))
	if len(l.Hints) != 3 || len(l.Hints[1].Blocks) != 2 || plain(l.Hints[1].Blocks[0].Text) != "Call chroot." {
		t.Errorf("hints: %+v", l.Hints)
	}
	var got []string
	for _, q := range l.Quiz {
		got = append(got, plain(q.Text))
		for _, a := range q.Answers {
			got = append(got, plain(a.Text))
		}
		got = append(got, strconv.Itoa(q.Right()))
		for _, b := range q.Explanation {
			got = append(got, plain(b.Text))
		}
	}
	want := []string{
		"What is it?", "one", "two, and more", "three", "2", "Because.", "Not one, since.",
		"And what is that?", "a", "b", "c", "d", "1", "So.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if m := l.Quiz[0].Answers[1].Text[0].Mark; m != ui.Code {
		t.Errorf("the box took the mark along: %v", m)
	}
}

func TestReadNotes(t *testing.T) {
	l := read(t, sample("Before.\n\n<!-- notes: Say **this**,\nand that.\n\n- point at `ps`\n-->\n\nAfter."))
	var got []string
	for _, b := range l.Section(Watch).Blocks {
		got = append(got, fmt.Sprintf("%d %t %s", b.Line, b.Note, plain(b.Text)))
	}
	want := []string{"19 false Before.", "21 true Say this, and that.", "24 true point at ps", "27 false After."}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadInJapanese(t *testing.T) {
	fsys := fstest.MapFS{
		"02-chroot/lesson.md":    {Data: []byte(sample("Words."))},
		"02-chroot/lesson.ja.md": {Data: []byte(sampleIn(lang.Japanese, "```console\n$ true\n```"))},
		"03-x/lesson.md":         {Data: []byte(sample("Words."))},
	}
	l, err := Read(fsys, "02-chroot", lang.Japanese)
	if err != nil || l.Lang != lang.Japanese || l.File != "02-chroot/lesson.ja.md" || l.Section(Watch).Heading != "観察" {
		t.Errorf("%v, %+v", err, l)
	}
	report, err := (&Player{UI: ui.New(io.Discard), Out: io.Discard}).Play(t.Context(), []*Lesson{l})
	if err != nil || report[0].Where() != "lessons/02-chroot/lesson.ja.md:19" {
		t.Errorf("%v, %v", err, report)
	}
	if l, err := Read(fsys, "03-x", lang.Japanese); err != nil || l.Lang != lang.English {
		t.Errorf("without a Japanese text: %v, %+v", err, l)
	}
	if list, err := Folders(fsys); err != nil || len(list) != 2 {
		t.Errorf("Folders: %v, %v", list, err)
	}
	fsys["02-chroot/lesson.ja.md"] = &fstest.MapFile{Data: []byte(sample("Words."))}
	_, err = Read(fsys, "02-chroot", lang.Japanese)
	if want := `02-chroot/lesson.ja.md:9: no section is called "What you will be able to do"`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("English headings in the Japanese text: got %v, want %s", err, want)
	}
}

func TestReadMistakes(t *testing.T) {
	good := sample("Words.")
	in := func(old, new string) string {
		t.Helper()
		if !strings.Contains(good, old) {
			t.Fatalf("no %q in the sample", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	tests := []struct{ name, source, want string }{
		{"no front part", strings.TrimPrefix(good, "---\n"), "lesson.md:1: the file does not begin with a front part"},
		{"another key", in("minutes:", "hours:"), `lesson.md:2: the front part has minutes, and not "hours"`},
		{"no number", in(": 5", ": five"), `lesson.md:2: minutes: "five" is no number of minutes`},
		{"no title", in("# A title\n", ""), "before the first section there are a title and one paragraph"},
		{"no summary", in("A *summary*.\n", ""), "no summary"},
		{"misspelt section", in("## Watch", "## Wach"), `lesson.md:17: no section is called "Wach" (did you mean "Watch"?)`},
		{"missing section", in("## Attack\n\nWords.\n", ""), `lesson.md:17: the section "Attack" is missing`},
		{"last section is missing", in("## Further reading\n\nWords.\n", ""), `the section "Further reading" is missing`},
		{"no check", in("## Check\n\nWords.\n", ""), `lesson.md:29: the section "Check" is missing`},
		{"no hints", in("## Hints\n\n"+sampleHints, ""), `the section "Hints" is missing`},
		{"no quiz", in("## Quiz\n\n"+sampleQuiz, ""), `the section "Quiz" is missing`},
		{"section twice", good + "\n## Watch\n\nWords.\n", "a section stands there twice"},
		{"wrong order", strings.NewReplacer("## Attack", "## Defend", "## Defend", "## Attack").Replace(good), `lesson.md:21: the section "Attack" is not in its place`},
		{"check is late", strings.NewReplacer("## Check", "## What Docker does here", "## What Docker does here", "## Check").Replace(good), `the section "Check" is not in its place`},
		{"empty section", in("## Attack\n\nWords.\n", "## Attack\n"), `lesson.md:21: the section "Attack" is empty`},
		{"only a note", in("## Attack\n\nWords.\n", "## Attack\n\n<!-- notes: x -->\n"), `lesson.md:21: the section "Attack" is empty`},
		{"HTML", sample("<p>x</p>"), "lesson.md:19: HTML is not part of the format"},
		{"HTML in a line", sample("One.\n\nA <b>word</b>."), "lesson.md:21: RawHTML is not part of the format"},
		{"image", sample("![x](y.png)"), "lesson.md:19: Image is not part of the format"},
		{"comment", sample("<!-- x -->"), "lesson.md:19: HTML is not part of the format of a lesson, but for a speaker's note"},
		{"empty note", sample("<!-- notes:  -->"), "lesson.md:19: the note is empty"},
		{"note without end", sample("<!-- notes: x"), "lesson.md:19: the note has no end"},
		{"note without end before another", sample("<!-- notes: x\n\ny\n\n<!-- notes: z -->"), "lesson.md:19: the note has no end"},
		{"text after a note", sample("<!-- notes: x --> y"), `lesson.md:19: a note stands alone, and after it is "y"`},
		{"note in a line", sample("Words <!-- notes: x -->"), "lesson.md:19: RawHTML is not part of the format"},
		{"transcript in a note", sample("<!-- notes: x\n\n```console\n$ x\n```\n-->"), "lesson.md:19: a transcript in a note would not be played"},
		{"attribute in a note", sample("<!-- notes: x\n\n#### y\n-->"), "lesson.md:21: a heading in a section has level 3"},
		{"hints: a paragraph", in(sampleHints, "Words."), "lesson.md:39: the hints are an ordered list, and not Paragraph"},
		{"hints: unordered", in(sampleHints, "- a\n- b\n- c\n"), "the hints are an ordered list, and not List"},
		{"hints: two", in("3. Nearly.\n", ""), "lesson.md:39: there are 3 hints, and not 2"},
		{"hints: four", in("3. Nearly.\n", "3. Nearly.\n4. x\n"), "there are 3 hints, and not 4"},
		{"hints: empty", in("3. Nearly.\n", "3.\n"), "a hint is empty"},
		{"hints: none", in(sampleHints, ""), `the section "Hints" is empty`},
		{"hints: two lists", in(sampleHints, sampleHints+"\n1) a\n2) b\n3) c\n"), "here is a second one"},
		{"quiz: none", in(sampleQuiz, ""), `the section "Quiz" is empty`},
		{"quiz: no question", in("### What is *it*?\n", ""), "a quiz begins with a question"},
		{"quiz: one question", in(sampleQuiz[strings.Index(sampleQuiz, "### And"):], ""), "a quiz has 2 or 3 questions, and this one has 1"},
		{"quiz: four questions", in(sampleQuiz, sampleQuiz+"\n"+sampleQuiz), "a quiz has 2 or 3 questions, and this one has 4"},
		{"quiz: no answers", in("- [ ] one\n- [x] `two`, and more\n- [ ] three\n", "1. x\n"), "after a question comes the list of its answers"},
		{"quiz: two answers", in("- [ ] one\n", ""), "lesson.md:48: a question has 3 or 4 answers, and this one has 2"},
		{"quiz: five answers", in("- [ ] d\n", "- [ ] d\n- [ ] e\n"), "lesson.md:58: a question has 3 or 4 answers, and this one has 5"},
		{"quiz: none right", in("- [x] a", "- [ ] a"), "lesson.md:58: exactly one answer is right, marked with [x], and here are 0"},
		{"quiz: two right", in("- [ ] one", "- [x] one"), "lesson.md:48: exactly one answer is right, marked with [x], and here are 2"},
		{"quiz: no box", in("- [ ] one", "- one"), `lesson.md:50: an answer begins with [ ] or, the right one, with [x], and not with "one"`},
		{"quiz: empty answer", in("- [ ] one", "- [ ]"), "an answer begins with [ ]"},
		{"quiz: no explanation", in("So.\n", ""), "lesson.md:58: nothing explains the answer"},
		{"quiz: no explanation before another question", in("Because.\n\nNot one, since.\n", ""), "lesson.md:48: nothing explains the answer"},
		{"attribute", sample("```console exti=1\n$ x\n```"), `lesson.md:19: exti: no attribute of a transcript (did you mean "exit"?)`},
		{"exit code", sample("```console exit=one\n$ x\n```"), `lesson.md:19: exit: "one" is no exit code: exit=1, up to 255`},
		{"exit code of no program", sample("```console exit=256\n$ x\n```"), `exit: "256" is no exit code`},
		{"no time", sample("```console timeout=60\n$ x\n```"), `timeout: "60" is no time: timeout=60s`},
		{"no time at all", sample("```console timeout=0s\n$ x\n```"), `timeout: "0s" is no time`},
		{"a value too many", sample("```console interactive=no\n$ x\n```"), `interactive: it takes no value, and not "no"`},
		{"no command needed", sample("```console needs=command:\n$ x\n```"), "needs: after command: comes what it is"},
		{"no such machine", sample("```console needs=arch:x86\n$ x\n```"), `needs: arch has no "x86"; there are amd64, arm64`},
		{"no such root", sample("```console needs=rootfs:debain\n$ x\n```"), `rootfs has no "debain" (did you mean "debian"?)`},
		{"another word", sample("```Console\n$ x\n```"), `lesson.md:19: a block that begins with "$ " is a transcript, and its word is console, not "Console"`},
		{"a tab after the word", sample("```console\texti=1\n$ x\n```"), "exti: no attribute"},
		{"a block without end", sample("```sh\nx\n\n```console\n$ x\n```"), "lesson.md:19: the block has no end: a line of ``` alone before \"```console\""},
		{"a table", sample("One.\n\n| a | b |\n|---|---|"), "lesson.md:21: a table is not part of the format"},
		{"a rule", sample("One.\n\n---\n\nTwo."), "lesson.md:21: ThematicBreak is not part of the format"},
		{"no space in a heading", in("## Watch", "##Watch"), `lesson.md:17: "##Watch" is no heading: a space comes after the last #`},
		{"need", sample("```console needs=aparmor\n$ x\n```"), `no need is called "aparmor" (did you mean "apparmor"?)`},
		{"no command", sample("```console\n```"), "a transcript without a command"},
		{"output first", sample("```console\nseen\n$ x\n```"), `a transcript begins with a command after "$ "`},
		{"backslash", sample("```console\n$ x \\\n  y\n```"), `goes on in a line that begins with "> "`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(file(tt.source), "02-chroot", lang.English)
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

// FuzzRead: whatever a file holds, a mistake is at a line of it, and without one it can
// be shown, as a lesson and as slides.
func FuzzRead(f *testing.F) {
	text := sample("- a *b* `c` [d](e.md)\n  1. f\n\n> g\n\n<!-- notes: h\n\n- i -->\n\n```console exit=1\n$ j \\\n> k\n...\n```")
	if err := new(Lesson).parse([]byte(text)); err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("---\n---\n# T\n\n---\n## S\n\na\n")
	f.Fuzz(func(t *testing.T, source string) {
		screen := ui.New(io.Discard)
		d := &Deck{lesson: &Lesson{}}
		l := &Lesson{Lang: lang.English}
		for _, err := range []error{d.parse([]byte(source)), l.parse([]byte(source))} {
			var m *mistake
			if errors.As(err, &m) && (m.line < 1 || m.line > 1+strings.Count(source, "\n")) {
				t.Errorf("%v: in line %d", err, m.line)
			}
		}
		_ = d.Show(screen, 1, true)
		_ = Show(screen, l, true)
	})
}
