#!/bin/bash
# Makes a Kubernetes API server available to the tests that install Shunt for real; etcd comes from ensure-tools.sh.
# Prints where it is: a link by this name to the Kubernetes of scripts/cluster, which is one program and is built once, for
# whole clusters too. Exits 1, and says so loudly, where it cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."

give_up() {
	printf '\n*** %s\n*** What needs an API server is left out. %s\n\n' "$1" "Name one in KUBE_APISERVER_PROGRAM." >&2
	exit 1
}

if [ -n "${KUBE_APISERVER_PROGRAM:-}" ]; then
	[ -x "$KUBE_APISERVER_PROGRAM" ] || give_up "KUBE_APISERVER_PROGRAM names no program."
	echo "$KUBE_APISERVER_PROGRAM"
	exit 0
fi
program=$(scripts/cluster/cluster.sh kubernetes) || give_up "Kubernetes cannot be built."
mkdir -p "$(dirname "$program")/bin"
ln -sf "../$(basename "$program")" "$(dirname "$program")/bin/kube-apiserver"
echo "$(dirname "$program")/bin/kube-apiserver"
