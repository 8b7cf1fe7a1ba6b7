#!/usr/bin/perl
# box.pl [COMMAND...]: a shell whose list of mounts begins at $ROOTFS.
use strict;
use warnings;
use POSIX ();

my $rootfs = $ENV{ROOTFS}
    // die "ROOTFS is not set. Try: ROOTFS=\$(workshop rootfs path)\n";
my @command = @ARGV ? @ARGV : "/bin/sh";

# Perl has no word for these calls: syscall makes any call, by its number, and a
# machine of another architecture has other numbers.
my $nr = (POSIX::uname())[4] eq "aarch64"
    ? { unshare => 97, mount => 40, umount2 => 39, pivot_root => 41 }
    : { unshare => 272, mount => 165, umount2 => 166, pivot_root => 155 };
use constant {
    CLONE_NEWNS => 0x20000,
    MS_BIND     => 0x1000, MS_REC => 0x4000, MS_PRIVATE => 0x40000,
    MNT_DETACH  => 2,
};

sub call {
    my ($name, @args) = @_;
    syscall($nr->{$name}, @args) == 0 or die "$name $args[0]: $!\n";
}

# Ctrl-C is for the child: who waits goes on. execve forgets this.
$SIG{INT} = sub { };

# fork(2): two processes go on from here, and in the child $pid is 0.
my $pid = fork // die "fork: $!\n";
if ($pid == 0) {
    # A copy of the list of mounts, to rebuild.
    call("unshare", CLONE_NEWNS);
    # What happens to a shared mount would happen on the host as well.
    call("mount", "none", "/", 0, MS_REC | MS_PRIVATE, 0);
    # A new root must be a mount point: bound to itself, any directory is.
    call("mount", $rootfs, $rootfs, 0, MS_BIND | MS_REC, 0);
    # "." is the new root from here on, whatever happens to the paths.
    chdir $rootfs or die "chdir $rootfs: $!\n";
    # The old root lands on top of the new one: it needs no directory.
    call("pivot_root", ".", ".");
    # Take it off: until then the host is one ".." away.
    call("umount2", ".", MNT_DETACH);
    chdir "/" or die "chdir /: $!\n";
    # execve(2): another program, and the same process.
    exec { $command[0] } @command or die "exec $command[0]: $!\n";
}

# wait4(2): until somebody asks for its exit code, a dead child is a zombie.
waitpid $pid, 0;
# Ended by signal N, it has none: then 128 + N, as shells say it.
exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
