package check

import (
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

var chrootPoints = []point{
	{lesson: 2, name: "root", says: lang.N("/ is another directory"), judge: otherRoot, hint: rootHint},
	{lesson: 2, name: "cwd", says: lang.N("the working directory is inside"), judge: cwdInside, hint: cwdHint},
	{lesson: 2, name: "marker", says: lang.N("a file of the host cannot be opened by its name"), judge: noMarker, hint: markerHint},
}

func otherRoot(e *evidence) verdict {
	if e.shell.Root.Same(e.host.Root) {
		return fails(lang.F("/ of the shell is the host's: %s", device(e.shell.Root)))
	}
	return holds(lang.F("/ is %s, and the host's is %s", device(e.shell.Root), device(e.host.Root)))
}

// device names a directory by what does not depend on the reader.
func device(l observe.Link) string {
	_, rest, _ := strings.Cut(l.String(), "(")
	return strings.TrimSuffix(rest, ")")
}

func rootHint(e *evidence) string {
	other := e.who(func(s *observe.Snapshot) bool { return !s.Root.Same(e.host.Root) })
	switch {
	case other != nil:
		return lang.F("Process %s has another root, and the shell has not: chroot(2) changes the process that calls it, and what that forks from then on. Call it in the process that executes the shell.", called(other))
	case e.lesson > 2:
		return lang.T("Nothing has changed the root of the shell. Did pivot_root(2) fail? new_root must be a mount point, so bind it on itself first, and chdir into it after that; and no mount may be shared: mount --make-rprivate / comes before it.")
	}
	return lang.T("Call chroot(2) with $ROOTFS in the child: after fork(2) and before execve(2). In a shell script:\n\tchroot \"$ROOTFS\" /bin/sh")
}

func cwdInside(e *evidence) verdict {
	if e.shell.Root.Same(e.host.Root) {
		return fails(lang.T("there is no new root that it could be in"))
	}
	if e.cwdInside {
		return holds(lang.F("from it, .. leads to the new root, and not past it"))
	}
	return fails(lang.F("it is %s, as the host names it: outside of the new root", harmless(e.shell.Cwd.Path)))
}

func cwdHint(*evidence) string {
	return lang.T("chroot(2) changes what / means, and leaves the working directory where it is: outside, and from there every .. is open. Call chdir(\"/\") right after chroot(2).")
}

func noMarker(e *evidence) verdict {
	if e.read != "" {
		return fails(lang.F("the shell has read %s", e.marker))
	}
	return holds(lang.F("the shell cannot open %s", e.marker))
}

func markerHint(e *evidence) string {
	if e.shell.Root.Same(e.host.Root) {
		return rootHint(e)
	}
	return lang.F("The root is another one, and still %s is there by its name: the host's /run is mounted inside. Leave that mount out.", e.marker)
}
