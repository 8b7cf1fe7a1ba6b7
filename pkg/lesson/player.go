package lesson

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// ErrLeft means that the person left before the end.
var ErrLeft = errors.New("left before the end")

// Player plays lessons: the prose, each command as if it were typed, its real
// output as it comes, and whether that is what the lesson says.
type Player struct {
	UI       *ui.UI
	Out      io.Writer // the output of the commands
	Terminal bool      // Out is one: the commands get a terminal of their own, so that their colours stay
	Keys     *os.File  // the keyboard; nil: go on without a key
	Notes    bool      // show the speaker's notes
	Typing   bool      // the commands appear letter by letter, as if somebody typed them

	// Answered is told what a person answered in the quiz, and Finished that a
	// lesson was played to its end. Each may be nil.
	Answered func(l *Lesson, question, answer int)
	Finished func(l *Lesson)
}

// performance is one run of a player.
type performance struct {
	*Player
	slides   []*slide
	verdicts map[*slide]Verdict
	place    *place
	in       *Lesson // whose place it is
	clock    *clock
	pager    *ui.Pager // between the player and its terminal; nil: none
	screen   *ui.UI    // the terminal itself, for what is asked there
}

// Play plays the lessons to their end. The report is complete only without an
// error. A key takes the person forward or back, and then a transcript is
// played again; its last verdict counts. What is more than a screen waits for a
// key too.
func (p *Player) Play(ctx context.Context, lessons []*Lesson) (Report, error) {
	now := p.perform()
	now.turnPages()
	now.slides, now.clock = slides(lessons), newClock(lessons)
	if n := len(lessons); n > 1 {
		now.UI.Title(lang.F("%d lessons", n), lang.F("%d minutes", now.clock.minutes))
	}
	err := now.play(ctx)
	if !errors.Is(err, ErrLeft) {
		err = errors.Join(err, now.pager.Flush())
	}
	return now.report(), errors.Join(err, now.close())
}

func (p *Player) perform() *performance {
	return &performance{Player: p, screen: p.UI, verdicts: make(map[*slide]Verdict)}
}

// turnPages puts a pager between the player and a terminal that somebody sits at.
func (p *performance) turnPages() {
	if p.Keys == nil {
		return
	}
	paged := *p.Player
	if paged.UI, p.pager = p.UI.Paged(); p.pager == nil {
		return
	}
	paged.Out = p.pager
	p.Player = &paged
}

// close leaves the place where the last transcript was played.
func (p *performance) close() error {
	if p.place == nil {
		return nil
	}
	return p.place.close()
}

func (p *performance) play(ctx context.Context) error {
	for i := 0; i < len(p.slides); {
		s := p.slides[i]
		p.show(s)
		key, err := p.wait(ctx, s)
		switch {
		case err != nil:
			return err
		case key == 'b':
			i = max(i-1, 0)
			continue
		case s.transcript != nil:
			if err := p.act(ctx, s); err != nil {
				return err
			}
		case s.question > 0:
			p.answer(s, int(key-'0'))
		}
		i++
		if p.Finished != nil && (i == len(p.slides) || p.slides[i].lesson != s.lesson) {
			p.Finished(s.lesson)
		}
	}
	return p.UI.Err()
}

// show writes the prose of a slide.
func (p *performance) show(s *slide) {
	p.clock.enter(s.lesson)
	if s.opening {
		p.UI.Line("")
		showTitle(p.UI, s.lesson)
	}
	if s.first {
		p.UI.Section(s.section.Heading)
	}
	showBlocks(p.UI, s.prose, p.Notes)
	if s.question > 0 {
		p.UI.Line("")
		s.lesson.Quiz[s.question-1].Show(p.UI, s.question)
	}
	if len(s.prose) > 0 || s.transcript != nil || s.question > 0 {
		p.UI.Line("")
	}
	// The room sees the first command before it is run.
	s.announced = s.transcript != nil && s.transcript.missing() == nil && p.Keys != nil && !p.Typing
	if s.announced {
		p.UI.Typed(s.transcript.Commands[0].Text)
	}
}

// wait waits for a key: Enter, 'b' to go back, or the number of an answer. It is
// 0 where nobody is asked.
func (p *performance) wait(ctx context.Context, s *slide) (key byte, err error) {
	if p.Keys == nil {
		return '0', context.Cause(ctx)
	}
	key, err = p.more(func(next, keys string) (byte, error) { return p.ask(ctx, s, next, keys) })
	switch {
	case err != nil || key == 'b':
		return key, err
	case key == 'q':
		return 0, ErrLeft
	}
	next, keys := lang.T("Enter: go on"), "\r\n bq"
	switch {
	case s.transcript != nil:
		next = lang.T("Enter: run it")
	case s.question > 0:
		n := len(s.lesson.Quiz[s.question-1].Answers)
		next = lang.F("1-%d: your answer    Enter: the answer", n)
		keys += "1234"[:n]
	}
	key, err = p.ask(ctx, s, next, keys)
	switch {
	case err != nil:
		return 0, err
	case key == 'q':
		return 0, ErrLeft
	case key < '1' || key > '4' && key != 'b':
		return '0', nil
	}
	return key, nil
}

// more shows what the pager kept, a page for each key, until that is 'b' or 'q'; 0
// is that nothing is kept any more.
func (p *performance) more(ask func(next, keys string) (byte, error)) (key byte, err error) {
	for p.pager.Full() {
		if key, err = ask(lang.T("Enter: more"), "\r\n bq"); err != nil || key == 'b' || key == 'q' {
			return key, err
		}
	}
	return 0, nil
}

// ask waits for one of the keys, and tells how late it is.
func (p *performance) ask(ctx context.Context, s *slide, next, keys string) (byte, error) {
	return p.press(ctx, next+"    "+lang.T("b: back    q: leave")+"    "+p.clock.text(s.lesson), keys)
}

// press waits for one of the keys, and begins a new page. Whoever goes back or
// leaves does not want to see the rest.
func (p *performance) press(ctx context.Context, text, keys string) (byte, error) {
	if err := p.pager.Unmark(); err != nil {
		return 0, err
	}
	key, err := p.screen.Ask(ctx, p.Keys, text, keys)
	if err != nil {
		return 0, err
	}
	p.UI.Measure()
	if key == 'b' || key == 'q' {
		p.pager.Drop()
	}
	return key, p.pager.Next()
}

// answer says whether the answer is right, and explains; 0 is no answer.
func (p *performance) answer(s *slide, answer int) {
	q := &s.lesson.Quiz[s.question-1]
	q.Judge(p.UI, answer)
	if answer > 0 && p.Answered != nil {
		p.Answered(s.lesson, s.question, answer)
	}
	if p.Keys != nil {
		p.UI.Line("") // before the keys
	}
}

// act plays the transcript of a slide and judges it.
func (p *performance) act(ctx context.Context, s *slide) error {
	t := s.transcript
	if err := t.missing(); err != nil {
		showTranscript(p.UI, t)
		p.conclude(s, Verdict{Missing: err})
		return nil
	}
	defer p.hush(t)()
	if err := p.enter(s.lesson); err != nil {
		return err
	}
	outlet, err := openOutlet(p.Terminal)
	if err != nil {
		return err
	}
	out := p.Out
	if p.keyboard(t) == nil { // who types there moves the cursor
		out = p.UI.Narrow(out)
	}
	run := &play{transcript: t, typing: p.typingTime(t), audience: &hall{
		ctx: ctx, ui: p.UI, out: out, typing: p.Typing, shown: s.announced,
	}}
	limited, cancel := context.WithTimeoutCause(ctx, t.Timeout+run.typing, errTimeout)
	defer cancel()
	if p.keyboard(t) != nil {
		p.pager.Freely() // to the next key that is ours
	}
	if err = run.run(limited, p.place, outlet, p.keyboard(t)); err != nil {
		p.place.sweep()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if p.keyboard(t) == nil { // what a person types, no lesson can know
		p.conclude(s, judge(t, run.outcomes, err))
	}
	return nil
}

// typingTime is how long the commands take to appear.
func (p *performance) typingTime(t *Transcript) (d time.Duration) {
	for _, c := range t.Commands {
		if p.Typing {
			d += time.Duration(len(c.Text)) * keystroke
		}
	}
	return d
}

func (p *performance) conclude(s *slide, v Verdict) {
	p.verdicts[s] = v
	v.show(p.UI, s.transcript)
}

// keyboard is for the commands of an interactive transcript.
func (p *performance) keyboard(t *Transcript) *os.File {
	if t.Interactive {
		return p.Keys
	}
	return nil
}

// hush takes no keys until its end, unless the commands take them.
func (p *performance) hush(t *Transcript) (end func()) {
	if p.Keys == nil || p.keyboard(t) != nil {
		return func() {}
	}
	return ui.Hush(p.Keys)
}

// enter goes to the place of a lesson.
func (p *performance) enter(l *Lesson) error {
	if p.in == l {
		return nil
	}
	if p.place != nil {
		if err := p.place.close(); err != nil {
			return err
		}
	}
	place, err := newPlace(l.Lang)
	if err != nil {
		return fmt.Errorf("make a working directory for %s: %w", l.Folder, err)
	}
	p.place, p.in = place, l
	return nil
}
