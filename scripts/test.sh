#!/usr/bin/env bash
# What `make test` does: every tier that this machine can run. A tier that it cannot is named in one loud line, and in
# CI that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf dist/test-results

tiers=(unit)
left_out() {
	printf '\n!!! %s\n\n' "$1" >&2
	[ "${CI:-}" != true ] || exit 1
}

if [ "$(id -u)" = 0 ]; then
	scripts/ensure-tools.sh curl
	tiers+=(contract kernel tools)
elif [ -z "${SHUNT_TEST_USERNS:-}" ] && unshare --map-root-user --map-auto --net --mount true 2>/dev/null; then
	exec env SHUNT_TEST_USERNS=1 unshare --map-root-user --map-auto --net --mount sh -c 'mount -t tmpfs none /run && exec "$0"' "$0"
else
	left_out "without root, and without user namespaces, the contract and kernel tiers are left out"
fi

if command -v cargo >/dev/null; then
	native/build.sh
	tiers+=(native)
	if [ "$(id -u)" = 0 ] && [ -z "${SHUNT_TEST_USERNS:-}" ] && command -v apt-get >/dev/null; then
		npx tsx images/build.ts
		scripts/ensure-e2e.sh
		scripts/ensure-cnitool.sh >/dev/null || {
			left_out "without cnitool the CNI plugin is not called in every version of the specification"
			export SHUNT_TEST_WITHOUT_CNITOOL=1
		}
		tiers+=(e2e)
		if scripts/ensure-containerd.sh 1.7 2; then
			tiers+=(containerd-1.7 containerd-2)
		else
			left_out "without containerd 1.7 and 2 the CNI plugin is tried under Debian's stable one alone"
		fi
	else
		left_out "without root and Debian's packages the images are not run"
	fi
else
	left_out "without cargo the native program, and the tiers that test it, are left out"
fi

# One of the kernels in docs/kernels.md, whose set-up may take some minutes that are not the tests'.
if [[ " ${tiers[*]} " == *" native "* ]] && scripts/kernels/ensure-machine.sh && scripts/kernels/fetch-kernel.sh 6.1 >/dev/null; then
	tiers+=(kernels)
else
	left_out "without QEMU and Debian's Linux 6.1, or what the native tier needs, only this machine's own kernel is asked"
fi

if scripts/ensure-helm.sh 3 >/dev/null && scripts/ensure-helm.sh 4 >/dev/null && scripts/ensure-kubectl.sh >/dev/null; then
	tiers+=(chart)
else
	left_out "without Helm and kubectl our renderer is not held against them"
fi

if scripts/ensure-tools.sh zsh fish && scripts/ensure-kubectl.sh >/dev/null; then
	tiers+=(shells)
else
	left_out "without zsh, fish and kubectl nobody presses the tab key in them"
fi

if [ "$(id -u)" = 0 ] && scripts/ensure-tools.sh etcd=etcd-server curl && scripts/ensure-api-server.sh >/dev/null &&
	scripts/ensure-kubectl.sh >/dev/null && scripts/ensure-helm.sh >/dev/null; then
	tiers+=(cluster)
else
	left_out "without root, etcd, an API server, kubectl and Helm nothing is installed on a cluster"
fi

# The images are the e2e tier's, and Kubernetes the one that the API server is a part of.
if [[ " ${tiers[*]} " == *" e2e "* && " ${tiers[*]} " == *" cluster "* ]] && scripts/ensure-tools.sh openssl &&
	CLUSTER_STATE=dist/whole-cluster CLUSTER_CONTAINERD=1.7 CLUSTER_COREDNS=none scripts/cluster/cluster.sh programs; then
	tiers+=(whole-cluster)
else
	left_out "without what the e2e and cluster tiers need no kubelet runs a pod of ours"
fi

if [[ " ${tiers[*]} " == *" kernel "* ]] && scripts/ensure-envoy.sh >/dev/null; then
	tiers+=(envoy)
else
	left_out "without Envoy, or what the kernel tier needs, no connection is led through Envoy"
	export SHUNT_TEST_WITHOUT_ENVOY=1
fi

if [[ " ${tiers[*]} " == *" kernel "* ]] && scripts/ensure-chromium.sh >/dev/null; then
	tiers+=(browser)
else
	left_out "without Chromium, or what the kernel tier needs, the page of shunt explain is not looked at"
fi

status=0
for tier in "${tiers[@]}"; do
	printf '\n=== %s\n' "$tier"
	npx vitest run --project "$tier" --reporter=default --reporter=./scripts/retried-reporter.mjs \
		--reporter=json --outputFile.json="dist/test-results/$tier.json" ||
		status=1
done
node scripts/tally.mjs dist/test-results "${tiers[@]}"
exit "$status"
