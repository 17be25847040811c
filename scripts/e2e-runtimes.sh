#!/bin/bash
# What `make e2e-runtimes` does: the CNI plugin and the agent under every release of containerd, with a hundred sandboxes
# wherever some are made in the midst of something. What was proven is printed as a table, and stays in
# dist/e2e-runtimes/table.md. Arguments are releases (1.6, 1.7, 2).
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 1.6 1.7 2
results=$PWD/dist/e2e-runtimes
mkdir -p "$results"
rm -f "$results"/*
scripts/ensure-containerd.sh "$@"
status=0
for release; do
	files=(test/e2e/{cni-containerd,cni-runtime,agent-containerd}.test.ts)
	[ "$release" != 2 ] || files+=(test/e2e/cni-status.test.ts)
	E2E_CONTAINERD=$release E2E_SANDBOXES=${E2E_SANDBOXES:-100} npx vitest run --project e2e \
		--reporter=default --reporter=json --outputFile.json="$results/$release.json" "${files[@]}" || status=1
	"dist/e2e/containerd-$release/usr/bin/containerd" --version >>"$results/versions"
done
npx tsx scripts/runtimes-table.ts "$results" >"$results/table.md"
cat "$results/table.md"
exit "$status"
