#!/bin/sh
# host.sh DIR: fills DIR with a shell and some tools of this machine, and the
# libraries that they are linked with. It needs no network.
set -eu
root=$1
tools="sh bash perl env id whoami ls cat echo printf pwd mkdir rmdir rm cp mv ln
touch stat chmod chown chroot mknod mount umount hostname uname date ps top kill
sleep true false test head tail wc grep sed awk sort tr cut seq dd df du find
readlink tty ip capsh getcap setcap unshare nsenter getent ldd"

# Where /bin is a link to /usr/bin, it is one here too.
for d in /bin /sbin /lib /lib32 /lib64 /libx32; do
	if test -L "$d"; then
		mkdir -p "$root/usr$d"
		ln -s "usr$d" "$root$d"
	fi
done

# copy FILE: to the same path below root, with its content where it is a link.
copy() {
	test -e "$root$1" && return
	mkdir -p "$root$(dirname "$1")"
	cp -L "$1" "$root$1"
}

# libraries FILE: the paths in what ldd(1) says; none for a static binary or a
# script.
libraries() {
	ldd "$1" 2>/dev/null | tr '[:space:]' '\n' | grep '^/' || true
}

for tool in $tools; do
	for path in /usr/sbin/$tool /usr/bin/$tool /sbin/$tool /bin/$tool; do
		test -x "$path" || continue
		copy "$path"
		for lib in $(libraries "$path"); do
			copy "$lib"
		done
	done
done
chroot "$root" /bin/sh -c : </dev/null ||
	{ echo "the copied /bin/sh does not start in $root" >&2 && exit 1; }
