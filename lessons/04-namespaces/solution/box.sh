#!/bin/sh
# box.sh [COMMAND...]: a shell with its own view of the system.
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
	# The programs are those of the new root now, such as busybox.
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
	# It shows the pid namespace of who mounts it: so the child must do it.
	# Now, for the umount of a larger root than busybox's reads it.
	mount -t proc proc /proc
	# Take the old root off: until then the host is one ".." away.
	umount -l .
	cd /
	# A new uts namespace begins with the name of the old one.
	hostname box
	exec "$@"
fi

# The parent.
[ $# -gt 0 ] || set -- /bin/sh

# Ctrl-C is for the child: who waits goes on waiting, as system(3) does.
trap : INT

# The bracket is fork(2): what is in it, a copy of this shell does, the child.
# The parent waits for it: wait4(2).
(
	# unshare(2) with a flag for each namespace. A pid namespace is for the
	# next child, not for the caller, hence --fork: that one is process 1.
	# With process 1 the kernel ends all the others. It ends with unshare,
	# which ends with us: prctl(PR_SET_PDEATHSIG).
	exec setpriv --pdeathsig KILL \
		unshare --mount --pid --fork --kill-child --uts --ipc --net \
		sh "$0" child "$@"
)
# The last exit code is that of the script: the child's.
