#!/bin/bash
# provisioned.sh FILE: makes a Debian, runs provision.sh in it as vagrant up does,
# from the sources alone, then boots it without network, runs the tests of
# rootfs-scripts in there, and records them in FILE.
set -euo pipefail

file=$1
here=$(dirname "$0")
as_root=
[ "$(id -u)" = 0 ] || as_root="sudo --preserve-env=VM_SUITE"
vm=.cache/vm/provisioned
mkdir -p .cache/vm
exec 8>"$vm.lock"
flock 8
rm -rf "$vm" # what a killed run left
dir=$(mktemp -d)
trap 'rm -rf "$dir" "$vm"' EXIT
trap 'exit 130' INT TERM HUP

# suite adds what the guest's init needs to run the tests.
suite() {
	mkdir -p "$dir/project/suite"
	go build -o "$dir/project/suite/init" ./internal/guest/init
	go build -o "$dir/project/suite/test2json" cmd/test2json
	go test -c -o "$dir/project/suite/provision.test" ./rootfs-scripts
	echo "$(go list ./rootfs-scripts) /workshop/rootfs-scripts provision.test" >"$dir/project/suite/list"
	"$here/disk.sh" "$dir/disk" project "$dir/project"
}

if ! {
	"$here/project.sh" "$dir/project" &&
		$as_root "$here/debian.sh" "$vm" "$dir/project" 8>&- &&
		suite &&
		go build -o "$dir/" ./internal/guest/run ./internal/testreport &&
		"$dir/run" -kernel "$vm/vmlinuz" -initrd "$vm/initrd" -disk "$vm/disk" -project "$dir/disk" \
			-args workshop.test -limit "${VM_LIMIT:-10m}" -memory "${VM_MEMORY:-1024M}" |
		"$dir/testreport" record "$file"
}; then
	# Not a test that failed, which is in the results, but the run itself.
	echo '{"Action":"fail","Package":"guest/debian"}' >>"$file"
fi
