#!/usr/bin/perl
# box.pl [COMMAND...]: a shell that can have 32 processes and no more.
use strict;
use warnings;
use POSIX ();

my $rootfs = $ENV{ROOTFS}
    // die "ROOTFS is not set. Try: ROOTFS=\$(workshop rootfs path)\n";
my @command = @ARGV ? @ARGV : "/bin/sh";

# Perl has no word for these calls: syscall makes any call, by its number, and a
# machine of another architecture has other numbers.
my $nr = (POSIX::uname())[4] eq "aarch64"
    ? { unshare => 97, mount => 40, umount2 => 39, pivot_root => 41,
        sethostname => 161, prctl => 167 }
    : { unshare => 272, mount => 165, umount2 => 166, pivot_root => 155,
        sethostname => 170, prctl => 157 };
use constant {
    CLONE_NEWNS  => 0x20000,   CLONE_NEWUTS => 0x4000000,
    CLONE_NEWIPC => 0x8000000, CLONE_NEWPID => 0x20000000,
    CLONE_NEWNET => 0x40000000,
    MS_BIND => 0x1000, MS_REC => 0x4000, MS_PRIVATE => 0x40000, MNT_DETACH => 2,
    PR_SET_PDEATHSIG => 1, SIGKILL => 9,
};

sub call {
    my ($name, @args) = @_;
    syscall($nr->{$name}, @args) == 0 or die "$name $args[0]: $!\n";
}

sub put {
    my ($text, $file) = @_;
    open my $f, ">", $file or die "open $file: $!\n";
    # One write(2), at once: the kernel answers to each with an errno.
    syswrite($f, $text) // die "write $text to $file: $!\n";
}

# Where are the groups that count processes? Version 1 has a tree for them; in
# version 2 there is one tree, and a group must pass a controller on.
sub pids_tree {
    my $v2;
    open my $f, "<", "/proc/self/mountinfo" or die "open mountinfo: $!\n";
    while (<$f>) {
        my ($type, $options) = / - (\S+) \S+ (\S+)$/;
        my $dir = (split)[4];
        return $dir if $type eq "cgroup" && ",$options," =~ /,pids,/;
        $v2 = $dir  if $type eq "cgroup2";
    }
    die "no cgroup tree is mounted\n" if !defined $v2;
    put("+pids", "$v2/cgroup.subtree_control");
    return $v2;
}

# A mkdir makes a group. The limit comes before the first process.
my $parent = $$;
my $name   = "box-$parent";
my $group  = pids_tree() . "/$name";
mkdir $group or die "mkdir $group: $!\n";
# A group does not end with its last process: the parent takes it back.
END { rmdir $group if $$ == $parent && $group }
put("32", "$group/pids.max");

# For the next child, and not for the caller: the child will be process 1 of it.
call("unshare", CLONE_NEWPID);

# Ctrl-C is for the child: who waits goes on. execve forgets this.
$SIG{INT} = sub { };

# fork(2): two processes go on from here, and in the child $pid is 0.
my $pid = fork // die "fork: $!\n";
if ($pid == 0) {
    # 0 is who writes. What it forks from here on is born in the group.
    put("0", "$group/cgroup.procs");
    # Process 1 ends with its parent, and with it the kernel ends the others.
    call("prctl", PR_SET_PDEATHSIG, SIGKILL);
    # A copy of the list of mounts; and a name, IPC and a network of its own.
    call("unshare", CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET);
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
    # It shows the pid namespace of who mounts it: so the child must do it.
    call("mount", "proc", "/proc", "proc", 0, 0);
    # A new uts namespace begins with the name of the old one.
    call("sethostname", "box", 3);
    # execve(2): another program, and the same process.
    exec { $command[0] } @command or die "exec $command[0]: $!\n";
}

# wait4(2): until somebody asks for its exit code, a dead child is a zombie.
waitpid $pid, 0;
# Ended by signal N, it has none: then 128 + N, as shells say it.
exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
