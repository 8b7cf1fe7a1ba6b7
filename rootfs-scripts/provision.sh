#!/bin/sh
# provision.sh: from a bare Debian or Ubuntu to a machine where every lesson runs.
# vagrant up and make vm call it; on a machine of your own, run it with sudo. In a
# system that runs, a second time changes nothing and needs no network.
set -eu
cd "$(dirname "$0")/.."
export PREFIX="${PREFIX:-/usr/local}"
# Not into the project, which may be a folder of another system.
export WORKSHOP_GO="$PREFIX/lib/workshop/go"
# A service of systemd has no home, and Go wants one for its cache.
export HOME="${HOME:-/root}"

say() { echo "provision: $*"; }

# packages: what the lessons and their transcripts call, what builds the root
# filesystems, and what one reads and writes with.
packages() {
	rootfs-scripts/install-packages.sh apparmor bash-completion bubblewrap \
		busybox-static ca-certificates iproute2 less libcap2-bin make man-db \
		mmdebstrap nano procps runc strace util-linux
}

# built: whether bin/workshop and man are there, as new as the source, and run
# here. They may have come with the project, and then no Go is needed.
built() {
	test -x bin/workshop && test -e man/workshop.1 && bin/workshop version >/dev/null 2>&1 &&
		test -z "$(find cmd internal lessons pkg rootfs-scripts slides go.mod go.sum \
			-type f -newer bin/workshop 2>/dev/null | head -n 1)"
}

program() {
	built || make build man
	make -s install-built
}

root_filesystems() {
	for kind in busybox debian; do
		"$PREFIX/bin/workshop" rootfs path "$kind" >/dev/null 2>&1 ||
			"$PREFIX/bin/workshop" rootfs build "$kind"
	done
}

# greeting: pam_motd(8) shows it after a login.
greeting() {
	cmp -s rootfs-scripts/motd /etc/motd.d/workshop ||
		install -D -m 644 rootfs-scripts/motd /etc/motd.d/workshop
}

# verdict: where a system runs, and not only its files are there.
verdict() {
	test -d /run/systemd/system || return 0
	"$PREFIX/bin/workshop" doctor >/dev/null || "$PREFIX/bin/workshop" doctor || true
}

test "$(id -u)" = 0 || {
	echo "provision.sh: it installs packages and needs root: sudo $0" >&2
	exit 1
}
say "packages"
packages
say "workshop"
program
say "root filesystems"
root_filesystems
say "the greeting after a login"
greeting
verdict
say "done; type: sudo workshop tour"
