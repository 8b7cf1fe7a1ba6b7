#!/bin/bash
# project.sh DIR [WHAT...]: copies the project's files to DIR, and what was built
# besides (bin, man).
set -euo pipefail

dir=$1
shift
mkdir -p "$dir"
git ls-files -co --exclude-standard -z | xargs -0r cp -p --parents -t "$dir" --
[ $# = 0 ] || cp -a "$@" "$dir"
