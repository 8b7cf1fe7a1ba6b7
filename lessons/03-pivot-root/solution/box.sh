#!/bin/sh
# box.sh [COMMAND...]: a shell whose list of mounts begins at $ROOTFS.
set -eu
: "${ROOTFS:?is not set. Try: ROOTFS=\$(workshop rootfs path)}"

# The child: the parent, below, starts this script again.
if [ "${1-}" = child ]; then
	shift
	# A new root must be a mount point: bound to itself, any directory is.
	mount --bind "$ROOTFS" "$ROOTFS"
	# "." is the new root from here on, whatever happens to the paths.
	cd "$ROOTFS"
	# The old root lands on top of the new one: it needs no directory.
	pivot_root . .
	# The programs are those of the new root now: busybox. (A umount that is
	# not busybox's needs /proc: lesson 4 brings it.)
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
	# Take the old root off: until then the host is one ".." away.
	umount -l .
	cd /
	exec "$@"
fi

# The parent.
[ $# -gt 0 ] || set -- /bin/sh

# Ctrl-C is for the child: who waits goes on waiting, as system(3) does.
trap : INT

# The bracket is fork(2): what is in it, a copy of this shell does, the child.
# The parent waits for it: wait4(2).
(
	# A shell cannot make this call, unshare(1) can: unshare(CLONE_NEWNS), a
	# copy of the list of mounts. It makes all of them private too: what
	# happens to a shared mount would happen on the host as well.
	exec unshare --mount sh "$0" child "$@"
)
# The last exit code is that of the script: the child's.
