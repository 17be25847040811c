#!/bin/sh
# Makes sure of cnitool, which calls CNI plugins as a runtime does, every command of every version of the specification.
# Prints where it is. Exits 1, and says so loudly, where it cannot be had.
set -eu

package=github.com/containernetworking/cni/cnitool@v1.3.0

give_up() {
	printf '\n*** %s\n*** What needs cnitool is left out. %s\n\n' "$1" "Name one that you have in CNITOOL_PROGRAM." >&2
	exit 1
}

if [ -n "${CNITOOL_PROGRAM:-}" ]; then
	[ -x "$CNITOOL_PROGRAM" ] || give_up "CNITOOL_PROGRAM names no program."
	echo "$CNITOOL_PROGRAM"
	exit 0
fi
command -v go >/dev/null || give_up "Go is not installed, so cnitool cannot be built."
program="$(go env GOPATH)/bin/cnitool"
if [ ! -x "$program" ]; then
	echo "installing $package …" >&2
	timeout 600 go install "$package" || give_up "go install $package failed."
fi
echo "$program"
