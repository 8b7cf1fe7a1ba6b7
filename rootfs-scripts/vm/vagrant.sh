#!/bin/bash
# vagrant.sh: a vagrant to try the Vagrantfile with, where there is none: in
# .cache/vagrant, a Debian of its own, so that this machine stays as it is. Needs
# root, and network the first time.
set -euo pipefail

cache=.cache/vagrant
if command -v vagrant >/dev/null; then exit; fi
mkdir -p .cache
exec 9>"$cache.lock"
flock 9
rm -rf "$cache.new" # what a killed run left
[ -e "$cache" ] && exit 0
trap 'rm -rf "$cache.new"' EXIT
trap 'exit 130' INT TERM HUP

echo "fetching vagrant into $cache" >&2
here=$(dirname "$0")
"$here/../install-packages.sh" mmdebstrap
# shellcheck disable=SC1091 # the machine's own file
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
"$here/sources.sh" | mmdebstrap --quiet --mode=root --variant=minbase --format=directory --include=vagrant,vagrant-libvirt \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' "$suite" "$cache.new" - 9>&-
mv "$cache.new" "$cache"
