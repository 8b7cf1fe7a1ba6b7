#!/bin/sh
# box.sh [COMMAND...]: starts a shell as a child, and waits for it.
set -eu
[ $# -gt 0 ] || set -- /bin/sh

# Ctrl-C is for the child: who waits goes on waiting, as system(3) does.
trap : INT

# The bracket is fork(2): what is in it, a copy of this shell does, the child.
# The parent waits for it: wait4(2).
(
	# execve(2): another program, and the same process.
	exec "$@"
)
# The last exit code is that of the script: the child's.
