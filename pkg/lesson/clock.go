package lesson

import (
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// clock tells a speaker how the time goes.
type clock struct {
	start   time.Time
	entered map[*Lesson]time.Time
	minutes int // of all lessons
	lessons int
}

func newClock(lessons []*Lesson) *clock {
	c := &clock{start: time.Now(), entered: make(map[*Lesson]time.Time), lessons: len(lessons)}
	for _, l := range lessons {
		c.minutes += l.Minutes
	}
	return c
}

// enter notes when a lesson was begun.
func (c *clock) enter(l *Lesson) {
	if _, again := c.entered[l]; !again {
		c.entered[l] = time.Now()
	}
}

// text gives minutes: how many are over, of how many, for this lesson and, where
// there are several, for all.
func (c *clock) text(l *Lesson) string {
	here := minutesSince(c.entered[l])
	if c.lessons == 1 {
		return lang.F("%d/%d min", here, l.Minutes)
	}
	return lang.F("%d/%d · %d/%d min", here, l.Minutes, minutesSince(c.start), c.minutes)
}

func minutesSince(t time.Time) int { return int(time.Since(t) / time.Minute) }
