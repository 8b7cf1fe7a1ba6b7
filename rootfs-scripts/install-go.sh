#!/bin/sh
# install-go.sh: prints the directory of a go that can build this module, and
# gets one where there is none: the distribution's, or through it the one that
# the module asks for, kept in .cache/go, or where WORKSHOP_GO says. Everything
# else goes to standard error.
set -eu
cd "$(dirname "$0")/.."
wanted=$(sed -n 's/^go //p' go.mod)
fetched=1.26.8 # what is fetched where no Go is new enough
cache=${WORKSHOP_GO:-$PWD/.cache/go}

say() { echo "install-go: $*" >&2; }

# newest VERSION...: the newest of them.
newest() { printf '%s\n' "$@" | sort -V | tail -n 1; }

# builds GO: whether it is at least of the wanted version, by itself.
builds() {
	have=$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
	have=${have#go}
	test -n "$have" && test "$(newest "$have" "$wanted")" = "$have"
}

# An Ubuntu or a Debian keeps several; the unversioned one may not be the newest.
find_go() {
	for go in "$cache/bin/go" $(command -v go) /usr/local/go/bin/go /usr/lib/go-*/bin/go; do
		if test -x "$go" && builds "$go"; then
			dirname "$go"
			return
		fi
	done
	return 1
}

# The distribution's Go, whatever its version.
any_go() {
	command -v go && return
	say "no go here: installing golang-go"
	"$(dirname "$0")/install-packages.sh" golang-go ca-certificates >&2 || true
	command -v go
}

# fetch GO: the toolchain is a module, and its checksum is verified, the way that
# Go 1.21 and later fetch it by themselves. Go 1.19 of Debian 12 does not know
# how, but it can download a module.
fetch() {
	module=golang.org/toolchain@v0.0.1-go$fetched.linux-$("$1" env GOARCH)
	say "fetching Go $fetched into $cache"
	rm -rf "$cache.new" && mkdir -p "$cache.new"
	(
		cd "$cache.new"
		echo "module fetch" >go.mod
		GOTOOLCHAIN=local GOFLAGS=-modcacherw GOMODCACHE=$cache.new \
			"$1" mod download "$module" >&2
	) || return 1
	from=$cache.new/$module
	chmod +x "$from"/bin/* "$from"/pkg/tool/*/* # a module's files have no modes
	rm -rf "$cache" && mv "$from" "$cache" && rm -rf "$cache.new"
}

find_go && exit
go=$(any_go) || {
	say "no Go; install Go $wanted or later, or as root: apt-get install golang-go"
	exit 1
}
find_go && exit
fetch "$go"
find_go || {
	say "Go $wanted could not be had; install Go $wanted or later by hand"
	exit 1
}
