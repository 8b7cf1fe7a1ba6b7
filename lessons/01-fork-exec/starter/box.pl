#!/usr/bin/perl
# box.pl [COMMAND...]: becomes a shell.
use strict;
use warnings;

my @command = @ARGV ? @ARGV : "/bin/sh";

# execve(2): another program, and the same process.
exec { $command[0] } @command or die "exec $command[0]: $!\n";
