package lesson

import (
	"bytes"
	"fmt"
	"io/fs"

	"github.com/yuin/goldmark/ast"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// Deck is the slides of a talk: one Markdown file that is divided by lines of
// three dashes, as Marp and others present it. Its front part is theirs. Each
// slide begins with a heading: of level 1 where a part of the talk begins. For
// the rest it has what a section of a lesson may have; its transcripts are demos.
type Deck struct {
	Slides []Slide

	lesson *Lesson // where its demos are played
}

// Slide is one page of a deck.
type Slide struct {
	Line   int // in the file
	Title  string
	Part   bool // begins a part
	Blocks []Block
	Demos  []*Transcript
}

// DeckFile is the name of the file of a deck in a language.
func DeckFile(language string) string {
	if language == lang.Japanese {
		return "slides.ja.md"
	}
	return "slides.md"
}

// ReadDeck reads the deck in a language. An error names the file and the line.
func ReadDeck(fsys fs.FS, language string) (*Deck, error) {
	file := DeckFile(language)
	source, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, err
	}
	d := &Deck{lesson: &Lesson{Folder: "slides", File: file, Lang: language, dir: "slides"}}
	if err := d.parse(source); err != nil {
		return nil, located(file, err)
	}
	return d, nil
}

func (d *Deck) parse(source []byte) error {
	front, _, found := bytes.Cut(source, []byte("\n"+fence))
	if !found {
		return &mistake{1, fmt.Errorf("the file does not begin with a front part between two lines of ---")}
	}
	r := &reader{source: blank(source, len(front)+1+len(fence)), lesson: d.lesson}
	tree := r.tree()
	if err := r.foreign(tree); err != nil {
		return err
	}
	var now *Slide
	for n := tree.FirstChild(); n != nil; n = n.NextSibling() {
		switch h, heading := n.(*ast.Heading); {
		case n.Kind() == ast.KindThematicBreak:
			now = nil
		case now != nil:
			if err := r.block(n, &now.Blocks, Block{}); err != nil {
				return r.at(n, err)
			}
		case !heading || h.Level > 2:
			return r.at(n, fmt.Errorf("a slide begins with a heading of level 1 or 2"))
		default:
			d.Slides = append(d.Slides, Slide{Line: r.line(h), Title: plain(r.spans(h)), Part: h.Level == 1})
			now = &d.Slides[len(d.Slides)-1]
		}
	}
	return d.collect()
}

// collect finds the demos of each slide.
func (d *Deck) collect() error {
	if len(d.Slides) == 0 {
		return fmt.Errorf("there is no slide")
	}
	for i := range d.Slides {
		s := &d.Slides[i]
		for _, b := range s.Blocks {
			if b.Transcript != nil {
				s.Demos = append(s.Demos, b.Transcript)
			}
		}
	}
	return nil
}
