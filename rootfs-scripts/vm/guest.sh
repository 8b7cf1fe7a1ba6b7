#!/bin/bash
# guest.sh NAME FILE: runs the tests in the guest NAME (amd64, arm64, or
# noapparmor: amd64 with AppArmor switched off) and records them in FILE.
set -euo pipefail

name=$1 file=$2
here=$(dirname "$0")
arch=$name
args="GUEST_TIMEOUT=${VM_TEST_TIMEOUT:-12m}"
packages=${VM_PACKAGES:-./...}
case $name in
arm64) packages=${VM_ARM64_PACKAGES:-$packages} ;;
noapparmor)
	arch=amd64
	args+=" apparmor=0 WORKSHOP_GUEST_LACKS=AppArmor"
	;;
esac

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP

"$here/fetch.sh" "$arch"
# shellcheck disable=SC2086 # a list of packages
if ! {
	"$here/image.sh" "$arch" "$dir/initrd" $packages &&
		go build -o "$dir/" ./internal/guest/run ./internal/testreport &&
		"$dir/run" -arch "$arch" -kernel ".cache/vm/$arch/vmlinuz" -initrd "$dir/initrd" \
			-args "$args" -limit "${VM_LIMIT:-18m}" -memory "${VM_MEMORY:-2048M}" |
		"$dir/testreport" record "$file"
}; then
	# Not a test that failed, which is in the results, but the run itself.
	echo "{\"Action\":\"fail\",\"Package\":\"guest/$name\"}" >>"$file"
fi
