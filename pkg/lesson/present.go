package lesson

import (
	"context"
	"errors"
	"fmt"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// PlayDeck plays all demos of a deck, from a slide on, one after the other, each
// below its slide.
func (p *Player) PlayDeck(ctx context.Context, d *Deck, from int) (Report, error) {
	now := p.perform()
	err := func() error {
		for i := from - 1; i < len(d.Slides); i++ {
			now.page(d, i)
			for _, t := range d.Slides[i].Demos {
				p.UI.Line("")
				if err := now.demo(ctx, d, t); err != nil {
					return err
				}
			}
		}
		return p.UI.Err()
	}()
	return now.report(), errors.Join(err, now.close())
}

// Present shows a deck on a terminal, from a slide on; the first is 1. It ends
// with [ErrLeft] where the person leaves before the last slide.
func (p *Player) Present(ctx context.Context, d *Deck, from int) error {
	now := p.perform()
	now.turnPages()
	err := now.present(ctx, d, from-1)
	return errors.Join(err, now.pager.Unmark(), now.close())
}

func (p *performance) present(ctx context.Context, d *Deck, at int) error {
	shown, next := -1, 0 // the slide on the screen, and the demo that comes next
	for at < len(d.Slides) {
		if shown != at {
			p.screen.Clear()
			p.page(d, at)
			shown, next = at, 0
		}
		demos := d.Slides[at].Demos
		key, err := p.turn(ctx, len(demos) > 0)
		switch {
		case err != nil:
			return err
		case key == 'q':
			return ErrLeft
		case key == 'b':
			at = max(at-1, 0)
			shown = -1
		case key == 'n':
			p.Notes = !p.Notes
			shown = -1
		case key == 'r':
			if err := p.demo(ctx, d, demos[next]); err != nil {
				return err
			}
			next = (next + 1) % len(demos)
		default:
			at++
		}
	}
	return p.UI.Err()
}

// turn waits for a key of the presenter: first for more of what a screen cannot hold.
func (p *performance) turn(ctx context.Context, demo bool) (byte, error) {
	text, keys := lang.T("Enter: on    b: back    n: notes    q: leave"), "\r\n bnq"
	if demo {
		text, keys = lang.T("r: run it")+"    "+text, keys+"r"
	}
	key, err := p.more(func(next, keys string) (byte, error) {
		return p.press(ctx, next+"    "+lang.T("b: back    q: leave"), keys)
	})
	if err != nil || key != 0 {
		return key, err
	}
	p.UI.Line("")
	return p.press(ctx, text, keys)
}

// page writes one slide. Its demos are only named: what comes out comes out live.
func (p *performance) page(d *Deck, at int) {
	s := &d.Slides[at]
	p.UI.Line("")
	p.UI.Title(s.Title, fmt.Sprintf("%d/%d", at+1, len(d.Slides)))
	blocks := make([]Block, len(s.Blocks))
	for i, b := range s.Blocks {
		if b.Transcript != nil {
			b.Transcript = b.Transcript.typed()
		}
		blocks[i] = b
	}
	showBlocks(p.UI, blocks, p.Notes)
}

// typed is the transcript without what must be seen.
func (t *Transcript) typed() *Transcript {
	bare := *t
	bare.Commands = nil
	for _, c := range t.Commands {
		bare.Commands = append(bare.Commands, Command{Text: c.Text})
	}
	return &bare
}

// demo plays one demo.
func (p *performance) demo(ctx context.Context, d *Deck, t *Transcript) error {
	s := &slide{lesson: d.lesson, transcript: t}
	p.slides = append(p.slides, s)
	return p.act(ctx, s)
}

// Show writes the deck, from a slide on, without running anything.
func (d *Deck) Show(screen *ui.UI, from int, notes bool) error {
	p := (&Player{UI: screen, Notes: notes}).perform()
	for i := from - 1; i < len(d.Slides); i++ {
		p.page(d, i)
	}
	return screen.Err()
}
