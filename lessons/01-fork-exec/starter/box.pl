#!/usr/bin/perl
# ---- Exercise 1: fork-exec ---------------------------------------------
# This program becomes the shell: nobody is left to wait for it. Let a child
# become the shell, wait for it, and end with its exit code (128 + N if
# signal N ended it).
# With:      fork, exec, waitpid, $?
# Judged by: sudo workshop check 1 -- ./box.pl
#
# このプログラムは自分がシェルになるので、終わりを待つ人がいません。シェルには
# 子プロセスがなるようにして、それを待ち、その終了コードで終わってください(
# シグナルNで終わったときは128+N)。
# ------------------------------------------------------------------------

# box.pl [COMMAND...]: becomes a shell.
use strict;
use warnings;

my @command = @ARGV ? @ARGV : "/bin/sh";

# execve(2): another program, and the same process.
exec { $command[0] } @command or die "exec $command[0]: $!\n";
