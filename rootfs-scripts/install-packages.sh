#!/bin/sh
# install-packages.sh PACKAGE...: installs those that are not installed, through
# apt-get, as root or through sudo. With nothing missing it changes nothing and
# needs no network. It never removes a package: Docker's containerd.io, for one,
# has a runc of its own and would go for Debian's.
set -eu

missing=
for package in "$@"; do
	command -v "$package" >/dev/null && continue
	dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
		missing="$missing $package"
done
test -n "$missing" || exit 0

command -v apt-get >/dev/null || {
	echo "missing:$missing; there is no apt-get here: install them by hand" >&2
	exit 1
}
sudo=
if test "$(id -u)" != 0; then
	command -v sudo >/dev/null || {
		echo "missing:$missing; as root: apt-get install$missing" >&2
		exit 1
	}
	sudo=sudo
fi

echo "installing:$missing" >&2
# shellcheck disable=SC2086 # a list of words
install() {
	$sudo env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq install -y --no-remove --no-install-recommends $missing >&2
}
# The package lists of a fresh machine are empty, and of an old one outdated.
install 2>/dev/null || { $sudo apt-get -qq update >&2 && install; } || {
	echo "could not install:$missing; see what apt-get says above" >&2
	exit 1
}
