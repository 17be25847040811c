#!/bin/sh
# Makes Helm available to the tests that compare our renderer with it. Prints where it is. Exits 1, and says so loudly,
# where it cannot be had.
set -eu

package=helm.sh/helm/v3/cmd/helm@latest

give_up() {
	printf '\n*** %s\n*** What needs Helm is left out. %s\n\n' "$1" "Name one that you have in HELM_PROGRAM." >&2
	exit 1
}

if [ -n "${HELM_PROGRAM:-}" ]; then
	[ -x "$HELM_PROGRAM" ] || give_up "HELM_PROGRAM names no program."
	echo "$HELM_PROGRAM"
	exit 0
fi
command -v go >/dev/null || give_up "Go is not installed, so Helm cannot be built."
program="$(go env GOPATH)/bin/helm"
if [ ! -x "$program" ]; then
	echo "installing $package …" >&2
	GOBIN="$(dirname "$program")" timeout 600 go install "$package" || give_up "go install $package failed."
fi
echo "$program"
