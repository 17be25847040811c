#!/bin/sh
# Makes Helm available to the tests that compare our renderer with it: version 3, or with the argument 4 version 4.
# Prints where it is. Exits 1, and says so loudly, where it cannot be had.
set -eu

major=${1:-3}
package=helm.sh/helm/v$major/cmd/helm@latest

give_up() {
	printf '\n*** %s\n*** What needs Helm is left out. %s\n\n' "$1" "Name one that you have in $variable." >&2
	exit 1
}

case $major in
3) variable=HELM_PROGRAM given=${HELM_PROGRAM:-} name=helm ;;
4) variable=HELM4_PROGRAM given=${HELM4_PROGRAM:-} name=helm4 ;;
*) echo "$0: \"$major\" is not a version of Helm (want 3 or 4)" >&2 && exit 64 ;;
esac
if [ -n "$given" ]; then
	[ -x "$given" ] || give_up "$variable names no program."
	echo "$given"
	exit 0
fi
command -v go >/dev/null || give_up "Go is not installed, so Helm cannot be built."
bin="$(go env GOPATH)/bin"
if [ ! -x "$bin/$name" ]; then
	echo "installing $package …" >&2
	# Go names both programs helm.
	built="$(mktemp -d)"
	trap 'rm -rf "$built"' EXIT
	GOBIN="$built" timeout 600 go install "$package" || give_up "go install $package failed."
	mkdir -p "$bin"
	mv "$built/helm" "$bin/$name"
fi
echo "$bin/$name"
