package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/check"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TestEachStepIsJudged: a step whose points nobody has put into the list has no check.
func TestEachStepIsJudged(t *testing.T) {
	for _, s := range steps.All() {
		if !slices.Contains(check.Lessons(), s.Lesson) {
			t.Errorf("step %s: no point in points.go has lesson %d", s.Name, s.Lesson)
		}
	}
}

// TestNoSuchLesson: where there is nothing to judge, nothing holds.
func TestNoSuchLesson(t *testing.T) {
	for _, lesson := range []int{0, 99} {
		c := check.Check{Lesson: lesson, Command: []string{"true"}}
		if r, err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "there is a check of lessons") {
			t.Errorf("lesson %d: %+v, %v", lesson, r, err)
		}
	}
}
