#!/bin/sh
# debian.sh DIR: fills DIR with the smallest Debian that the lessons need. On
# Ubuntu it is an Ubuntu: the release and the mirror are those of this machine.
set -eu
root=$1
# perl-base, for the talk's chroot escape, is in every Debian already.
packages=procps,iproute2,libcap2-bin

# shellcheck disable=SC1091 # the machine's own file
suite=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
# shellcheck disable=SC2016 # apt-get expands these
mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
	'Created-By: Packages' 2>/dev/null |
	awk -v s="$suite" '$1 == s && $2 == "main" { print $3; exit }') || mirror=
# Without a Debian around us, the tool's own default mirror.
test -n "$mirror" || suite=stable

failed() {
	echo "$1 has failed, as it says above; it needs the network;" \
		"without network: workshop rootfs build busybox" >&2
	exit 1
}

if command -v mmdebstrap >/dev/null; then
	mmdebstrap --mode=root --variant=minbase --include="$packages" \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$suite" "$root" ${mirror:+"$mirror"} || failed mmdebstrap
elif command -v debootstrap >/dev/null; then
	debootstrap --variant=minbase --include="$packages" \
		"$suite" "$root" ${mirror:+"$mirror"} || failed debootstrap
	rm -rf "$root/var/cache/apt/archives" "$root/var/lib/apt/lists" \
		"$root/usr/share/doc" "$root/usr/share/man" "$root/usr/share/locale"
else
	echo "neither mmdebstrap nor debootstrap is here;" \
		"install one: sudo apt-get install -y mmdebstrap" >&2
	exit 1
fi
