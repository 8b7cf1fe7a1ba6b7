#!/bin/sh
# busybox.sh DIR: fills DIR with a static busybox and a link for each applet.
set -eu
root=$1
mkdir -p "$root/bin"

# In a root that holds nothing else, only a static binary can start.
starts_alone() {
	cp -L "$1" "$root/bin/busybox" && chmod 755 "$root/bin/busybox" &&
		chroot "$root" /bin/busybox true 2>/dev/null
}

# The package is unpacked and not installed: the machine stays as it is.
fetch() {
	deb=$(mktemp -d) && download_to "$deb" && dpkg -x "$deb"/*.deb "$deb" &&
		found=$(find "$deb" -type f -path '*/bin/busybox') &&
		starts_alone "$found" && rm -r "$deb"
}

# A machine that never asked for the list of packages asks for it here.
download_to() (
	get="apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=0"
	cd "$1"
	$get download busybox-static ||
		{ $get update && $get download busybox-static; }
)

if host=$(command -v busybox) && starts_alone "$host"; then
	echo "using this machine's $host"
elif fetch; then
	echo "using Debian's busybox-static, unpacked"
else
	echo "no static busybox on this machine, and apt-get could not fetch busybox-static;" \
		"without network: workshop rootfs build host" >&2
	exit 1
fi

# Inside, where ln is busybox's own: a fork for each applet and no execve.
# shellcheck disable=SC2016 # the shell inside expands them
chroot "$root" /bin/busybox sh -euc '
	mkdir -p sbin usr/bin usr/sbin
	busybox --list-full | while read -r applet; do
		case $applet in
		bin/busybox) continue ;;
		usr/*/*) up=../.. ;;
		*/*) up=.. ;;
		*) up=. ;;
		esac
		ln -sf "$up/bin/busybox" "$applet"
	done'

# AppArmor sees the path that a link resolves to. To deny top alone, top must
# have a name of its own: a hard link.
ln -f "$root/bin/busybox" "$root/usr/bin/top"
