#!/bin/sh
# box.sh [COMMAND...]: a shell whose / is $ROOTFS.
set -eu
: "${ROOTFS:?is not set. Try: ROOTFS=\$(workshop rootfs path)}"
[ $# -gt 0 ] || set -- /bin/sh

# Ctrl-C is for the child: who waits goes on waiting, as system(3) does.
trap : INT

# The bracket is fork(2): what is in it, a copy of this shell does, the child.
# The parent waits for it: wait4(2).
(
	# chroot(8) makes three calls: chroot(2), then chdir("/"), for the
	# working directory would stay outside, and execve(2).
	exec chroot "$ROOTFS" "$@"
)
# The last exit code is that of the script: the child's.
