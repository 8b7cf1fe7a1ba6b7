// Package rootfsscripts holds the shell scripts that fill a root filesystem, so
// that the one binary carries them. Each can also be run by hand, as root:
//
//	sh busybox.sh DIR && sh layout.sh DIR busybox
package rootfsscripts

import _ "embed" // for the scripts below

// Busybox fills DIR with a static busybox and a link for each of its applets.
//
//go:embed busybox.sh
var Busybox string

// Debian fills DIR with a small Debian, by mmdebstrap(1) or debootstrap(8).
//
//go:embed debian.sh
var Debian string

// Host fills DIR with a shell and some tools of this machine and their
// libraries. It needs no network.
//
//go:embed host.sh
var Host string

// Layout finishes DIR, whichever script filled it: its directories, device
// nodes, and what says in it whose files these are.
//
//go:embed layout.sh
var Layout string
