#!/bin/sh
# layout.sh DIR KIND: finishes the root filesystem in DIR: its directories, its
# device nodes, and what says in it whose files these are.
set -eu
root=$1 kind=$2
cd "$root"

mkdir -p bin dev etc home mnt proc root run sbin sys tmp usr/bin usr/local/bin \
	usr/sbin var/lib var/log var/tmp dev/pts dev/shm
chmod 755 . && chmod 1777 tmp var/tmp dev/shm && chmod 700 root

# node NAME MAJOR MINOR
node() {
	test -c "dev/$1" || mknod -m 666 "dev/$1" c "$2" "$3" || refused="${refused-} $1"
}
refused=
node null 1 3
node zero 1 5
node full 1 7
node random 1 8
node urandom 1 9
node tty 5 0
if test -n "$refused"; then
	# Better no node than a plain file that only looks like one; but half of
	# all shell scripts write to /dev/null, and an empty file takes that.
	test -e dev/null || : >dev/null
	chmod 666 dev/null
	echo "note: mknod is not permitted here (no CAP_MKNOD?): missing in /dev:$refused;" \
		"/dev/null is a plain file" >&2
fi
ln -sfn /proc/self/fd dev/fd
ln -sfn /proc/self/fd/0 dev/stdin
ln -sfn /proc/self/fd/1 dev/stdout
ln -sfn /proc/self/fd/2 dev/stderr
ln -sfn pts/ptmx dev/ptmx

echo "$kind" >etc/workshop-rootfs
echo "workshop-$kind" >etc/hostname
printf '127.0.0.1\tlocalhost workshop-%s\n::1\tlocalhost\n' "$kind" >etc/hosts

if test "$kind" = debian; then
	chroot . useradd --create-home --uid 1000 --shell /bin/bash learner
	sed -i "s/^PRETTY_NAME=\"\(.*\)\"/PRETTY_NAME=\"workshop $kind: \1, in a learner's root filesystem\"/" \
		usr/lib/os-release
else
	echo "root:x:0:0:root:/root:/bin/sh
learner:x:1000:1000:an ordinary user:/home/learner:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/bin/false" >etc/passwd
	echo "root:x:0:
tty:x:5:
learner:x:1000:
nogroup:x:65534:" >etc/group
	echo "NAME=\"workshop $kind\"
ID=workshop
PRETTY_NAME=\"workshop $kind: a learner's root filesystem\"" >etc/os-release
fi
echo "VARIANT=\"workshop $kind\"
VARIANT_ID=workshop-$kind" >>etc/os-release

# The prompt says where you are. ash and dash read the file that ENV names, bash
# reads ~/.bashrc.
cat >etc/profile <<EOT
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export ENV=/etc/profile
if test "\$(id -u)" = 0; then sign='#'; else sign='\$'; fi
PS1="[workshop $kind] \\\$PWD \$sign "
unset sign
EOT
# busybox's shell prefers its own applets to what is in PATH. By its path, top is
# the file that an AppArmor profile can deny.
test "$kind" != busybox || echo "alias top=/usr/bin/top" >>etc/profile
echo '. /etc/profile' >root/.bashrc
mkdir -p home/learner
cp root/.bashrc home/learner/.bashrc
chown -R 1000:1000 home/learner
