package lesson

import (
	"path"
	"strings"
)

// compare sees to it that the two texts run and ask the same. In each section it
// tells of the first difference: what comes after it may be a consequence.
func (l *linter) compare(english, japanese *Lesson) {
	if english.Minutes != japanese.Minutes {
		l.add(japanese.File, 2, "%d minutes, and in English %d", japanese.Minutes, english.Minutes)
	}
	for _, kind := range kinds() {
		l.compareTranscripts(english, japanese, english.Section(kind), japanese.Section(kind))
	}
	l.compareQuiz(english, japanese)
}

func (l *linter) compareTranscripts(english, japanese *Lesson, e, j *Section) {
	there, here := transcripts(e), transcripts(j)
	for i := range max(len(there), len(here)) {
		switch {
		case i >= len(here):
			l.add(japanese.File, j.Line, "%q has no transcript like that of %s:%d: $ %s",
				j.Heading, path.Base(english.File), there[i].Line, there[i].Commands[0].Text)
			return
		case i >= len(there):
			l.add(japanese.File, here[i].Line, "%s has no such transcript in %q", path.Base(english.File), e.Heading)
			return
		case l.differ(english, japanese, there[i], here[i]):
			return
		}
	}
}

func transcripts(s *Section) []*Transcript {
	var list []*Transcript
	for _, b := range s.Blocks {
		if b.Transcript != nil {
			list = append(list, b.Transcript)
		}
	}
	return list
}

// differ tells the first difference of two transcripts.
func (l *linter) differ(english, japanese *Lesson, e, j *Transcript) bool {
	if e.Attributes != j.Attributes {
		l.difference(english, japanese, e, j, "attributes", e.Attributes, j.Attributes)
		return true
	}
	for i := range max(len(e.Commands), len(j.Commands)) {
		there, here := "", ""
		if i < len(e.Commands) {
			there = prompt + e.Commands[i].Text
		}
		if i < len(j.Commands) {
			here = prompt + j.Commands[i].Text
		}
		if there != here {
			l.difference(english, japanese, e, j, "commands", there, here)
			return true
		}
	}
	return false
}

func (l *linter) difference(english, japanese *Lesson, e, j *Transcript, what, there, here string) {
	show := func(text string) string {
		if text == "" {
			return "(none)"
		}
		return strings.ReplaceAll(text, "\n", "\n      > ")
	}
	l.add(japanese.File, j.Line, "the %s are not those of %s:%d\n    - %s\n    + %s",
		what, path.Base(english.File), e.Line, show(there), show(here))
}

// compareQuiz sees to it that an answer has the same number in both languages.
func (l *linter) compareQuiz(english, japanese *Lesson) {
	if len(english.Quiz) != len(japanese.Quiz) {
		l.add(japanese.File, japanese.Section(Quiz).Line, "%d questions, and in English %d", len(japanese.Quiz), len(english.Quiz))
		return
	}
	for i := range english.Quiz {
		e, j := &english.Quiz[i], &japanese.Quiz[i]
		switch {
		case len(e.Answers) != len(j.Answers):
			l.add(japanese.File, j.Line, "%d answers, and in English %d", len(j.Answers), len(e.Answers))
		case e.Right() != j.Right():
			l.add(japanese.File, j.Line, "answer %d is right, and in English %d", j.Right(), e.Right())
		}
	}
}
