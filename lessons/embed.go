// Package lessons holds the text of the lessons, inside the binary.
package lessons

import "embed"

// Files has one folder for each lesson, such as 02-chroot, with its lesson.md.
//
//go:embed */lesson*.md
var Files embed.FS
