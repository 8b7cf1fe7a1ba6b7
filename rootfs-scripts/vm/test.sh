#!/bin/bash
# test.sh RUN...: runs the tests in each of: local, amd64, arm64 (the last two are
# guests), debian (the machine that provision.sh has made), two at a time in this
# order, and prints one report. Its exit code is the report's.
set -euo pipefail

here=$(dirname "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP
export here dir

# run NAME runs the tests there, and leaves what they print in $dir/NAME.json.
run() {
	case $1 in
	local)
		# Whoever runs us may have us ignore signals, as nohup does, and tests send some.
		# shellcheck disable=SC2086 # a list of packages
		env --default-signal=HUP,INT go test -json ${TEST_PACKAGES:-./...} | "$dir/testreport" record "$dir/local.json" ||
			grep -q '"Action":"fail"' "$dir/local.json" ||
			echo '{"Action":"fail","Package":"go test"}' >>"$dir/local.json"
		;;
	debian)
		"$here/provisioned.sh" "$dir/debian.json"
		;;
	*)
		"$here/guest.sh" "$1" "$dir/$1.json"
		;;
	esac
}
export -f run

go build -o "$dir/testreport" ./internal/testreport
runs=() files=() guests=() packages=(cpio)
for name in "$@"; do
	files+=("$name=$dir/$name.json")
	case $name in
	local | debian) runs+=("$name") ;;
	arm64) guests+=("$name") packages+=(qemu-system-arm) ;;
	*) guests+=("$name") packages+=(qemu-system-x86) ;;
	esac
done
# A guest that cannot even start leaves no results, and the report says so.
if [ ${#guests[@]} -gt 0 ] && "$here/../install-packages.sh" "${packages[@]}"; then
	runs+=("${guests[@]}")
fi
printf '%s\n' "${runs[@]}" | xargs -P 2 -I{} bash -o pipefail -c 'run {}' || true

if [ "$*" = noapparmor ]; then
	"$dir/testreport" without AppArmor "${files[0]}"
else
	"$dir/testreport" show "${files[@]}"
fi
