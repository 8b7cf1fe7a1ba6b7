package lesson

// slide is what is shown between two keys: some prose, and then, after a key, a
// transcript.
type slide struct {
	lesson     *Lesson
	section    *Section
	first      bool // of its section
	opening    bool // of its lesson
	prose      []Block
	transcript *Transcript
}

// slides divides lessons at their transcripts.
func slides(list []*Lesson) []*slide {
	var all []*slide
	for _, l := range list {
		for i := range l.Sections {
			s := &l.Sections[i]
			part := divide(s.Blocks)
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
