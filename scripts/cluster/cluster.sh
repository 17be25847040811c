#!/bin/bash
# A Kubernetes cluster of one node for tests, of which everything is real: etcd, API server, controller manager, scheduler,
# kubelet, kube-proxy, containerd, runc, CNI's bridge, CoreDNS. It runs in namespaces and control groups of its own, so it
# neither sees nor changes the machine's network, and ends without a trace. Needs root.
#
#   cluster.sh programs       only what it is made of, into $CLUSTER_CACHE
#   cluster.sh kubernetes     only Kubernetes; prints its program, which is each of five by the name that it is called by
#   cluster.sh runtime        only containerd, runc and CNI plugins of those; prints the folder that they are in
#   cluster.sh start          answers when the node is ready, and DNS answers; at once where it runs already
#   cluster.sh stop           ends it; logs stay in $CLUSTER_STATE/log
#   cluster.sh status         what runs, and the memory that each part takes
#   cluster.sh processor      seconds of processor time that it has used, its pods included
#   cluster.sh kubectl …      as the cluster's administrator
#   cluster.sh run PROGRAM …  any program in the node's network, with KUBECONFIG set
#   cluster.sh ctr …          the node's containerd
#   cluster.sh import FILE…   images, from archives
#   cluster.sh restart PART   ends one part (TERM) and begins it again; kill PART [SIGNAL] and begin PART do half of it
#
# What it is made of: CLUSTER_CONTAINERD=1.6|1.7|2, CLUSTER_FAMILIES=ipv4|ipv6|dual, CLUSTER_PROXY=iptables|nftables,
# CLUSTER_KUBERNETES=VERSION, CLUSTER_COREDNS=VERSION|none, CLUSTER_AUDIT=yes|no. Where: CLUSTER_STATE, CLUSTER_CACHE. docs/e2e-cluster.md says more.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
for file in settings node configuration parts programs; do
	# shellcheck disable=SC1090
	. "$here/$file.sh"
done

kubectl() { run "$("$root/scripts/ensure-kubectl.sh")" "$@"; }
run() { enter env KUBECONFIG="$state/pki/admin.kubeconfig" HOME="$state/home" "$@"; }
ctr() { enter "$containerd_bin/ctr" --address /run/containerd/containerd.sock --namespace k8s.io "$@"; }
import() {
	local archive
	for archive; do ctr images import --snapshotter overlayfs "$(realpath "$archive")" >/dev/null; done
}

start() {
	if node_process >/dev/null; then
		[ "$(print_settings)" = "$(cat "$state/settings")" ] ||
			{ echo "a cluster with other settings runs in $state: make cluster-stop first" >&2; exit 1; }
		say "a cluster runs in $state already"
		return
	fi
	[ "$(id -u)" = 0 ] || { echo "a node needs root" >&2; exit 1; }
	for program in openssl unshare nsenter ip awk iptables nft; do
		command -v "$program" >/dev/null || { echo "there is no $program" >&2; exit 1; }
	done
	programs
	remove_groups
	remove_state
	rm -rf "$state/log.old"
	[ ! -d "$state/log" ] || mv "$state/log" "$state/log.old"
	mkdir -p "$state"/{log,run,bin,cni/net.d}
	print_settings >"$state/settings"
	: >"$state/resolv.conf"
	local name
	for name in "${parts[@]}"; do
		case $name in kube*) ln -s "$kubernetes" "$state/bin/$name" ;; esac
	done
	# A folder of its own, since agents put programs there.
	mkdir "$state/cni/bin"
	ln -s "$debian"/cni/usr/lib/cni/* "$state/cni/bin/"
	network_configuration >"$state/cni/net.d/10-pods.conflist"
	"$here/certificates.sh" "$state/pki" "$server" "$node" "${node_addresses[@]}" "${first_services[@]}"
	make_node
	say "the node is made"
	begin_all || { end_node; return 1; }
}

# By name, since somebody may have named a folder that has other things in it.
remove_state() {
	(cd "$state" && rm -rf etcd kubelet containerd containerd-opt home over run cni pki bin sysctl volume-plugins \
		settings resolv.conf containerd.toml kubelet.yaml kube-proxy.yaml audit.yaml)
}

begin_all() {
	local name
	for name in etcd containerd kube-apiserver; do part "$name" || return 1; done
	until_true 60 containerd ctr version || return 1
	import "${node_images[@]}" || return 1
	say "containerd $CLUSTER_CONTAINERD has its images"
	until_true 300 kube-apiserver kubectl get --raw /readyz || return 1
	say "the API server is ready"
	for name in kube-controller-manager kube-scheduler kubelet kube-proxy; do part "$name" || return 1; done
	until_true 180 kubelet kubectl wait --for=condition=Ready --timeout=1s "node/$node" || return 1
	say "the node is Ready"
	until_true 60 kube-controller-manager kubectl get serviceaccount default || return 1
	if [ "$CLUSTER_COREDNS" != none ]; then
		dns_manifests | kubectl apply -f - >/dev/null || return 1
		until_true 120 kubelet kubectl rollout status --timeout=1s -n kube-system deployment/coredns || return 1
	fi
	for name in "${parts[@]}"; do
		alive "$name" || { tail -n 20 "$state/log/$name.log" >&2; echo "$name has ended" >&2; return 1; }
	done
	say "it is there: Kubernetes $CLUSTER_KUBERNETES, containerd $CLUSTER_CONTAINERD, $CLUSTER_FAMILIES, kube-proxy $CLUSTER_PROXY, DNS $CLUSTER_COREDNS"
}

stop() {
	[ -e "$state/process" ] || { say "no cluster runs in $state"; return; }
	end_node
	remove_state
	say "stopped; logs are in $state/log"
}

status() {
	kubectl get nodes -o wide
	kubectl get pods --all-namespaces
	memory
}

memory() { # resident memory of every part in MiB, and what the node's group holds in all
	local name
	for name in "${parts[@]}"; do
		# shellcheck disable=SC2016
		enter awk -v name="$name" '$1 == "VmRSS:" { printf "%s %d\n", name, $2 / 1024 }' \
			"/proc/$(cat "$state/run/$name.pid")/status" || echo "$name does not run"
	done
	local group_memory=/sys/fs/cgroup/memory/$group
	[ ! -e "$group_memory" ] || awk '$1 == "total_rss" { printf "all, with all pods %d\n", $2 / 1048576 }' "$group_memory/memory.stat"
}

processor() { # seconds of processor time that the node and all of its pods have used since it was made
	local usage
	for usage in /sys/fs/cgroup/cpuacct/"$group"/cpuacct.usage /sys/fs/cgroup/"$group"/cpu.stat; do
		[ ! -e "$usage" ] || awk '$1 == "usage_usec" { print $2 / 1e6 } NF == 1 { print $1 / 1e9 }' "$usage"
	done
}

main() {
	local command=${1:-}
	[ $# -eq 0 ] || shift
	case $command in
	programs | kubernetes | runtime | start | stop | status | memory | processor | kubectl | run | ctr | import) "$command" "$@" ;;
	restart) end_part "$1" && part "$1" ;;
	kill) end_part "$@" ;;
	begin) part "$1" ;;
	*)
		sed -n '2,/^set/ { /^set/d; s/^# \{0,1\}//; p }' "$here/cluster.sh" >&2
		exit 64
		;;
	esac
}

# Bash reads a script while it runs it: on one line, so that a change meanwhile is not read.
main "$@"; exit
