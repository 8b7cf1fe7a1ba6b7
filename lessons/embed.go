// Package lessons holds the lessons, inside the binary.
package lessons

import "embed"

// Files has one folder for each lesson, such as 02-chroot: the texts lesson.md and
// lesson.ja.md, and the program that the learner writes, as it is when the lesson
// begins (starter) and when it is done (solution), in three languages.
//
//go:embed */lesson*.md */starter/box.* */solution/box.*
var Files embed.FS
