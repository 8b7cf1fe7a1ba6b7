#!/bin/sh
# ---- Exercise 3: pivot-root --------------------------------------------
# The host is still there, one chroot away. Give the child a mount namespace,
# make its mounts private, bind $ROOTFS to itself, swap the roots, and take
# the old one off.
# With:      unshare --mount sh "$0" child ...: the script again, as the
#            child; mount --bind, pivot_root, umount -l (busybox's, by then)
# Judged by: sudo workshop check 3 -- ./box.sh
#
# もう一度chrootすれば、まだホストに手が届きます。子にマウント名前空間を与え、
# マウントをprivateにし、$ROOTFSを自分自身にbindし、ルートを入れ替え、古い
# ルートを外してください。
# ------------------------------------------------------------------------

# box.sh [COMMAND...]: a shell whose / is $ROOTFS.
set -eu
: "${ROOTFS:?is not set. Try: ROOTFS=\$(workshop rootfs path)}"
[ $# -gt 0 ] || set -- /bin/sh

# Ctrl-C is for the child: who waits goes on waiting, as system(3) does.
trap : INT

# The bracket is fork(2): what is in it, a copy of this shell does, the child.
# The parent waits for it: wait4(2).
(
	# chroot(1) makes three calls: chroot(2), then chdir("/"), for the working
	# directory would stay outside, and execve(2).
	exec chroot "$ROOTFS" "$@"
)
# The last exit code is that of the script: the child's.
