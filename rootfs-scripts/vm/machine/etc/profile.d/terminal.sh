# shellcheck shell=sh
# A serial line does not tell the size of the terminal at its other end: the
# kernel's arguments do.
size=$(tr ' ' '\n' </proc/cmdline | sed -n 's/^workshop\.\(columns\|rows\)=/\1 /p')
if test -t 0 && test -n "$size"; then
	# shellcheck disable=SC2086 # "columns 100 rows 30"
	stty $size
fi
unset size
