#!/bin/bash
# test.sh RUN...: runs the tests in each of: local, amd64, arm64 (the last two are
# guests), debian (the machine that provision.sh has made), and prints one report.
# Its exit code is the report's.
set -euo pipefail

here=$(dirname "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP

go build -o "$dir/testreport" ./internal/testreport
guests=() files=() packages=(cpio)
for run in "$@"; do
	files+=("$run=$dir/$run.json")
	case $run in
	local)
		# Whoever runs us may have us ignore signals, as nohup does, and tests send some.
		# shellcheck disable=SC2086 # a list of packages
		env --default-signal=HUP,INT go test -json ${TEST_PACKAGES:-./...} | "$dir/testreport" record "$dir/local.json" ||
			grep -q '"Action":"fail"' "$dir/local.json" ||
			echo '{"Action":"fail","Package":"go test"}' >>"$dir/local.json"
		;;
	debian)
		"$here/provisioned.sh" "$dir/debian.json" || true
		;;
	arm64) guests+=("$run") packages+=(qemu-system-arm) ;;
	*) guests+=("$run") packages+=(qemu-system-x86) ;;
	esac
done

# A guest that cannot even start leaves no results, and the report says so.
if [ ${#guests[@]} -gt 0 ] && "$here/../install-packages.sh" "${packages[@]}"; then
	printf '%s\n' "${guests[@]}" |
		xargs -P 2 -I{} "$here/guest.sh" {} "$dir/{}.json" || true
fi
if [ "$*" = noapparmor ]; then
	"$dir/testreport" without AppArmor "${files[0]}"
else
	"$dir/testreport" show "${files[@]}"
fi
