package lesson

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// known is a program with two commands.
func known(words []string) error {
	if words[0] != "check" && words[0] != "start" {
		return fmt.Errorf("no command")
	}
	return nil
}

const aPlay = "```console\n$ echo seen\nseen\n```\n"

// proper is a lesson of which nobody complains.
func proper(language string) string {
	source := sampleIn(language, aPlay)
	for _, kind := range []Kind{Watch, Attack, Defend} {
		heading := "## " + headingOf(kind, language) + "\n"
		source = strings.Replace(source, heading, heading+"\n<!-- notes: Wait. -->\n", 1)
	}
	more, check := more, headingOf(Check, language)
	if language == lang.Japanese {
		more = moreJapanese
	}
	source = strings.Replace(source, "\n## "+check, "\n### "+more+"\n\nWords.\n\n## "+check, 1)
	return strings.Replace(source, "## "+check+"\n", "## "+check+"\n\n```sh\nworkshop start 2 # here\nsudo workshop check 2 -- ./box.sh\n```\n", 1)
}

func properFiles(english, japanese string) fstest.MapFS {
	first := strings.NewReplacer("start 2", "start 1", "check 2", "check 1")
	const task = "en: do\nja: 行う\nsh: a\nperl: b\ngo: c\n"
	files := fstest.MapFS{}
	for file, text := range map[string]string{
		"01-before/lesson.md":    first.Replace(proper(lang.English)),
		"01-before/lesson.ja.md": first.Replace(proper(lang.Japanese)),
		"01-before/task.txt":     task,
		"02-chroot/lesson.md":    english,
		"02-chroot/lesson.ja.md": japanese,
		"02-chroot/task.txt":     task,
		"embed.go":               "package lessons",
	} {
		files[file] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, folder := range []string{"01-before/starter/", "01-before/solution/", "02-chroot/solution/"} {
		for _, name := range []string{"box.sh", "box.pl", "box.go"} {
			files[folder+name] = &fstest.MapFile{Data: []byte("x")}
		}
	}
	return files
}

// complaints are what lint says, a line each.
func complaints(t *testing.T, fsys fs.FS) string {
	t.Helper()
	list, err := Lint(fsys, known)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range list {
		lines = append(lines, c.String())
	}
	return strings.Join(lines, "\n")
}

func TestLintProper(t *testing.T) {
	if got := complaints(t, properFiles(proper(lang.English), proper(lang.Japanese))); got != "" {
		t.Error(got)
	}
	if _, err := Lint(fstest.MapFS{"x/y": {}}, known); err == nil {
		t.Error("no lesson is no error")
	}
}

// TestLint spoils one thing at a time; there must be that one complaint.
func TestLint(t *testing.T) {
	const en, ja = "lesson.md", "lesson.ja.md"
	tests := []struct{ name, file, old, new, want string }{
		{"no Japanese", ja, "", "", "02-chroot/lesson.ja.md:1: there is no such file"},
		{"cannot be read", ja, "# A title", "", "02-chroot/lesson.ja.md:7: before the first section"},
		{"no check", en, "## Check\n\n```sh\nworkshop start 2 # here\nsudo workshop check 2 -- ./box.sh\n```\n\nWords.\n", "", `the section "Check" is missing`},
		{"no note", ja, "## 攻撃\n\n<!-- notes: Wait. -->\n", "## 攻撃\n", `lesson.ja.md:27: the section "攻撃" has no speaker's note`},
		{"no more", en, "### More to find out\n", "", `lesson.md:39: the exercise has no heading "More to find out"`},
		{"no command to judge", en, "```sh\nworkshop start 2 # here\nsudo workshop check 2 -- ./box.sh\n```\n", "", `lesson.md:47: the section "Check" names no command`},
		{"the check of another lesson", en, "workshop check 2 --", "workshop check 3 --", "lesson.md:51: this is lesson 2, and not that of: workshop check 3 -- ./box.sh"},
		{"a command that is not there", en, "Because.", "See `workshop chcek\n2`.", "lesson.md:73: workshop chcek 2: no command"},
		{"in a hint", en, "Look here.", "Look at `sudo workshop look`.", "lesson.md:58: workshop look: no command"},
		{"in a question", en, "What is *it*?", "What does `workshop ask`?", "lesson.md:67: workshop ask: no command"},
		{"in an answer", en, "[ ] one", "[ ] `workshop one`", "lesson.md:67: workshop one: no command"},
		{"in a block of sh", en, "workshop start 2 # here", "true |\\\nworkshop look", "lesson.md:51: workshop look: no command"},
		{"a wide drawing", en, aPlay, aPlay + "\n```text\n" + strings.Repeat("あ", 39) + "\n```\n", "lesson.md:27: 78 columns, and the most are 76"},
		{"a tab in a drawing", en, aPlay, aPlay + "\n```\n1\n\t2\n```\n", "lesson.md:28: a tab"},
		{"carriage returns", ja, "\n", "\r\n", "lesson.ja.md:1: the line ends with a carriage return"},
		{"a byte order mark", ja, "---\n", "\ufeff---\n", "lesson.ja.md:1: the line begins with a byte order mark"},
		{"no UTF-8", en, "Because.", "Bec\xe4use.", "lesson.md:73: this is not UTF-8"},
		{"an escape", en, "Because.", "\x1b[1mBecause.", "lesson.md:73: here is the character U+001B"},
		{"a space without width", en, "echo seen", "echo\u200bseen", "lesson.md:22: here is the character U+200B"},
		{"a link", en, "A *summary*.", "A [summary](../03-pivot-root/lesson.md).", "lesson.md:7: the link to ../03-pivot-root/lesson.md leads nowhere"},
		{"other attributes", ja, "```console\n", "```console timeout=5s\n", "lesson.ja.md:21: the attributes are not those of lesson.md:21\n    - (none)\n    + timeout=5s"},
		{"another command", ja, "$ echo seen\n", "$ echo Seen\n", "lesson.ja.md:21: the commands are not those of lesson.md:21\n    - $ echo seen\n    + $ echo Seen"},
		{"a command more", ja, "seen\n```\n", "seen\n$ true\n```\n", "    - (none)\n    + $ true"},
		{"a transcript less", ja, aPlay, "Words.\n", "lesson.ja.md:17: \"観察\" has no transcript like that of lesson.md:21: $ echo seen"},
		{"a transcript more", ja, aPlay, aPlay + "\n" + aPlay, `lesson.ja.md:26: lesson.md has no such transcript in "Watch"`},
		{"other minutes", ja, "minutes: 5", "minutes: 6", "lesson.ja.md:2: 6 minutes, and in English 5"},
		{"another right answer", ja, "- [x] a\n- [ ] b", "- [ ] a\n- [x] b", "lesson.ja.md:77: answer 2 is right, and in English 1"},
		{"an answer less", ja, "- [ ] d\n", "", "lesson.ja.md:77: 3 answers, and in English 4"},
		{"another question", ja, sampleQuiz, sampleQuiz + "\n" + sampleQuiz[strings.Index(sampleQuiz, "### And"):], "lesson.ja.md:65: 3 questions, and in English 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := map[string]string{en: proper(lang.English), ja: proper(lang.Japanese)}
			if !strings.Contains(text[tt.file], tt.old) {
				t.Fatalf("no %q in\n%s", tt.old, text[tt.file])
			}
			text[tt.file] = strings.Replace(text[tt.file], tt.old, tt.new, 1)
			files := properFiles(text[en], text[ja])
			if tt.old == "" {
				delete(files, "02-chroot/"+tt.file)
			}
			got := complaints(t, files)
			if !strings.Contains(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if strings.Count(got, "02-chroot/") != 1 {
				t.Errorf("not one complaint:\n%s", got)
			}
		})
	}
}

func TestLintPrograms(t *testing.T) {
	const task, none = "02-chroot/task.txt", "file does not exist"
	for _, tt := range []struct{ file, text, want string }{
		{"02-chroot/solution/box.go", "", "02-chroot/solution/box.go:1: it is empty"},
		{"02-chroot/solution/box.pl", none, "02-chroot/solution/box.pl:1: " + none},
		{"01-before/solution/box.sh", none, "01-before/solution/box.sh:1: " + none},
		{"01-before/task.txt", none, "01-before/task.txt:1: this lesson has no program to write\n02-chroot/starter/box.sh:1: " + none + "\n" +
			"02-chroot/starter/box.pl:1: " + none + "\n02-chroot/starter/box.go:1: " + none},
		{task, none, task + ":1: this lesson has no program to write"},
		{task, "en: a\nja: い\nsh: a\npearl: b\n", task + `:1: a line begins with "pearl" (did you mean "perl"?); there are en, ja, sh, perl, go`},
		{task, "en: a\r\n", task + ":1: the line ends with a carriage return: save the file with line ends of Unix\n" + task + `:1: no line has a text for "ja"`},
		{"02-chroot/solution/box.sh", "x\n\ufeffx\n", "02-chroot/solution/box.sh:2: the line begins with a byte order mark: save the file as UTF-8 without one"},
		{"02-chroot/solution/box.py", "x", "02-chroot/solution/box.py:1: nothing reads this file"},
		{"02-chroot/lesson.fr.md", "x", "02-chroot/lesson.fr.md:1: nothing reads this file"},
		{"02-chroot/lesson.md", none, "02-chroot:1: nothing reads this folder: a lesson is NN-name/lesson.md"},
		{"3-new/lesson.md", "x", "3-new:1: nothing reads this folder: a lesson is NN-name/lesson.md"},
		{".old/lesson.md", "x", ""},
		{task, "en: a\n\nja: い\nen: a\n", task + `:1: two lines begin with "en"`},
		{task, "en: a\nja: い\nsh: a\ngo: b\n", task + `:1: no line has a text for "perl"`},
		{task, "en: a\nja: \nsh: a\nperl: a\ngo: b\n", task + `:1: no line has a text for "ja"`},
	} {
		files := properFiles(proper(lang.English), proper(lang.Japanese))
		files[tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
		if tt.text == none {
			delete(files, tt.file)
		}
		if got := complaints(t, files); got != tt.want {
			t.Errorf("%s: %q\n%s", tt.file, tt.text, got)
		}
	}
}

// TestLintNumberTwice: of two lessons of one number only the first could be named.
func TestLintNumberTwice(t *testing.T) {
	files := properFiles(proper(lang.English), proper(lang.Japanese))
	for file, content := range properFiles(proper(lang.English), proper(lang.Japanese)) {
		files[strings.Replace(file, "02-chroot", "02-other", 1)] = content
	}
	if got, want := complaints(t, files), "02-other:1: lesson 02 is 02-chroot already"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestTrivial tells claims from what is always right.
func TestTrivial(t *testing.T) {
	for _, tt := range []struct {
		attributes, commands string
		trivial              bool
	}{
		{"", "$ x\nseen", false},
		{"", "$ x\n...\nseen\n...", false},
		{"", "$ x\npid ...", false},
		{"", "$ x\n...", true},
		{"", "$ x\n...: ...\n", true},
		{"", "$ x\n...\n$ y\n...", true},
		{"", "$ x\n...\n$ y\n7", false},
		{"", "$ x\n...\n$ cd /", true},
		{"exit=1", "$ x\n...", false},
		{"", "$ cd /", false},
		{"", "$ x\n\n", true},
	} {
		transcript, err := parseTranscript(tt.attributes, strings.Split(tt.commands, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := transcript.trivial(); got != tt.trivial {
			t.Errorf("%q %q: %t", tt.attributes, tt.commands, got)
		}
	}
	source := strings.Replace(proper(lang.English), "\nseen\n", "\n...\n", 1)
	if got := complaints(t, properFiles(source, proper(lang.Japanese))); !strings.Contains(got, "02-chroot/lesson.md:21: whatever comes out would be right") {
		t.Error(got)
	}
}

// TestLintWideCommands: of a command with several lines each has 80 columns.
func TestLintWideCommands(t *testing.T) {
	for columns, want := range map[int]int{80: 0, 81: 2} {
		wide := strings.NewReplacer("$ echo seen", "$ echo seen \\\n> "+strings.Repeat("x", columns-2))
		files := properFiles(wide.Replace(proper(lang.English)), wide.Replace(proper(lang.Japanese)))
		got := complaints(t, files)
		if n := strings.Count(got, "a command of 81 columns, and the most are 80"); n != want {
			t.Errorf("%d columns: %d complaints, want %d:\n%s", columns, n, want, got)
		}
	}
}
