# shellcheck shell=bash disable=SC2154
# What the parts are told by files, each printed.

# In version 2 of the format, which 1.6 and 1.7 read and 2 translates for itself.
containerd_configuration() {
	local cri='plugins."io.containerd.grpc.v1.cri"'
	cat <<-END
	version = 2
	root = "$state/containerd"
	state = "/run/containerd"
	[grpc]
	  address = "/run/containerd/containerd.sock"
	[plugins."io.containerd.internal.v1.opt"]
	  path = "$state/containerd-opt"
	[$cri]
	  sandbox_image = "localhost/shunt/pause:e2e"
	  # A kubelet wants -998 for sandboxes. To go below one's own takes CAP_SYS_RESOURCE, which root in a sandbox may lack.
	  restrict_oom_score_adj = true
	  # A profile would be loaded into the whole machine's kernel, and stay.
	  disable_apparmor = true
	  [$cri.containerd]
	    snapshotter = "overlayfs"
	    default_runtime_name = "runc"
	    [$cri.containerd.runtimes.runc]
	      runtime_type = "io.containerd.runc.v2"
	  [$cri.cni]
	    bin_dir = "$state/cni/bin"
	    conf_dir = "$state/cni/net.d"
	END
}

network_configuration() {
	cat <<-END
	{"cniVersion": "$cni_version", "name": "pods", "plugins": [
	  {"type": "bridge", "bridge": "pods", "isGateway": true, "hairpinMode": true,
	   "ipam": {"type": "host-local", "ranges": [$ranges], "routes": [$routes]}},
	  {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}
	]}
	END
}

# Wherever -999 or a limit of a million stands by default, CAP_SYS_RESOURCE would be needed.
kubelet_configuration() {
	cat <<-END
	apiVersion: kubelet.config.k8s.io/v1beta1
	kind: KubeletConfiguration
	authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: "$state/pki/ca.crt"}}
	authorization: {mode: Webhook}
	tlsCertFile: "$state/pki/kubelet.crt"
	tlsPrivateKeyFile: "$state/pki/kubelet.key"
	containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
	cgroupDriver: cgroupfs
	failCgroupV1: false
	failSwapOn: false
	oomScoreAdj: 0
	maxOpenFiles: $(ulimit -Hn | sed 's/unlimited/1000000/')
	maxPods: 160
	clusterDNS: [$(printf '"%s",' "${dns[@]}")]
	clusterDomain: cluster.local
	resolvConf: "$state/resolv.conf"
	podLogsDir: /var/log/pods
	volumePluginDir: "$state/volume-plugins"
	# How full the machine's disk is, is not this node's doing.
	evictionHard: {memory.available: 100Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%}
	imageGCHighThresholdPercent: 100
	imageGCLowThresholdPercent: 99
	nodeStatusUpdateFrequency: 4s
	syncFrequency: 10s
	END
}

# Limits of connection tracking are the machine's, and may not be written from a network namespace.
proxy_configuration() {
	cat <<-END
	apiVersion: kubeproxy.config.k8s.io/v1alpha1
	kind: KubeProxyConfiguration
	clientConnection: {kubeconfig: "$state/pki/kube-proxy.kubeconfig"}
	mode: $CLUSTER_PROXY
	clusterCIDR: $pods
	oomScoreAdj: 0
	conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
	iptables: {minSyncPeriod: 100ms, syncPeriod: 30s}
	nftables: {minSyncPeriod: 100ms, syncPeriod: 30s}
	END
}

# Each request once, without what it said.
audit_policy() {
	cat <<-END
	apiVersion: audit.k8s.io/v1
	kind: Policy
	omitStages: [RequestReceived]
	omitManagedFields: true
	rules: [{level: Metadata}]
	END
}

dns_manifests() {
	sed -e "s|@IMAGE@|localhost/shunt/coredns:$CLUSTER_COREDNS|" -e "s|@ADDRESS@|${dns[0]}|" -e "s|@ADDRESSES@|$(printf '"%s",' "${dns[@]}")|" \
		"$here/coredns.yaml"
}
