package lesson

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

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
}

// performance is one run of a player.
type performance struct {
	*Player
	slides   []*slide
	verdicts map[*slide]Verdict
	place    *place
	in       *Lesson // whose place it is
}

// Play plays the lessons to their end. The report is complete only without an
// error. A key takes the person forward or back, and then a transcript is
// played again; its last verdict counts.
func (p *Player) Play(ctx context.Context, lessons []*Lesson) (Report, error) {
	now := &performance{Player: p, slides: slides(lessons), verdicts: make(map[*slide]Verdict)}
	err := now.play(ctx)
	if now.place != nil {
		err = errors.Join(err, now.place.close())
	}
	return now.report(), err
}

func (p *performance) play(ctx context.Context) error {
	for i := 0; i < len(p.slides); {
		s := p.slides[i]
		p.show(s)
		back, err := p.wait(ctx, s)
		switch {
		case err != nil:
			return err
		case back:
			i = max(i-1, 0)
			continue
		case s.transcript != nil:
			if err := p.act(ctx, s); err != nil {
				return err
			}
		}
		i++
	}
	return p.UI.Err()
}

// show writes the prose of a slide.
func (p *performance) show(s *slide) {
	if s.opening {
		p.UI.Line("")
		showTitle(p.UI, s.lesson)
	}
	if s.first {
		p.UI.Section(s.section.Heading)
	}
	for i := range s.prose {
		showBlock(p.UI, &s.prose[i])
	}
	if len(s.prose) > 0 || s.transcript != nil {
		p.UI.Line("")
	}
}

// wait waits for a key, and tells whether it goes back.
func (p *performance) wait(ctx context.Context, s *slide) (back bool, err error) {
	if p.Keys == nil {
		return false, context.Cause(ctx)
	}
	next := "go on"
	if s.transcript != nil {
		next = "run it"
	}
	switch key, err := p.UI.Ask(ctx, p.Keys, "Enter: "+next+"    b: back    q: leave", "\r\n bq"); {
	case err != nil:
		return false, err
	case key == 'q':
		return false, ErrLeft
	default:
		return key == 'b', nil
	}
}

// act plays the transcript of a slide and judges it.
func (p *performance) act(ctx context.Context, s *slide) error {
	t := s.transcript
	for _, n := range t.Needs {
		if err := n.Missing(); err != nil {
			showTranscript(p.UI, t)
			p.conclude(s, Verdict{Missing: err})
			return nil
		}
	}
	if err := p.enter(s.lesson); err != nil {
		return err
	}
	outlet, err := openOutlet(p.Terminal)
	if err != nil {
		return err
	}
	run := &play{transcript: t, audience: &hall{ui: p.UI, out: p.Out}}
	limited, cancel := context.WithTimeoutCause(ctx, t.Timeout, errTimeout)
	defer cancel()
	err = run.run(limited, p.place, outlet, p.keyboard(t))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if p.keyboard(t) == nil { // what a person types, no lesson can know
		p.conclude(s, judge(t, run.outcomes, err))
	}
	return nil
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
	place, err := newPlace()
	if err != nil {
		return fmt.Errorf("make a working directory for %s: %w", l.Folder, err)
	}
	p.place, p.in = place, l
	return nil
}

// hall is the audience of a player: it shows what happens.
type hall struct {
	ui      *ui.UI
	out     io.Writer
	midline bool // the output does not end with a line end
}

func (h *hall) typed(command string) { h.ui.Typed(command) }

func (h *hall) output(b []byte) {
	_, _ = h.out.Write(b) // the UI notices a full disk too
	h.midline = b[len(b)-1] != '\n'
}

func (h *hall) ended() {
	if h.midline {
		h.ui.Line("")
		h.midline = false
	}
}
