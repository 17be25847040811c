#!/bin/sh
# Makes the reference program (Linkerd's proxy-init) available to the recorder and the benchmarks, as
# dist/reference/proxy-init. Prints where it is. Exits 1, and says so loudly, where it cannot be had.
set -eu
cd "$(dirname "$0")/.."

package=github.com/linkerd/linkerd2-proxy-init/proxy-init@latest
program="$PWD/dist/reference/proxy-init"

give_up() {
	printf '\n*** %s\n*** What needs the reference program is left out. %s\n\n' "$1" \
		"Name one that you have built yourself in PROXY_INIT." >&2
	exit 1
}

if [ -x "${PROXY_INIT:-$program}" ]; then
	echo "${PROXY_INIT:-$program}"
	exit 0
fi
command -v go >/dev/null || give_up "Go is not installed, so proxy-init cannot be built."
echo "installing $package …" >&2
GOBIN="$(dirname "$program")" timeout 300 go install "$package" ||
	give_up "go install $package failed."
echo "$program"
