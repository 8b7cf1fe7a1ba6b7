// Package lesson reads the lessons and plays them.
//
// A lesson is one Markdown file in each language, lessons/NN-name/lesson.md and
// lesson.ja.md. It is read on a forge as plain Markdown, in a terminal by [Show],
// and played by [Player], which runs what the text says and compares.
//
// # The file
//
//	---
//	minutes: 15
//	---
//
//	# chroot: another root directory
//
//	One paragraph: the summary, as the title page shows it.
//
//	## What you will be able to do
//	...
//
// The front part has the minutes that the lesson takes on a stage. After the
// summary come these sections, all of them, in this order, with these headings:
//
//	What you will be able to do  できるようになること  a list
//	The idea                     考え方    few words, and one drawing
//	Watch                        観察      build it, and look at what changed
//	Attack                       攻撃      what is still possible without it, or with it
//	Defend                       防御      what stops the attack, and the proof
//	Exercise                     演習      what to build, and what to find out alone
//	Check                        確認      how to have it judged, and what is looked at
//	Hints                        ヒント    three, for the exercise: see below
//	Quiz                         クイズ    two or three questions: see below
//	What Docker does here        Dockerでは
//	Further reading              参考文献  man pages
//
// A section has paragraphs, lists, quotes, headings of level 3 and fenced
// blocks. In a line there may be *emphasis*, **strong**, `code` and links.
// Tables, images and HTML are not part of the format: a terminal cannot show
// them well. A link to another lesson is ../NN-name/lesson.md.
//
// What to do, and what it looks like done, are beside the text: task.txt, and
// solution/box.sh, box.pl and box.go. The learner begins with the solution of the
// lesson before; see [github.com/how-to-be-a-container/workshop/pkg/exercise]. The
// section ends with the heading "More to find out" (さらに調べる) for what is not
// judged.
//
// # Hints
//
// An ordered list of three items, and nothing else. They lead in stages: where to
// look; which call, and where it belongs; nearly the answer. The command workshop
// hint gives them one by one, and nothing else shows them.
//
// # Quiz
//
// Each question is a heading of level 3. After it come a list of three or four
// answers, of which exactly one is right, and at least one paragraph that
// explains: why this one is right, and why the tempting one is not.
//
//	### What does chroot(2) change?
//
//	- [ ] the mount table of the process
//	- [x] where a path that begins with / starts
//	- [ ] the process's user
//
//	Only that. ...
//
// # Speaker's notes
//
// What the speaker should say, point at or beware of is an HTML comment of its
// own, anywhere in a section. A forge does not show it, and workshop only with
// --notes. Its text is Markdown as in a section, and may have several paragraphs;
// in a list the comment would belong to the item before it, so an empty line
// and no indent stand before it.
//
//	<!-- notes: Wait here. Somebody always asks about the second chroot. -->
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
// LC_ALL is C.UTF-8, WORKSHOP_LANG is the language of the text, and a line has 80
// columns: workshop explains in the lesson's language, and other programs speak
// English. What the commands do is not the learner's own progress.
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
//	                 are separated by commas: see [Need]
//	timeout=60s      the longest that the block may take; without it, 30s
//	interactive      on a terminal the commands can read the keyboard, and what
//	                 comes out is not judged; elsewhere it is
//
// A command that ends with 77, without being expected to, says that this machine
// cannot do it: the block counts as not played, as with needs.
//
// In the two languages the blocks are the same: the commands, their order and
// the attributes, letter by letter. What must be seen is in the language of the
// text.
//
// A block with another word, or with none, is only shown: a drawing (text, at
// most 76 columns wide), source code, or commands that the reader is to type.
//
// # Lint
//
// [Lint], which is workshop lint, finds what reading does not:
//
//   - a language, the task, a part of it, or a solution is missing, or there is a
//     file or a folder that nothing reads, or a number twice;
//   - a file has carriage returns, a byte order mark, or what is not UTF-8;
//   - Watch, Attack or Defend has no speaker's note;
//   - a transcript claims nothing: some command is expected to say something, and
//     whatever it says would be right, since "..." stands for all of it, and the
//     exit code is 0. A transcript whose commands say nothing at all is there for
//     those after it, and claims silence and success;
//   - English and Japanese run other blocks, or the right answer of a question
//     has another number;
//   - a drawing has a tab or more than 76 columns, or a line of a command more than 80;
//   - a command of workshop in `code` or in a block of sh does not exist, with
//     its flags, or a link to a lesson leads nowhere.
package lesson
