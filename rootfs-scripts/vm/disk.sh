#!/bin/bash
# disk.sh FILE LABEL DIR [SIZE]: an ext4 file system with what is in DIR, as small
# as may be unless SIZE says otherwise. The file is there whole or not at all.
set -euo pipefail

file=$1 label=$2 dir=$3
size=${4:-$(($(du -sm "$dir" | cut -f1) * 5 / 4 + 16))M}
trap 'rm -f "$file.new"' EXIT
trap 'exit 130' INT TERM HUP
mke2fs -q -F -t ext4 -L "$label" -d "$dir" "$file.new" "$size" >/dev/null
mv "$file.new" "$file"
