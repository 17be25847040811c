# shellcheck shell=bash disable=SC2034
# What a cluster can be asked to be, from the environment, and what follows from it. Read by cluster.sh; a cluster that
# runs keeps its settings in its state folder, so that later commands need not be told them again.

# The folder with everything that one cluster writes, and the one with programs that outlive it.
: "${CLUSTER_STATE:=$root/dist/cluster}"
: "${CLUSTER_CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/shunt-cluster}"
mkdir -p "$CLUSTER_STATE" "$CLUSTER_CACHE"
state=$(cd "$CLUSTER_STATE" && pwd)
cache=$(cd "$CLUSTER_CACHE" && pwd)

# The same words, with which a cluster was started.
if [ -e "$state/settings" ] && [ "${1:-}" != start ] && [ "${1:-}" != runtime ] && [ "${1:-}" != kubernetes ]; then
	# shellcheck disable=SC1091
	. "$state/settings"
fi
# 1.6, 1.7 or 2: of Debian's suites that have one.
: "${CLUSTER_CONTAINERD:=2}"
# ipv4, ipv6 or dual
: "${CLUSTER_FAMILIES:=dual}"
# iptables or nftables
: "${CLUSTER_PROXY:=iptables}"
# Kubernetes 1.35 is the newest that runs with containerd 1.x too.
: "${CLUSTER_KUBERNETES:=v1.35.4}"
# A version, or none: for what needs no names.
: "${CLUSTER_COREDNS:=v1.14.7}"
# yes or no: whether the API server writes down who asked it for what, in log/audit.log.
: "${CLUSTER_AUDIT:=no}"

refuse() { # VARIABLE VALUE ACCEPTED
	echo "$1: \"$2\" is not accepted (want $3)" >&2
	exit 64
}
case $CLUSTER_CONTAINERD in
1.6) containerd_suite=bookworm cni_version=1.0.0 ;;
1.7) containerd_suite=trixie cni_version=1.0.0 ;;
# Only containerd 2 takes results of the version in which plugins have STATUS.
2) containerd_suite=sid cni_version=1.1.0 ;;
*) refuse CLUSTER_CONTAINERD "$CLUSTER_CONTAINERD" "1.6, 1.7 or 2" ;;
esac
case $CLUSTER_PROXY in
iptables | nftables) ;;
*) refuse CLUSTER_PROXY "$CLUSTER_PROXY" "iptables or nftables" ;;
esac
[[ $CLUSTER_KUBERNETES =~ ^v1\.[0-9]+\.[0-9]+$ ]] || refuse CLUSTER_KUBERNETES "$CLUSTER_KUBERNETES" "a version such as v1.35.4"
[[ $CLUSTER_COREDNS =~ ^(v1\.[0-9]+\.[0-9]+|none)$ ]] || refuse CLUSTER_COREDNS "$CLUSTER_COREDNS" "a version such as v1.14.7, or none"
case $CLUSTER_AUDIT in
yes | no) ;;
*) refuse CLUSTER_AUDIT "$CLUSTER_AUDIT" "yes or no" ;;
esac

node=shunt-node
# Address of the node, its pods, the cluster's pods, services, the API server's service, DNS: of each family.
v4=(10.98.0.1 10.88.0.0/24 10.88.0.0/16 10.97.0.0/16 10.97.0.1 10.97.0.10)
v6=(fd98::1 fd88::/64 fd88::/56 fd97::/112 fd97::1 fd97::a)
case $CLUSTER_FAMILIES in
ipv4)
	node_addresses=("${v4[0]}") pods=${v4[2]} services=${v4[3]} first_services=("${v4[4]}") dns=("${v4[5]}")
	ranges="[{\"subnet\":\"${v4[1]}\"}]" routes='{"dst":"0.0.0.0/0"}'
	;;
ipv6)
	node_addresses=("${v6[0]}") pods=${v6[2]} services=${v6[3]} first_services=("${v6[4]}") dns=("${v6[5]}")
	ranges="[{\"subnet\":\"${v6[1]}\"}]" routes='{"dst":"::/0"}'
	;;
dual)
	node_addresses=("${v4[0]}" "${v6[0]}") pods=${v4[2]},${v6[2]} services=${v4[3]},${v6[3]}
	first_services=("${v4[4]}" "${v6[4]}") dns=("${v4[5]}" "${v6[5]}")
	ranges="[{\"subnet\":\"${v4[1]}\"}],[{\"subnet\":\"${v6[1]}\"}]" routes='{"dst":"0.0.0.0/0"},{"dst":"::/0"}'
	;;
*) refuse CLUSTER_FAMILIES "$CLUSTER_FAMILIES" "ipv4, ipv6 or dual" ;;
esac
server_address=${node_addresses[0]}
case $server_address in
*:*) server="https://[$server_address]:6443" any=:: ;;
*) server="https://$server_address:6443" any=0.0.0.0 ;;
esac

# Its control group in every hierarchy: another one for every state folder, so that two clusters can run at once.
group=shunt-cluster-$(printf '%s' "$state" | sha256sum | cut -c1-8)
kubernetes=$cache/kubernetes-$CLUSTER_KUBERNETES
coredns=$cache/coredns-$CLUSTER_COREDNS
node_images=("$cache/images/pause.tar")
[ "$CLUSTER_COREDNS" = none ] || node_images+=("$cache/images/coredns-$CLUSTER_COREDNS.tar")
debian=$cache/debian
containerd_bin=$debian/containerd-$CLUSTER_CONTAINERD/usr/bin
reaper=$debian/node/usr/bin/catatonit
# Pods with user namespaces (`hostUsers: false`) want containerd 2 and runc 1.2, and Debian's that runs everywhere is older.
runc_version=v1.3.4
case $CLUSTER_CONTAINERD in
2) runc_folder=$cache/runc-$runc_version ;;
*) runc_folder=$debian/runc/usr/sbin ;;
esac
path="$containerd_bin:$runc_folder:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

print_settings() { # as a shell reads them
	local name
	for name in CLUSTER_CONTAINERD CLUSTER_FAMILIES CLUSTER_PROXY CLUSTER_KUBERNETES CLUSTER_COREDNS CLUSTER_AUDIT; do
		printf '%s=%q\n' "$name" "${!name}"
	done
}

began=$(date +%s%N)
say() { # what has come to be, and when since the command began
	printf '%6.1fs  %s\n' "$(($(date +%s%N) - began))e-9" "$*" >&2
}
