#!/bin/sh
# Makes a Kubernetes API server available to the tests that install Shunt for real; etcd comes from ensure-tools.sh.
# Prints where it is. Exits 1, and says so loudly, where it cannot be had. Kubernetes' own module is no program that
# `go install` takes, since it finds its parts beside itself; here they come from where they are published.
set -eu

give_up() {
	printf '\n*** %s\n*** What needs an API server is left out. %s\n\n' "$1" "Name one in KUBE_APISERVER_PROGRAM." >&2
	exit 1
}

if [ -n "${KUBE_APISERVER_PROGRAM:-}" ]; then
	[ -x "$KUBE_APISERVER_PROGRAM" ] || give_up "KUBE_APISERVER_PROGRAM names no program."
	echo "$KUBE_APISERVER_PROGRAM"
	exit 0
fi
# The whole Kubernetes that scripts/cluster builds is an API server too.
whole="${CLUSTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/shunt-cluster}/bin/kube-apiserver"
if [ -x "$whole" ] && { ! command -v go >/dev/null || [ ! -x "$(go env GOPATH)/bin/kube-apiserver" ]; }; then
	echo "$whole"
	exit 0
fi
command -v go >/dev/null || give_up "Go is not installed, so the API server cannot be built."
program="$(go env GOPATH)/bin/kube-apiserver"
if [ ! -x "$program" ]; then
	echo "building k8s.io/kubernetes/cmd/kube-apiserver (minutes, the first time) …" >&2
	folder="$(mktemp -d)"
	trap 'rm -rf "$folder"' EXIT
	cd "$folder"
	printf 'module apiserver\n' >go.mod
	timeout 120 go mod download -json k8s.io/kubernetes@latest >module.json || give_up "k8s.io/kubernetes cannot be had."
	value() { sed -n "s/^.*\"$1\": \"\(.*\)\".*$/\1/p" module.json; }
	version="$(value Version)"
	parts="v0.${version#v1.}"
	{
		printf 'module apiserver\nrequire k8s.io/kubernetes %s\n' "$version"
		sed -n '/^require (/,$d; s/^go /go /p' "$(value GoMod)"
		sed -n "s#^[[:space:]]*\(k8s.io/[a-z0-9-]*\) => ./staging/.*#replace \1 => \1 $parts#p" "$(value GoMod)"
	} >go.mod
	cat >main.go <<-'GO'
		package main

		import (
			"os"

			"k8s.io/component-base/cli"
			"k8s.io/kubernetes/cmd/kube-apiserver/app"
		)

		func main() {
			os.Exit(cli.Run(app.NewAPIServerCommand()))
		}
	GO
	timeout 300 go mod tidy >log 2>&1 || { cat log >&2; give_up "k8s.io/kubernetes cannot be had."; }
	names="k8s.io/component-base/version"
	minor="${version#v1.}"
	flags="-s -w -X $names.gitVersion=$version -X $names.gitMajor=1 -X $names.gitMinor=${minor%%.*}"
	# Aside first: a build that is killed leaves nothing half done.
	CGO_ENABLED=0 timeout 1800 go build -ldflags "$flags" -o kube-apiserver . || give_up "The API server cannot be built."
	mkdir -p "$(dirname "$program")"
	mv kube-apiserver "$program"
fi
echo "$program"
