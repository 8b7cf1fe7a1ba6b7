#!/bin/bash
# login.sh: boots the machine of make vm with its console on this terminal. What
# is written to its disk is kept in .cache/vm/debian; the project is on a second
# disk, made anew each time.
set -euo pipefail

here=$(dirname "$0")
vm=.cache/vm/debian
as_root=
[ "$(id -u)" = 0 ] || as_root="sudo --preserve-env=VM_SUITE"

mkdir -p .cache/vm
exec 8>.cache/vm/login.lock
flock --nonblock 8 || {
	echo "make vm: the machine is running already, in another terminal" >&2
	exit 1
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP

"$here/project.sh" "$dir/project" bin man
[ -e "$vm" ] || $as_root "$here/debian.sh" "$vm" "$dir/project" 8>&-
"$here/disk.sh" "$dir/disk" project "$dir/project"
go build -o "$dir/run" ./internal/guest/run
"$dir/run" -login -arch "$(go env GOHOSTARCH)" -kernel "$vm/vmlinuz" -initrd "$vm/initrd" \
	-disk "$vm/disk" -project "$dir/disk" -memory "${VM_MEMORY:-1024M}" -port "${VM_PORT:-8080}"
