#!/usr/bin/perl
# box.pl [COMMAND...]: a shell that may write a diary, and not read it.
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
        sethostname => 161, prctl => 167,
        arch => 0xc00000b7, mkdir => [34] }
    : { unshare => 272, mount => 165, umount2 => 166, pivot_root => 155,
        sethostname => 170, prctl => 157,
        arch => 0xc000003e, mkdir => [83, 258] };
use constant {
    CLONE_NEWNS  => 0x20000,   CLONE_NEWUTS => 0x4000000,
    CLONE_NEWIPC => 0x8000000, CLONE_NEWPID => 0x20000000,
    CLONE_NEWNET => 0x40000000,
    MS_BIND => 0x1000, MS_REC => 0x4000, MS_PRIVATE => 0x40000, MNT_DETACH => 2,
    PR_SET_PDEATHSIG => 1, SIGKILL => 9,
    PR_CAPBSET_DROP => 24, CAP_SYS_CHROOT => 18, CAP_SYS_TIME => 25,
    PR_SET_SECCOMP => 22, SECCOMP_MODE_FILTER => 2,
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

# The filter is a program for the kernel: code, jump if true, jump if false,
# constant. It is asked about every call.
sub install_filter {
    my @code = (
        [0x20, 0, 0, 4],              # load the architecture of the call
        [0x15, 1, 0, $nr->{arch}],    # ours: jump over the next one
        [0x06, 0, 0, 0x80000000],     # not ours, and so are its numbers: kill
        [0x20, 0, 0, 0],              # load the number of the call
        [0x35, 0, 1, 0x40000000],     # as large as that: those of x32
        [0x06, 0, 0, 0x80000000],     # kill
        (map { [0x15, 0, 1, $_],      # mkdir or mkdirat
               [0x06, 0, 0, 0x50001]  # errno 1: EPERM
             } @{ $nr->{mkdir} }),
        [0x06, 0, 0, 0x7fff0000],     # all else is allowed
    );
    # A struct sock_fprog: how many instructions, and where they are.
    my $code    = pack "(SCCL)*", map { @$_ } @code;
    my $program = pack "S x6 P", scalar @code, $code;
    call("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, $program);
}

# A mkdir makes a group. The limit comes before the first process.
my $parent = $$;
my $name   = "box-$parent";
my $group  = pids_tree() . "/$name";
mkdir $group or die "mkdir $group: $!\n";
put("32", "$group/pids.max");

# The profile, loaded under our name. What no rule allows is refused, so all
# that a shell needs is allowed first; a deny wins over every allow.
open my $parser, "|-", "apparmor_parser --add --skip-cache"
    or die "apparmor_parser: $!\n";
print $parser <<"PROFILE";
abi <abi/3.0>,
profile $name {
    file, capability, network, signal, ptrace, unix,
    deny /**/diary r,
}
PROFILE
my $loaded = close $parser or die "apparmor_parser has failed\n";

# What does not end with the last process, the parent takes back.
END {
    if ($$ == $parent) {
        rmdir $group if $group;
        put($name, "/sys/kernel/security/apparmor/.remove") if $loaded;
    }
}

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
    # After all that may need them: they never come back. The bounding
    # set is what execve lets root have: from there on they are in no set.
    call("prctl", PR_CAPBSET_DROP, $_) for CAP_SYS_CHROOT, CAP_SYS_TIME;
    # The label is for the next execve of who writes. Acting at once, it would
    # bind what this program still has to do.
    # With a new label, execve forgets the signal at the parent's death.
    put("exec $name", "/proc/self/attr/apparmor/exec");
    # Last: a filter may forbid what the others need.
    install_filter();
    # execve(2): another program, and the same process.
    exec { $command[0] } @command or die "exec $command[0]: $!\n";
}

# wait4(2): until somebody asks for its exit code, a dead child is a zombie.
waitpid $pid, 0;
# Ended by signal N, it has none: then 128 + N, as shells say it.
exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
