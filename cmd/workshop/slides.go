package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
	"github.com/how-to-be-a-container/workshop/slides"
)

type slidesFlags struct {
	from       int
	notes, run bool
}

func newSlidesCommand() *cobra.Command {
	f := &slidesFlags{}
	cmd := &cobra.Command{
		Use:   "slides",
		Short: "Present the deck of the talk, and play its demos in place",
		Long: `Present the deck of the talk, in the terminal. Enter, the arrows and Page Down
go on, b goes back, r runs the demo of the slide, n shows the notes, q leaves.

Outside of a terminal the deck is only written. With --run all its demos are
played in turn, and it ends with 1 where one did not show what the slide says.
The deck is slides/slides.md in the source: Marp and other tools present it too.`,
		Example: "  sudo workshop slides\n  sudo workshop slides --from 12 --notes",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			deck, err := lesson.ReadDeck(slides.Files, lang.Now())
			if err != nil {
				return err
			}
			if f.from < 1 || f.from > len(deck.Slides) {
				return usageError{fmt.Errorf("no slide %d; there are %d", f.from, len(deck.Slides))}
			}
			return f.show(cmd.Context(), deck)
		},
	}
	cmd.Flags().IntVar(&f.from, "from", 1, "begin with this slide")
	cmd.Flags().BoolVar(&f.notes, "notes", false, "show the speaker's notes")
	cmd.Flags().BoolVar(&f.run, "run", false, "play all demos, and judge them")
	return cmd
}

func (f *slidesFlags) show(ctx context.Context, deck *lesson.Deck) error {
	terminal := term.IsTerminal(1)
	present := terminal && term.IsTerminal(0) && !f.run
	screen := ui.New(os.Stdout)
	if !present && !f.run {
		return deck.Show(screen, f.from, f.notes)
	}
	if err := needRoot("slides"); err != nil {
		return err
	}
	ctx, stop := untilSignal(ctx)
	defer stop()
	player := &lesson.Player{UI: screen, Out: os.Stdout, Terminal: terminal, Notes: f.notes}
	if !present {
		return playAndJudge(screen, func() (lesson.Report, error) { return player.PlayDeck(ctx, deck, f.from) })
	}
	player.Keys = os.Stdin
	err := player.Present(ctx, deck, f.from)
	if errors.Is(err, lesson.ErrLeft) {
		return nil
	}
	return err
}
