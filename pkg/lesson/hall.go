package lesson

import (
	"context"
	"io"
	"time"
	"unicode/utf8"

	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// How long a person takes for one letter.
const keystroke = 40 * time.Millisecond

// hall is the audience of a player: it shows what happens.
type hall struct {
	ctx     context.Context
	ui      *ui.UI
	out     io.Writer
	typing  bool
	shown   bool // the first command is on the screen already
	midline bool // the output does not end with a line end
}

// typed shows a command. Where it appears letter by letter it runs meanwhile, and
// what it says waits for the last letter.
func (h *hall) typed(command string) {
	switch {
	case h.shown:
		h.shown = false
		return
	case !h.typing:
		h.ui.Typed(command)
		return
	}
	for end := 0; end < len(command); {
		_, size := utf8.DecodeRuneInString(command[end:])
		h.ui.Typing(command[end:end+size], end == 0)
		end += size
		select {
		case <-h.ctx.Done():
		case <-time.After(keystroke):
		}
	}
	h.ui.Line("")
}

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
