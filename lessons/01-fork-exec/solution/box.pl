#!/usr/bin/perl
# box.pl [COMMAND...]: starts a shell as a child, and waits for it.
use strict;
use warnings;

my @command = @ARGV ? @ARGV : "/bin/sh";

# Ctrl-C is for the child: who waits goes on. execve forgets this.
$SIG{INT} = sub { };

# fork(2): two processes go on from here, and in the child $pid is 0.
my $pid = fork // die "fork: $!\n";
if ($pid == 0) {
    # execve(2): another program, and the same process.
    exec { $command[0] } @command or die "exec $command[0]: $!\n";
}

# wait4(2): until somebody asks for its exit code, a dead child is a zombie.
waitpid $pid, 0;
# Ended by signal N, it has none: then 128 + N, as shells say it.
exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
