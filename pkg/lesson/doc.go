// Package lesson reads the lessons and plays them.
//
// A lesson is one Markdown file, lessons/NN-name/lesson.md. It is read on a
// forge as plain Markdown, in a terminal by [Reader], and played by [Player],
// which runs what the text says and compares.
//
// # The file
//
//	---
//	minutes: 15
//	---
//
//	# chroot: another root directory
//
//	One paragraph: the summary, as `workshop list` and the title page show it.
//
//	## What you will be able to do
//	...
//
// The front part has the minutes that the lesson takes on a stage. After the
// summary come these sections, all of them, in this order, with these headings:
//
//	What you will be able to do    a list
//	The idea                       few words, and one drawing
//	Watch                          build it, and look at what changed
//	Attack                         what is still possible without it, or with it
//	Defend                         what stops the attack, and the proof
//	Exercise                       what to build or find out alone
//	What Docker does here
//	Further reading                man pages
//
// A section has paragraphs, lists, quotes, headings of level 3 and fenced
// blocks. In a line there may be *emphasis*, **strong**, `code` and links.
// Tables, images and HTML are not part of the format: a terminal cannot show
// them well.
//
// # Fenced blocks
//
// A block with the word console is a transcript. It is run, and what it shows
// must come out:
//
//	```console
//	$ workshop 2 -q -- ls /
//	bin
//	...
//	$ workshop 2 -q -- cat /etc/os-release
//	NAME="workshop ..."
//	```
//
// A line that begins with "$ " is a command for sh, on the host, with workshop
// in its PATH. It goes on in lines that begin with "> ", as on a terminal: after a
// backslash, inside quotes, or in a here-document. All commands of a block are
// run by one shell, so a variable, a working directory or a background process
// of one is there for the next; at the end of the block every process of the
// shell is killed. The blocks of one lesson share an empty
// working directory, which is removed at the end. The standard input is empty,
// LC_ALL is C.UTF-8, and a line has 80 columns.
//
// The lines after a command are what must be seen of its output and its errors:
// all of it, in this order, exactly, but for colours and for spaces at the end
// of a line. "..." stands for anything: as a line of its own for any number of
// lines, none too, and inside a line for any text. Empty lines at the end of an
// output do not count.
//
// Attributes follow the word console:
//
//	exit=1           the exit code of the last command; without it, 0.
//	                 The commands before it must end with 0
//	needs=apparmor   the block is played only where the machine has this; several
//	                 are separated by commas: see [Needs]
//	timeout=60s      the longest that the block may take; without it, 30s
//	interactive      on a terminal the commands can read the keyboard, and what
//	                 comes out is not judged; elsewhere it is
//
// A command that ends with 77, without being expected to, says that this machine
// cannot do it: the block counts as not played, as with needs.
//
// A block with another word, or with none, is only shown: a drawing (text, at
// most 76 columns wide), source code, or commands that the reader is to type.
package lesson
