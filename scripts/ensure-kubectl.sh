#!/bin/sh
# Makes kubectl available to the tests that have it read what our charts come to. Prints where it is. Exits 1, and says
# so loudly, where it cannot be had. The module has no program of its own, so the few lines that make one are here.
set -eu

give_up() {
	printf '\n*** %s\n*** What needs kubectl is left out. %s\n\n' "$1" "Name one that you have in KUBECTL_PROGRAM." >&2
	exit 1
}

if [ -n "${KUBECTL_PROGRAM:-}" ]; then
	[ -x "$KUBECTL_PROGRAM" ] || give_up "KUBECTL_PROGRAM names no program."
	echo "$KUBECTL_PROGRAM"
	exit 0
fi
command -v go >/dev/null || give_up "Go is not installed, so kubectl cannot be built."
program="$(go env GOPATH)/bin/kubectl"
if [ ! -x "$program" ]; then
	echo "building k8s.io/kubectl (minutes, the first time) …" >&2
	folder="$(mktemp -d)"
	trap 'rm -rf "$folder"' EXIT
	cd "$folder"
	printf 'module kubectl\n' >go.mod
	cat >main.go <<-'GO'
		package main

		import (
			"os"

			"k8s.io/component-base/cli"
			"k8s.io/kubectl/pkg/cmd"
		)

		func main() {
			os.Exit(cli.Run(cmd.NewDefaultKubectlCommand()))
		}
	GO
	timeout 120 go get k8s.io/kubectl@latest k8s.io/component-base@latest >&2 || give_up "k8s.io/kubectl cannot be had."
	timeout 300 go mod tidy >log 2>&1 || { cat log >&2; give_up "k8s.io/kubectl cannot be had."; }
	# Aside first: a build that is killed leaves nothing half done.
	timeout 900 go build -ldflags '-s -w' -o kubectl . || give_up "k8s.io/kubectl cannot be built."
	mkdir -p "$(dirname "$program")"
	mv kubectl "$program"
fi
echo "$program"
