package lesson

// slide is what is shown between two keys: some prose, and then, after a key, a
// transcript; or a question of the quiz.
type slide struct {
	lesson     *Lesson
	section    *Section
	first      bool // of its section
	opening    bool // of its lesson
	prose      []Block
	transcript *Transcript
	announced  bool // the first command of the transcript is on the screen
	question   int  // of the quiz; 0: none
}

// slides divides lessons at their transcripts. The hints are left out.
func slides(list []*Lesson) []*slide {
	var all []*slide
	for _, l := range list {
		for i := range l.Sections {
			s := &l.Sections[i]
			if s.Kind == Hints {
				continue
			}
			part := divide(s.Blocks)
			if s.Kind == Quiz {
				part = ask(l, s.Blocks)
			}
			part[0].first, part[0].opening = true, i == 0
			for _, p := range part {
				p.lesson, p.section = l, s
			}
			all = append(all, part...)
		}
	}
	return all
}

// divide gives the slides of a section. The last one has no transcript: after a
// verdict there is time to look.
func divide(blocks []Block) []*slide {
	now := &slide{}
	list := []*slide{now}
	for _, b := range blocks {
		if b.Transcript != nil {
			now.transcript = b.Transcript
			now = &slide{}
			list = append(list, now)
			continue
		}
		now.prose = append(now.prose, b)
	}
	return list
}

// ask gives a slide for each question, and one after it: there is time to read
// the explanation.
func ask(l *Lesson, notes []Block) []*slide {
	var list []*slide
	for i := range l.Quiz {
		list = append(list, &slide{question: i + 1}, &slide{})
	}
	list[0].prose = notes
	return list
}
