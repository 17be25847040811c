#!/bin/bash
# What `make e2e-cluster` does: Shunt on a whole cluster. On one of its own, which it starts and ends and which is given
# the images of dist/images; or on the one that E2E_KUBECONFIG names, whose nodes must have or be able to pull
# these images of this version (E2E_REGISTRY: from where). Arguments are vitest's: a file, -t NAME.
# E2E_KEEP_CLUSTER=1 leaves its own running, to look at. E2E_PROJECT=cluster-scale measures on it instead.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
project=${E2E_PROJECT:-e2e-cluster}
results=$PWD/dist/$project
export E2E_RESULTS=$results
mkdir -p "$results"
rm -f "$results"/{results*.json,figures,memory,settings}

for major in 3 4; do scripts/ensure-helm.sh "$major" >/dev/null; done
kubectl=$(scripts/ensure-kubectl.sh)
if [ -n "${E2E_KUBECONFIG:-}" ]; then
	# The one thing to ask before: a second release would be refused, and the first taken away at the end.
	if "$kubectl" --kubeconfig "$E2E_KUBECONFIG" get namespace shunt >/dev/null 2>&1; then
		echo "the cluster of E2E_KUBECONFIG has a namespace shunt already; the tests install and uninstall one" >&2
		exit 1
	fi
else
	scripts/ensure-tools.sh openssl cc=build-essential pkg-config
	scripts/cluster/cluster.sh start
	[ -n "${E2E_KEEP_CLUSTER:-}" ] || trap 'scripts/cluster/cluster.sh stop' EXIT
	scripts/cluster/cluster.sh import dist/images/{shunt-init,shunt-init-tools,shunt,shunt-cni}.tar
	cp "${CLUSTER_STATE:-dist/cluster}/settings" "$results/settings"
fi

status=0
npx vitest run --project "$project" --reporter=default --reporter=json --outputFile.json="$results/results.json" "$@" || status=$?
[ -n "${E2E_KUBECONFIG:-}" ] || scripts/cluster/cluster.sh memory >>"$results/memory"
npx tsx scripts/cluster/table.ts "$results" >"$results/table.md"
cat "$results/table.md"
exit "$status"
