#!/bin/bash
# debian.sh OUT PROJECT: a machine of its own to learn in: a Debian with systemd,
# made from this machine's package sources, in which the provision.sh of the
# folder PROJECT has run. OUT becomes a folder with disk, vmlinuz and initrd.
# Needs root, for chroot(2). VM_SUITE names another release than this machine's.
#
# The bare Debian is kept beside OUT for the next time.
set -euo pipefail

out=$1 project=$2
here=$(dirname "$0")
arch=$(dpkg --print-architecture)
# shellcheck disable=SC1091 # the machine's own file
suite=${VM_SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
base=$(dirname "$out")/base-$suite-$arch.tar

# A killed run leaves its folder; mounts and processes end with it.
work=$(mktemp -d)
trap 'rm -rf "$work" "$out.new" "$base.new"' EXIT
trap 'exit 130' INT TERM HUP
chmod 755 "$work"
root=$work/root

# bare makes the Debian that provision.sh finds: a kernel, systemd and sudo.
bare() {
	local kernel=linux-image-cloud-$arch
	apt-cache show "$kernel" >/dev/null 2>&1 || kernel=linux-image-virtual # Ubuntu
	"$here/sources.sh" "$suite" | mmdebstrap --quiet --mode=root --variant=minbase --format=tar \
		--include="systemd-sysv,dbus,udev,kmod,sudo,login,initramfs-tools,$kernel" \
		--dpkgopt='path-exclude=/usr/share/locale/*' "$suite" "$base.new" -
	mv "$base.new" "$base"
}

# provision runs provision.sh in there. Its mounts and what it starts end with it.
# Who trusts a certificate of their own network, or needs its proxy, does so there.
provision() {
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # start no services
	chmod 755 "$root/usr/sbin/policy-rc.d"
	cp -L /etc/resolv.conf "$root/etc/resolv.conf"
	local trusted=
	if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
		trusted=/tmp/trusted.crt
		cp -L /etc/ssl/certs/ca-certificates.crt "$root$trusted"
	fi
	mkdir -p "$root/workshop"
	# shellcheck disable=SC2016 # the bash inside expands them
	unshare --mount --pid --fork --kill-child -- bash -euc '
		mount --bind "$1" "$1" # a root that is no mount point cannot be made private
		mount -t proc proc "$1/proc"
		mount --rbind /dev "$1/dev"
		mount --bind "$2" "$1/workshop"
		exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
			http_proxy="${http_proxy-}" https_proxy="${https_proxy-}" GOPROXY="${GOPROXY-}" \
			SSL_CERT_FILE="$3" \
			chroot "$1" /workshop/rootfs-scripts/provision.sh' - "$root" "$project" "$trusted"
	rm -f "$root/usr/sbin/policy-rc.d" "$root/tmp/trusted.crt"
	rm -rf "$root"/var/cache/apt/archives/*.deb
}

# inside runs a command in there. Debian 13's systemctl complains without a /proc.
inside() {
	# shellcheck disable=SC2016 # the bash inside expands them
	unshare --mount --pid --fork --kill-child -- bash -euc '
		mount -t proc proc "$1/proc"
		exec chroot "$@"' - "$root" "$@"
}

# machine adds what a Vagrant box has as well: a user, a network, a login.
machine() {
	cp -RL "$here/machine/." "$root"
	chmod 440 "$root/etc/sudoers.d/learner"
	inside useradd --create-home --shell /bin/bash --groups sudo learner
	inside systemctl -q enable systemd-networkd workshop-provision workshop-test
	inside systemctl -q mask systemd-networkd-wait-online apt-daily.timer \
		apt-daily-upgrade.timer man-db.timer
	ln -s workshop/suite "$root/suite"
}

exec 9>"$(dirname "$out")/debian.lock"
flock 9
rm -rf "$out.new" "$base.new" # what a killed run left
# Its shells know no descriptor above 9: mmdebstrap gets no lock.
[ -e "$base" ] || bare 9>&-
mkdir "$root"
tar -x -C "$root" -f "$base"
provision 9>&-
machine
mkdir "$out.new"
"$here/disk.sh" "$out.new/disk" workshop "$root" 6G
cp "$root"/boot/vmlinuz-* "$out.new/vmlinuz"
cp "$root"/boot/initrd.img-* "$out.new/initrd"
chown -R "${SUDO_UID:-0}:${SUDO_GID:-0}" "$out.new"
mv "$out.new" "$out"
