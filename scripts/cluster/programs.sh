# shellcheck shell=bash disable=SC2154
# Everything that a cluster is made of, into the cache: Debian's programs, Kubernetes, CoreDNS and the two images.

programs() {
	local fetch=$here/fetch-debian.sh
	runtime_programs
	if [ "$CLUSTER_CONTAINERD" = 2 ] && [ ! -x "$runc_folder/runc" ]; then
		need_go
		command -v pkg-config >/dev/null && command -v cc >/dev/null ||
			{ echo "runc $runc_version is built from source, and there is no cc or no pkg-config" >&2; exit 1; }
		"$fetch" bookworm "$debian/seccomp" libseccomp-dev=2. libseccomp2=2.
		say "building runc $runc_version (once, less than a minute) …"
		"$here/programs/build-runc.sh" "$runc_version" "$runc_folder/runc" "$debian/seccomp"
	fi
	# Kubernetes wants 3.5 at least.
	"$fetch" trixie "$debian/etcd" etcd-server=3.5.
	"$fetch" bookworm "$debian/node" catatonit=0.
	kubernetes >/dev/null
	if [ "$CLUSTER_COREDNS" != none ] && [ ! -x "$coredns" ]; then
		need_go
		say "building CoreDNS $CLUSTER_COREDNS (once, minutes) …"
		"$here/programs/build-coredns.sh" "$CLUSTER_COREDNS" "$coredns"
	fi
	local archive
	for archive in "${node_images[@]}"; do
		if [ ! -e "$archive" ]; then
			make_node_images
			break
		fi
	done
	say "programs and images are there"
}

make_node_images() {
	local names=("$coredns" "$CLUSTER_COREDNS")
	[ "$CLUSTER_COREDNS" != none ] || names=()
	(cd "$root" && npx tsx scripts/cluster/node-images.ts "$cache/images" "${names[@]}")
}

runtime_programs() { # what starts pods on a node, and makes their network
	local fetch=$here/fetch-debian.sh
	"$fetch" "$containerd_suite" "$debian/containerd-$CLUSTER_CONTAINERD" "containerd=$CLUSTER_CONTAINERD."
	# Those of newer suites want a newer C library than the oldest Debian that this runs on has.
	"$fetch" bookworm "$debian/runc" runc=1. libseccomp2=2.
	# The first with version 1.1 of CNI.
	"$fetch" sid "$debian/cni" containernetworking-plugins=1.
}

kubernetes() { # prints it
	if [ ! -x "$kubernetes" ]; then
		need_go
		say "building Kubernetes $CLUSTER_KUBERNETES (once: about 11 minutes on two idle cores, 3 GB of disk) …"
		"$here/programs/build-kubernetes.sh" "$CLUSTER_KUBERNETES" "$kubernetes"
	fi
	echo "$kubernetes"
}

runtime() { # prints where it is
	runtime_programs
	echo "$debian"
}

need_go() {
	command -v go >/dev/null || { echo "Kubernetes, CoreDNS and runc are built from source, and there is no go (1.25 or newer)" >&2; exit 1; }
}
