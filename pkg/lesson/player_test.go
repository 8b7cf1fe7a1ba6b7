package lesson

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// console plays a lesson with one transcript and gives its verdict and what was
// shown.
func console(t *testing.T, attributes, commands string) (Verdict, string) {
	t.Helper()
	l := read(t, sample("```console "+attributes+"\n"+commands+"\n```"))
	var out bytes.Buffer
	p := &Player{UI: ui.New(&out), Out: &out}
	report, err := p.Play(t.Context(), []*Lesson{l})
	if err != nil {
		t.Fatal(err)
	}
	if len(report) != 1 {
		t.Fatalf("%d transcripts were played", len(report))
	}
	return report[0].Verdict, out.String()
}

func TestPlay(t *testing.T) {
	tests := []struct{ name, attributes, commands, fault string }{
		{"as it says", "", "$ echo seen\nseen", ""},
		{"another line", "", "$ echo seen\nSeen", "its output is not what the lesson says"},
		{"a line too few", "", "$ echo seen", "its output is not what the lesson says"},
		{"a line too many", "", "$ echo seen\nseen\nseen", "its output is not what the lesson says"},
		{"errors are seen too", "", "$ echo seen >&2\nseen", ""},
		{"no line end", "", "$ printf one\none\n$ echo two\ntwo", ""},
		{"a shell for all", "", "$ x=1; cd /\n$ pwd; echo $x\n/\n1", ""},
		{"a here-document", "", "$ cat <<END\n> one\n> END\none", ""},
		{"a process in the background", "", "$ sleep 60 &\n$ kill -0 $! && echo there\nthere", ""},
		{"nothing to read", "", "$ wc -c\n0", ""},
		{"the language", "", "$ echo $WORKSHOP_LANG $LC_ALL\nen C.UTF-8", ""},
		{"fails", "", "$ false", "its exit code is 1, and not 0"},
		{"fails as it should", "exit=3", "$ (exit 3)", ""},
		{"should fail", "exit=3", "$ true", "its exit code is 0, and not 3"},
		{"an earlier one fails", "exit=1", "$ false\n$ false", "its exit code is 1, and not 0"},
		{"the shell ends", "", "$ exit 0\n$ echo seen\nseen", "the shell ended there"},
		{"the shell ends as it should", "exit=4", "$ exit 4", ""},
		{"the shell is killed", "exit=137", "$ kill -9 $$", ""},
		{"no end", "timeout=2s", "$ echo seen; sleep 60\nseen", "it did not end within the time limit"},
		{"no end, and deaf", "timeout=200ms", "$ trap '' TERM; while :; do sleep 1; done", "it did not end within the time limit"},
		{"no shell syntax", "exit=2", "$ )\n...", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v, out := console(t, tt.attributes, tt.commands)
			switch {
			case tt.fault == "" && !v.Held:
				t.Errorf("does not hold:\n%s", out)
			case tt.fault != "" && (v.Held || v.Faults[0].Reason != tt.fault):
				t.Errorf("got %+v, want %q:\n%s", v, tt.fault, out)
			}
		})
	}
}

func TestPlayCannot(t *testing.T) {
	v, out := console(t, "needs=command:no-such-command", "$ no-such-command")
	if v.Held || v.Missing == nil || !strings.Contains(out, "! not played here: needs command:no-such-command") {
		t.Errorf("a need that is not met: %+v\n%s", v, out)
	}
	v, out = console(t, "", "$ echo no such kernel; (exit 77)")
	if v.Held || v.Missing == nil || !strings.Contains(out, "no such kernel") {
		t.Errorf("exit code 77: %+v\n%s", v, out)
	}
	v, _ = console(t, "exit=77", "$ (exit 77)")
	if !v.Held {
		t.Errorf("an expected exit code 77: %+v", v)
	}
}

func TestVerdictShowsDifference(t *testing.T) {
	_, out := console(t, "", "$ seq 4\n1\n2\nthree\n4")
	want := "      2\n    - three\n    + 3\n      4\n"
	if !strings.Contains(out, want) {
		t.Errorf("no\n%s in\n%s", want, out)
	}
}

// TestPlayLeavesNothing interrupts a transcript: its processes end, and its
// directory is removed.
func TestPlayLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	pidFile := filepath.Join(t.TempDir(), "pid")
	l := read(t, sample("```console\n$ sleep 61 & echo $$ >"+pidFile+"; wait\n```"))
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	var pid int
	go func() {
		defer cancel(enough)
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			if b, _ := os.ReadFile(pidFile); len(b) > 0 {
				pid, _ = strconv.Atoi(strings.TrimSpace(string(b)))
				return
			}
		}
	}()
	p := &Player{UI: ui.New(&bytes.Buffer{}), Out: &bytes.Buffer{}}
	if _, err := p.Play(ctx, []*Lesson{l}); !errors.Is(err, enough) {
		t.Errorf("Play: %v", err)
	}
	if pid == 0 || alive(pid) {
		t.Errorf("of the process group %d something is still there", pid)
	}
	if left, _ := filepath.Glob(os.Getenv("TMPDIR") + "/*"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestJanitor closes the pipe without a word, as the kernel does after kill -9.
func TestJanitor(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	p, err := newPlace("ja")
	if err != nil {
		t.Fatal(err)
	}
	p.alive.Close()
	if err := p.janitor.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(p.base); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", p.base, err)
	}
}

// TestJanitorNetwork interrupts a transcript before it deletes its network namespace.
func TestJanitorNetwork(t *testing.T) {
	testenv.Root(t)
	_, err := exec.LookPath("ip")
	testenv.Needs(t, "ip in PATH", err == nil, err)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	l := read(t, sample("```console\n$ name=$(basename $PWD); ip netns add $name; echo made\n$ sleep 61; ip netns del $name\n```"))
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	name := ""
	out := writer(func(b []byte) {
		if places, _ := filepath.Glob(dir + "/workshop-*"); len(places) == 1 && strings.Contains(string(b), "made\n") {
			name = filepath.Base(places[0])
			t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", name).Run() })
			cancel(enough)
		}
	})
	if _, err := (&Player{UI: ui.New(io.Discard), Out: out}).Play(ctx, []*Lesson{l}); !errors.Is(err, enough) {
		t.Fatalf("Play: %v", err)
	}
	if _, err := os.Stat("/run/netns/" + name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", name, err)
	}
}

// TestLimitNetwork: nothing is left for the next transcript of one that its time limit
// has ended.
func TestLimitNetwork(t *testing.T) {
	testenv.Root(t)
	_, err := exec.LookPath("ip")
	testenv.Needs(t, "ip in PATH", err == nil, err)
	t.Setenv("TMPDIR", t.TempDir())
	l := read(t, sample("```console timeout=2s\n$ ip netns add $(basename $PWD); echo made; sleep 61\nmade\n```\n\n"+
		"```console\n$ ip netns add $(basename $PWD) && ip netns del $(basename $PWD) && echo again\nagain\n```"))
	var out strings.Builder
	if _, err := (&Player{UI: ui.New(io.Discard), Out: &out}).Play(t.Context(), []*Lesson{l}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "made\n") || !strings.Contains(got, "again\n") {
		t.Errorf("%q", got)
	}
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) {
	w(b)
	return len(b), nil
}

// keys plays a lesson on a terminal, each of typed when the
// line that asks for keys is there.
func keys(t *testing.T, l *Lesson, typed ...string) (Report, string, error) {
	t.Helper()
	return keysTo(t, &Player{}, 0, l, typed...)
}

// keysTo is the same for a player, on a terminal of so many rows; 0 is one that
// does not say how many it has.
func keysTo(t *testing.T, p *Player, rows int, l *Lesson, typed ...string) (report Report, out string, err error) {
	t.Helper()
	out, err = typeTo(t, p, rows, typed, func(ctx context.Context) (err error) {
		report, err = p.Play(ctx, []*Lesson{l})
		return err
	})
	return report, out, err
}

// typeTo types the next key each time that the player names its keys.
func typeTo(t *testing.T, p *Player, rows int, typed []string, play func(context.Context) error) (string, error) {
	t.Helper()
	t.Setenv("TERM", "xterm")
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	heard := make(chan string)
	go func() {
		var all strings.Builder
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			all.Write(buf[:n])
			for range strings.Count(string(buf[:n]), "q: leave") {
				if len(typed) > 0 {
					_, _ = master.WriteString(typed[0])
					typed = typed[1:]
				}
			}
			if err != nil {
				heard <- all.String()
				return
			}
		}
	}()
	p.UI, p.Out, p.Terminal, p.Keys = ui.New(slave), slave, true, slave
	if rows > 0 {
		if err := pty.Setsize(slave, &pty.Winsize{Rows: uint16(rows), Cols: 80}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err = play(ctx)
	slave.Close()
	return <-heard, err
}

func TestKeys(t *testing.T) {
	l := read(t, sample("Before.\n\n```console\n$ echo seen; test -t 1 && echo terminal\nseen\nterminal\n```\n\nAfter."))
	// Two sections, the transcript, back to it and once more, and the others.
	report, out, err := keys(t, l, strings.Split("\r \r \r b x\r \r \r \r \r \r \r \r \r \r \r \r", " ")...)
	if err != nil || len(report) != 1 || !report[0].Verdict.Held {
		t.Errorf("%v, %+v", err, report)
	}
	if n := strings.Count(out, "seen\r\n"); n != 2 {
		t.Errorf("played %d times, want 2:\n%s", n, out)
	}
	if n := strings.Count(out, "echo seen;"); n != 2 {
		t.Errorf("the command is shown %d times, want 2:\n%s", n, out)
	}
	_, out, err = keys(t, l, "\r", "\r", "q")
	if !errors.Is(err, ErrLeft) || strings.Contains(out, "seen\r\n") || !strings.Contains(out, "echo seen;") {
		t.Errorf("q: %v\n%s", err, out)
	}
}

// TestPages plays what says more than the screen holds: it comes in pages, each
// after a key, and is judged as a whole. Back leaves the rest away.
func TestPages(t *testing.T) {
	l := read(t, sample("Words.\n\n```console\n$ seq 1000 1030\n1000\n...\n1030\n```"))
	report, out, err := keysTo(t, &Player{}, 14, l, strings.Split(strings.Repeat("\r ", 30), " ")...)
	if err != nil || len(report) != 1 || !report[0].Verdict.Held {
		t.Errorf("%v, %+v", err, report)
	}
	if more := strings.Count(out, "Enter: more"); more < 2 || more > 5 {
		t.Errorf("%d pages:\n%s", more, out)
	}
	for page := range strings.SplitSeq(out, "q: leave") {
		if n := strings.Count(page, "\n10"); n > 12 {
			t.Errorf("a page of %d lines:\n%s", n, page)
		}
	}
	if !strings.Contains(out, "\n1030\r\n") {
		t.Errorf("the end is missing:\n%s", out)
	}
	_, out, err = keysTo(t, &Player{}, 14, l, strings.Split("\r \r \r b q", " ")...)
	if !errors.Is(err, ErrLeft) || strings.Contains(out, "\n1030\r\n") || strings.Count(out, "seq 1000 1030") < 2 {
		t.Errorf("b, q: %v\n%s", err, out)
	}
}

// TestKeysQuiz answers a question wrongly, goes back, answers it rightly, and
// lets the other one be answered.
func TestKeysQuiz(t *testing.T) {
	l := read(t, sample("Words."))
	var got []int
	_, out, err := keysTo(t, &Player{Answered: func(_ *Lesson, question, answer int) {
		got = append(got, question, answer)
	}}, 0, l, strings.Split("\r \r \r \r \r \r \r 41 b 2 \r \r \r \r \r", " ")...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if diff := cmp.Diff([]int{1, 1, 1, 2}, got); diff != "" {
		t.Errorf("answers: %s\n%s", diff, out)
	}
	for _, want := range []string{"1 is not right", "   2) ", "Right.", "Because.", "✓  1) ", "So."} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "Nearly.") {
		t.Errorf("a hint is shown:\n%s", out)
	}
}

// TestTyping lets a command appear letter by letter, and tells when it ends.
func TestTyping(t *testing.T) {
	l := read(t, sample("```console timeout=1ms\n$ echo a &&\n> sleep 0.02; echo b\na\nb\n```"))
	var out bytes.Buffer
	finished := 0
	p := &Player{UI: ui.New(&out), Out: &out, Typing: true, Finished: func(*Lesson) { finished++ }}
	start := time.Now()
	report, err := p.Play(t.Context(), []*Lesson{l})
	if err != nil || !report[0].Verdict.Held || finished != 1 {
		t.Errorf("%v, %+v, finished %d", err, report, finished)
	}
	if time.Since(start) < 20*keystroke || !strings.Contains(out.String(), "$ echo a &&\n> sleep 0.02; echo b\na\nb\n") {
		t.Errorf("after %v:\n%s", time.Since(start), out.String())
	}
}

// TestTypingLong: the shell has ended long before its command is on the screen, and
// what it said is kept.
func TestTypingLong(t *testing.T) {
	text := strings.Repeat("a", int(grace/keystroke))
	var out bytes.Buffer
	p := &Player{UI: ui.New(&out), Out: &out, Typing: true}
	report, err := p.Play(t.Context(), []*Lesson{read(t, sample("```console\n$ echo "+text+"\n"+text+"\n```"))})
	if err != nil || !report[0].Verdict.Held {
		t.Errorf("%v, %+v\n%s", err, report, out.String())
	}
}

// TestClock shows the time to a person, for one lesson and for several.
func TestClock(t *testing.T) {
	l := read(t, sample("Words."))
	other := *l
	c := newClock([]*Lesson{l, &other})
	c.enter(l)
	c.start = c.start.Add(-7 * time.Minute)
	c.entered[l] = c.start.Add(4*time.Minute + time.Second)
	c.enter(l)
	if got := c.text(l); got != "2/5 · 7/10 min" {
		t.Error(got)
	}
	_, out, err := keys(t, l, "q")
	if !errors.Is(err, ErrLeft) || !strings.Contains(out, "q: leave    0/5 min") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestKeysAndClockFit: of the longest line of keys 80 columns show all, late in a tour
// of all lessons too.
func TestKeysAndClockFit(t *testing.T) {
	l := read(t, sample("Words."))
	for _, language := range []string{lang.English, lang.Japanese} {
		if err := lang.Set(language); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = lang.Set(lang.English) })
		p := &Player{}
		out, err := typeTo(t, p, 24, nil, func(context.Context) error {
			now := p.perform()
			now.clock = newClock([]*Lesson{l, l})
			now.clock.start = now.clock.start.Add(-199 * time.Minute)
			now.clock.entered[l], now.clock.minutes = now.clock.start.Add(99*time.Minute), 190
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			_, err := now.wait(ctx, &slide{lesson: l, question: 1})
			return err
		})
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(out, "199/190") || ui.Width(out) >= 80 {
			t.Errorf("%v, %d columns: %q", err, ui.Width(out), out)
		}
	}
}

// TestNotes shows the notes where the speaker wants them.
func TestNotes(t *testing.T) {
	l := read(t, sample("Words.\n\n<!-- notes: Wait. -->\n\n```console\n$ true\n```"))
	for _, notes := range []bool{true, false} {
		var out bytes.Buffer
		if _, err := (&Player{UI: ui.New(&out), Out: &out, Notes: notes}).Play(t.Context(), []*Lesson{l}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "\n│ Wait.\n") != notes {
			t.Errorf("notes %t:\n%s", notes, out.String())
		}
	}
}

// TestShow looks at what is shown, and what is not.
func TestShow(t *testing.T) {
	l := read(t, sample("Words.\n\n<!-- notes: Wait here. -->"))
	show := func(notes bool) string {
		var out bytes.Buffer
		if err := Show(ui.New(&out), l, notes); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for _, want := range []string{"workshop hint 2", "workshop quiz 2", "1. What is it?", "   2) two, and more"} {
		if !strings.Contains(show(false), want) {
			t.Errorf("no %q in\n%s", want, show(false))
		}
	}
	for _, secret := range []string{"Nearly.", "Because.", "Wait here.", "✓"} {
		if strings.Contains(show(false), secret) {
			t.Errorf("%q in\n%s", secret, show(false))
		}
	}
	if !strings.Contains(show(true), "\n│ Wait here.\n") {
		t.Errorf("no note in\n%s", show(true))
	}
}

func TestReportShows(t *testing.T) {
	l := read(t, sample("```console\n$ true\n```\n\n```console needs=command:no-such\n$ x\n```\n\n```console needs=command:no-such\n$ y\n```"))
	p := &Player{UI: ui.New(&bytes.Buffer{}), Out: &bytes.Buffer{}}
	report, err := p.Play(t.Context(), []*Lesson{l})
	if err != nil || report.Broken() {
		t.Fatalf("%v, %+v", err, report)
	}
	show := func() string {
		var out bytes.Buffer
		report.Show(ui.New(&out))
		return out.String()
	}
	for _, want := range []string{"! lesson 2, lines 23, 27: not played here: needs command:no-such", "✓ 1 of the 1 transcripts"} {
		if !strings.Contains(show(), want) {
			t.Errorf("no %q in\n%s", want, show())
		}
	}
	report[0].Verdict.Held = false
	for _, want := range []string{"✗ lessons/02-chroot/lesson.md:19: does not hold", "✗ 0 of the 1 transcripts"} {
		if !strings.Contains(show(), want) {
			t.Errorf("no %q in\n%s", want, show())
		}
	}
	if !report.Broken() {
		t.Error("not broken")
	}
	l.Number = 0 // as of a deck
	if want := "! slides, lines 23, 27: not"; !strings.Contains(show(), want) {
		t.Errorf("no %q in\n%s", want, show())
	}
	report = report[:2]
	if want := "! slides, line 23: not"; !strings.Contains(show(), want) {
		t.Errorf("no %q in\n%s", want, show())
	}
}

// TestHint shows hints with all that may be in one.
func TestHint(t *testing.T) {
	hints := "1. Look here.\n2. Call:\n\n   ```sh\n   chroot .\n   ```\n\n   - before this\n\n3. Nearly.\n"
	l := read(t, strings.Replace(sample("Words."), sampleHints, hints, 1))
	for i, want := range []string{
		"Look here.\n", "Call:\n\n  chroot .\n\n  • before this\n", "Nearly.\n",
	} {
		var out bytes.Buffer
		l.Hints[i].Show(ui.New(&out))
		if out.String() != want {
			t.Errorf("hint %d is shown as\n%s\nwant\n%s", i+1, out.String(), want)
		}
	}
}

// TestNoShell: where none can be started, nothing stays open.
func TestNoShell(t *testing.T) {
	to, err := openOutlet(false)
	if err != nil {
		t.Fatal(err)
	}
	p := &play{transcript: &Transcript{}}
	if err := p.run(t.Context(), &place{base: filepath.Join(t.TempDir(), "gone")}, to, nil); err == nil {
		t.Error("a shell was started in a directory that is not there")
	}
	for _, end := range []*os.File{to.read, to.write} {
		if err := end.Close(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s was open: %v", end.Name(), err)
		}
	}
}
