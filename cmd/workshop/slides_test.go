package main

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
	"github.com/how-to-be-a-container/workshop/slides"
)

var languages = []string{lang.English, lang.Japanese}

func readDeck(t *testing.T, language string) *lesson.Deck {
	t.Helper()
	d, err := lesson.ReadDeck(slides.Files, language)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestSlides plays every demo of the deck. The guests play what this machine may
// not be able to: the others are commands of the lessons.
func TestSlides(t *testing.T) {
	testenv.NotEmulated(t, "amd64")
	needTour(t)
	for _, language := range languages {
		deck := readDeck(t, language)
		for i := range deck.Slides {
			if testenv.InGuest() {
				deck.Slides[i].Demos = slices.DeleteFunc(deck.Slides[i].Demos, func(d *lesson.Transcript) bool { return !forGuest(d) })
			}
		}
		var out bytes.Buffer
		player := &lesson.Player{UI: ui.New(&out), Out: &out}
		report, err := player.PlayDeck(t.Context(), deck, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(report) < 15 && !testenv.InGuest() {
			t.Errorf("%s: only %d demos were played", language, len(report))
		}
		for _, f := range report {
			t.Run(f.Where(), func(t *testing.T) { judge(t, &f) })
		}
	}
}

// TestSlidesFit sees to it that a slide fits a terminal of 80 × 24 with the line
// of keys, and that a small beamer shows all of it.
func TestSlidesFit(t *testing.T) {
	for _, language := range languages {
		var out bytes.Buffer
		if err := readDeck(t, language).Show(ui.New(&out), 1, false); err != nil {
			t.Fatal(err)
		}
		title := regexp.MustCompile(`\d+/\d+$`)
		lines, of := 0, ""
		for _, line := range strings.Split(out.String(), "\n") {
			if lipgloss.Width(line) > 80 {
				t.Errorf("%s: %d columns: %s", language, lipgloss.Width(line), line)
			}
			if lines++; title.MatchString(line) {
				lines, of = 0, line
			}
			if lines == 22 {
				t.Errorf("%s: more than 22 lines: %s", language, of)
			}
		}
	}
}

// TestSlidesAgree compares the languages: as many slides, with the same demos.
func TestSlidesAgree(t *testing.T) {
	type demo struct {
		Slide    int
		Commands []string
		Exit     int
		Needs    []string
	}
	list := func(language string) (demos []demo) {
		for i, s := range readDeck(t, language).Slides {
			for _, d := range s.Demos {
				at := demo{Slide: i + 1, Exit: d.Exit}
				for _, c := range d.Commands {
					at.Commands = append(at.Commands, c.Text)
				}
				for _, n := range d.Needs {
					at.Needs = append(at.Needs, n.Name)
				}
				demos = append(demos, at)
			}
		}
		return demos
	}
	if diff := cmp.Diff(list(lang.English), list(lang.Japanese)); diff != "" {
		t.Error(diff)
	}
	if en, ja := readDeck(t, lang.English), readDeck(t, lang.Japanese); len(en.Slides) != len(ja.Slides) {
		t.Errorf("%d slides in English, %d in Japanese", len(en.Slides), len(ja.Slides))
	}
}

// TestSlidesNameCommands looks up each workshop command that a slide or a note
// names beside its demos.
func TestSlidesNameCommands(t *testing.T) {
	named := regexp.MustCompile("(?m)(?:`|^ )workshop ([^`\n]+)")
	for _, language := range languages {
		source, err := slides.Files.ReadFile(lesson.DeckFile(language))
		if err != nil {
			t.Fatal(err)
		}
		found := named.FindAllStringSubmatch(string(source), -1)
		if len(found) < 5 {
			t.Errorf("%s names %d commands only: %q", language, len(found), found)
		}
		for _, f := range found {
			words := strings.Fields(strings.Split(f[1], "  ")[0]) // the rest of the line is what it is for
			if err := knownCommand(words); err != nil {
				t.Errorf("%s: workshop %s: %v", language, f[1], err)
			}
		}
	}
}
