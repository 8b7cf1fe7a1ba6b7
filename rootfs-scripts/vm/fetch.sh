#!/bin/bash
# fetch.sh ARCH: a kernel and the tools of the guest, as packages, into
# .cache/vm/ARCH: vmlinuz, modules/ and root/. What is there already is used
# without network, unless other tools are wanted by now. Needs no root.
#
# apt works in a state of its own, so the machine's stays untouched and ARCH may
# be a foreign one. apt checks its signatures and the hash of each package.
# WORKSHOP_APT_SOURCES names another sources.list, for a distribution that keeps
# the packages of ARCH in another archive (Ubuntu does).
set -euo pipefail

arch=$1
# What the tests and the lessons find on a Debian machine. What is not among
# them, such as awk without its alternatives, is BusyBox's.
tools="apparmor bash busybox-static coreutils dash diffutils findutils grep hostname iproute2
	libc-bin libcap2-bin mount perl-base procps sed util-linux"

cache=.cache/vm
mkdir -p "$cache"
exec 9>"$cache/$arch.lock"
flock 9
rm -rf "$cache/$arch".?????? # what a killed run left
[ "$(cat "$cache/$arch/tools" 2>/dev/null)" = "$tools" ] && exit 0

# Everything is made here and renamed at the end: the cache holds it whole or
# not at all.
new=$(mktemp -d "$PWD/$cache/$arch.XXXXXX")
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT TERM HUP
chmod 755 "$new"

# private_apt writes the configuration that keeps apt inside of $new.
private_apt() {
	mkdir -p "$new/apt/lists/partial" "$new/apt/archives/partial"
	: >"$new/apt/status"
	cat >"$new/apt/conf" <<-END
		APT::Architecture "$arch";
		APT::Architectures "$arch";
		APT::Sandbox::User "$(id -un)";
		Dir::State "$new/apt";
		Dir::State::status "$new/apt/status";
		Dir::Cache "$new/apt";
		Acquire::Languages "none";
		Acquire::Retries "3";
	END
	if [ "${WORKSHOP_APT_SOURCES-}" ]; then
		cat >>"$new/apt/conf" <<-END
			Dir::Etc::sourcelist "$(realpath "$WORKSHOP_APT_SOURCES")";
			Dir::Etc::sourceparts "-";
		END
	fi
	export APT_CONFIG="$new/apt/conf"
}

# kernel_package prints the package that depends on the newest kernel for VMs.
kernel_package() {
	for p in "linux-image-cloud-$arch" linux-image-virtual; do # Debian, Ubuntu
		if apt-cache show "$p" >/dev/null 2>&1; then
			echo "$p"
			return
		fi
	done
	echo "fetch.sh: no kernel for $arch. Either the apt sources of this machine could not be" >&2
	echo "reached (see above), or they have none: put ones that do in a file and name it in" >&2
	echo "WORKSHOP_APT_SOURCES." >&2
	return 1
}

# unpack puts all packages into one tree. /bin, /sbin and /lib are links into
# /usr, and tar leaves them so.
unpack() {
	mkdir -p "$new/all/usr/bin" "$new/all/usr/sbin" "$new/all/usr/lib"
	for d in bin sbin lib; do ln -s "usr/$d" "$new/all/$d"; done
	for deb in "$new"/apt/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$new/all" --no-same-owner --keep-directory-symlink
	done
}

# select_kernel keeps the kernel and the modules that the lessons need.
select_kernel() {
	# In /boot, or beside its modules: Debian 14.
	cp "$(find "$new/all" -name 'vmlinuz*' -type f -print -quit)" "$new/vmlinuz"
	mkdir "$new/modules"
	for m in overlay veth; do
		find "$new/all/usr/lib/modules" -name "$m.ko*" -exec cp {} "$new/modules" \;
	done
	if [ -e "$new/modules/overlay.ko.zst" ]; then
		unzstd -q --rm "$new"/modules/*.zst
	elif [ -e "$new/modules/overlay.ko.xz" ]; then
		unxz "$new"/modules/*.xz
	fi
}

# select_tools keeps the programs, their libraries and what they read.
select_tools() {
	mkdir "$new/root"
	tar -c -C "$new/all" --exclude=./boot --exclude=./var --exclude=./usr/share \
		--exclude=./usr/lib/modules --exclude=gconv --exclude=systemd \
		--exclude=udev --exclude=initramfs-tools . |
		tar -x -C "$new/root"
	mkdir "$new/root/usr/share"
	cp -a "$new/all/usr/share/apparmor-features" "$new/root/usr/share/"
	ln -sf dash "$new/root/usr/bin/sh"
}

echo "fetching a kernel and tools for $arch" >&2
private_apt
apt-get -q update >&2
kernel=$(kernel_package)
# shellcheck disable=SC2086 # a list of packages
apt-get -q -y -d --no-install-recommends install "$kernel" $tools >&2
unpack
select_kernel
select_tools
rm -rf "$new/all" "$new/apt"
echo "$tools" >"$new/tools"
rm -rf "${cache:?}/$arch"
mv "$new" "$cache/$arch"
