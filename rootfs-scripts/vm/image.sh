#!/bin/bash
# image.sh ARCH OUT PACKAGE...: the guest's initramfs: what fetch.sh brought, the
# guest's init, the project's files, workshop, and a test binary for each package
# that has tests. Needs no root: cpio gives everything to root.
set -euo pipefail

arch=$1 out=$2
shift 2
export GOOS=linux GOARCH=$arch CGO_ENABLED=0

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT TERM HUP
root=$new/root

# build FILE PACKAGE
build() { go build -ldflags='-s -w' -o "$root/$1" "$2"; }

cp -a ".cache/vm/$arch/root" "$root"
cp -a ".cache/vm/$arch/modules" "$root/modules"
mkdir -p "$root"/{dev,proc,sys,run,root,tmp,suite,src,usr/local/bin,var/tmp}
chmod 755 "$root" # pivot_root to it from a user namespace needs search permission
chmod 1777 "$root/tmp" "$root/var/tmp"
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
printf '127.0.0.1 localhost guest\n' >"$root/etc/hosts"

# Tests read the project's files: their own testdata, the lessons, step files.
git ls-files -co --exclude-standard -z | xargs -0r cp --parents -t "$root/src" --

build init ./internal/guest/init
build usr/local/bin/workshop ./cmd/workshop
build suite/test2json cmd/test2json
# What a learner builds: there is no Go inside. A starter is the solution of the
# lesson before, but for the first.
for dir in lessons/01-*/starter lessons/*/solution; do
	build "suite/$dir/box" "./$dir"
done

# All test binaries in one call: each would read all packages again.
tested=$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{.Dir}}{{end}}' "$@")
# shellcheck disable=SC2046 # a list of packages
go test -c -ldflags='-s -w' -o "$root/suite/" $(cut -d ' ' -f 1 <<<"$tested")
while read -r pkg dir; do
	echo "$pkg /src${dir#"$PWD"} ${pkg##*/}.test"
done <<<"$tested" >"$root/suite/list"

(cd "$root" && find . -print0 | cpio -0 -o -H newc -R 0:0 --quiet) >"$new/cpio"
mv "$new/cpio" "$out"
