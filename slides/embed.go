// Package slides holds the deck for the stage, inside the binary.
//
// It is Markdown that Marp and other tools present too: a slide ends at a line of
// three dashes, and what the speaker says is an HTML comment. The blocks with the
// word console are demos: they are run, as in a lesson.
package slides

import "embed"

// Files has slides.md and slides.ja.md.
//
//go:embed slides*.md
var Files embed.FS
