# This line fixes what the rules mean: what they meant in AppArmor 3.0. A newer
# kernel can control more (user namespaces, io_uring), and would refuse all of
# it.
abi <abi/3.0>,

# The name is the label that ps -Z shows. attach_disconnected: a path that does
# not lead up to / (its mount is gone) counts as if it began there.
# mediate_deleted: a file keeps its rules after it was deleted.
profile $NAME flags=($FLAGS) {
  # What no rule allows is refused, so whole classes are allowed first. All
  # sockets.
  network,
  # Every capability that the process has. A profile never adds one.
  capability,
  # Every file: read, write, link, lock, map, execute.
  file,
  # umount(2). Mounting is another rule, below.
  umount,

  # Processes outside of every profile may send it signals: its supervisor, you.
  signal (receive) peer=unconfined,
  # So may the processes of all our containers, as with Docker, where they share
  # one profile. A Go program sends itself SIGURG and needs this.
  signal (send,receive) peer=workshop-*,
  # They may trace each other, as strace does, and nobody else.
  ptrace (trace,tracedby,read,readby) peer=workshop-*,

  # Now single things are taken away: a deny wins over every allow, wherever it
  # stands. No mount(2), even with CAP_SYS_ADMIN.
  deny mount,

  # No writing to the files right under /proc, such as /proc/sysrq-trigger.
  deny /proc/* w,
  # Nor below it, but for the processes, /proc/NUMBER, and /proc/sys.
  deny /proc/{[^1-9],[^1-9][^0-9],[^1-9s][^0-9y][^0-9s],[^1-9][^0-9][^0-9][^0-9/]*}/** w,
  # Of /proc/sys only what begins with k, which is /proc/sys/kernel.
  deny /proc/sys/[^k]** w,
  # Of that shm* should be left. The pattern also leaves names that share one
  # letter in its place, such as sem and threads-max.
  deny /proc/sys/kernel/{?,??,[^s][^h][^m]**} w,
  # The key that reboots or crashes the machine: not even to be read.
  deny /proc/sysrq-trigger rwklx,
  # The memory of the kernel and of every process: not even to be read.
  deny /proc/kcore rwklx,

  # No writing below /sys: most of it is in no namespace, it is the host's own.
  # Five rules spell "all but /sys/fs/cgr*", letter by letter: all but /sys/f*,
  deny /sys/[^f]*/** wklx,
  # ... of those with f all but fs,
  deny /sys/f[^s]*/** wklx,
  # ... of those in fs all but c*,
  deny /sys/fs/[^c]*/** wklx,
  # ... all but cg*,
  deny /sys/fs/c[^g]*/** wklx,
  # ... all but cgr*, which is cgroup.
  deny /sys/fs/cg[^r]*/** wklx,
  # The firmware's tables and variables: the wrong write bricks a machine.
  deny /sys/firmware/** rwklx,
  # The energy meters: how much power is used tells what is computed (PLATYPUS).
  deny /sys/devices/virtual/powercap/** rwklx,
  # The files through which profiles are loaded and removed.
  deny /sys/kernel/security/** rwklx,

  # Up to here the rules are docker-default's. This one is the lesson's: a file
  # that whoever owns it may write, chmod and delete, and not read. A deny
  # leaves no trace in the log; audit makes it say so.
  audit deny /**/diary r,
  # The talk's: this program cannot be run, read, mapped, locked, linked or
  # written.
  audit deny /usr/bin/top mrwklx,
$DENY}
