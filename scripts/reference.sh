#!/bin/sh
# Makes the reference program (Linkerd's proxy-init) available to the recorder and the benchmarks, as
# dist/reference/proxy-init. Prints where it is. Exits 1, and says so loudly, where it cannot be had.
# REFERENCE_SOURCE=FOLDER builds it from a checkout of linkerd2-proxy-init instead of the module's newest release, and Linkerd's
# CNI plugin beside it, as dist/reference/linkerd-cni.
set -eu
cd "$(dirname "$0")/.."

package=github.com/linkerd/linkerd2-proxy-init/proxy-init@latest
program="$PWD/dist/reference/proxy-init"

give_up() {
	printf '\n*** %s\n*** What needs the reference program is left out. %s\n\n' "$1" \
		"Name one that you have built yourself in PROXY_INIT, or a checkout of its source in REFERENCE_SOURCE." >&2
	exit 1
}

if [ -z "${REFERENCE_SOURCE:-}" ] && [ -x "${PROXY_INIT:-$program}" ]; then
	echo "${PROXY_INIT:-$program}"
	exit 0
fi
command -v go >/dev/null || give_up "Go is not installed, so proxy-init cannot be built."
if [ -n "${REFERENCE_SOURCE:-}" ]; then
	echo "building proxy-init and linkerd-cni from $REFERENCE_SOURCE …" >&2
	for built in proxy-init=proxy-init linkerd-cni=cni-plugin; do
		go build -C "$REFERENCE_SOURCE" -o "$(dirname "$program")/${built%=*}" "./${built#*=}" ||
			give_up "${built%=*} could not be built from $REFERENCE_SOURCE."
	done
	echo "$program"
	exit 0
fi
echo "installing $package …" >&2
GOBIN="$(dirname "$program")" timeout 300 go install "$package" ||
	give_up "go install $package failed."
echo "$program"
