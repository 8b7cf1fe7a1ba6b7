#!/bin/sh
# ---- Exercise 1: fork-exec ---------------------------------------------
# This program becomes the shell: nobody is left to wait for it. Let a child
# become the shell, wait for it, and end with its exit code (128 + N if
# signal N ended it).
# With:      ( ... ), exec, $?
# Judged by: sudo workshop check 1 -- ./box.sh
#
# このプログラムは自分がシェルになるので、終わりを待つ人がいません。シェルには
# 子プロセスがなるようにして、それを待ち、その終了コードで終わってください(
# シグナルNで終わったときは128+N)。
# ------------------------------------------------------------------------

# box.sh [COMMAND...]: becomes a shell.
set -eu
[ $# -gt 0 ] || set -- /bin/sh

# execve(2): another program, and the same process.
exec "$@"
