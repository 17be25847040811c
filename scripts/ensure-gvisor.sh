#!/bin/sh
# Makes sure of runsc, the program of gVisor's sandboxes, in the version of scripts/gvisor/go.mod: built from its Go module
# (once; about four minutes on two idle cores, 2 GB of Go's cache). Prints where it is. Exits 1, and says so loudly, where it
# cannot be had.
set -eu
cd "$(dirname "$0")/gvisor"

give_up() {
	printf '\n*** %s\n*** What runs in gVisor is left out. %s\n\n' "$1" "Name one that you have in RUNSC_PROGRAM." >&2
	exit 1
}

if [ -n "${RUNSC_PROGRAM:-}" ]; then
	[ -x "$RUNSC_PROGRAM" ] || give_up "RUNSC_PROGRAM names no program."
	echo "$RUNSC_PROGRAM"
	exit 0
fi
version=$(awk '$2 == "gvisor.dev/gvisor" { print $3 }' go.mod)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/shunt-gvisor
program=$cache/runsc-$version
if [ ! -x "$program" ]; then
	command -v go >/dev/null || give_up "Go is not installed, so runsc cannot be built."
	mkdir -p "$cache"
	echo "building runsc $version …" >&2
	# Static: a sandbox starts it again where there is no library.
	CGO_ENABLED=0 timeout 1800 go build -mod=readonly -trimpath -ldflags "-s -w" -o "$program.part" gvisor.dev/gvisor/runsc ||
		give_up "runsc cannot be built."
	mv "$program.part" "$program"
fi
echo "$program"
