#!/bin/bash
# ensure-containerd.sh RELEASE…: makes sure of these releases of containerd (1.6, 1.7, 2) for the e2e tests, beside the one of
# this machine's Debian, and of the CNI plugins that know version 1.1.0. They are those of scripts/cluster, linked into
# dist/e2e, where scripts/ensure-e2e.sh has put the rest.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/ensure-e2e.sh
for release; do
	folder=$(CLUSTER_CONTAINERD=$release scripts/cluster/cluster.sh runtime)
	ln -sfn "$folder/containerd-$release" "dist/e2e/containerd-$release"
	ln -sfn "$folder/cni" dist/e2e/cni
done
