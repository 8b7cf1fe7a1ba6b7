#!/bin/sh
# sources.sh [SUITE]: prints this machine's own package sources, for SUITE or its
# own release: the updates and the security archive are among them, and those of
# other vendors are not.
set -eu

# shellcheck disable=SC1091 # the machine's own file
own=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2016 # apt-get expands these
apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
	awk -v own="$own" -v suite="${1:-$own}" '
		($2 == own || index($2, own "-") == 1) && ($3 == "main" || $3 == "universe") {
			print "deb", $1, suite substr($2, length(own) + 1), $3
		}' | sort -u
