// Package lessons holds the lessons, inside the binary.
package lessons

import "embed"

// Files has one folder for each lesson, such as 02-chroot: the texts lesson.md and
// lesson.ja.md, the task of the exercise, and the program that the learner writes,
// as it is when the lesson is done (solution), in three languages. The first lesson
// also has what to begin with (starter).
//
//go:embed */lesson*.md */task.txt */starter/box.* */solution/box.*
var Files embed.FS
