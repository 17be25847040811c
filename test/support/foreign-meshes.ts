/**
 * What other meshes write into a pod's nat tables, in the order in which they do, as input of iptables-restore: the
 * rules that redirect both directions, with their usual ports and users.
 */
export const istioRules: readonly string[] = [
	":ISTIO_INBOUND - [0:0]",
	":ISTIO_REDIRECT - [0:0]",
	":ISTIO_IN_REDIRECT - [0:0]",
	":ISTIO_OUTPUT - [0:0]",
	"-A ISTIO_INBOUND -p tcp -m tcp --dport 15008 -j RETURN",
	"-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001",
	"-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006",
	"-A PREROUTING -p tcp -j ISTIO_INBOUND",
	"-A ISTIO_INBOUND -p tcp -m tcp --dport 15090 -j RETURN",
	"-A ISTIO_INBOUND -p tcp -m tcp --dport 15021 -j RETURN",
	"-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT",
	"-A OUTPUT -j ISTIO_OUTPUT",
	"-A ISTIO_OUTPUT -o lo -s 127.0.0.6/32 -j RETURN",
	"-A ISTIO_OUTPUT -o lo ! -d 127.0.0.1/32 -p tcp -m tcp ! --dport 15008 -m owner --uid-owner 1337 -j ISTIO_IN_REDIRECT",
	"-A ISTIO_OUTPUT -o lo -m owner ! --uid-owner 1337 -j RETURN",
	"-A ISTIO_OUTPUT -m owner --uid-owner 1337 -j RETURN",
	"-A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN",
	"-A ISTIO_OUTPUT -j ISTIO_REDIRECT",
];

export const kumaRules: readonly string[] = [
	":KUMA_MESH_INBOUND - [0:0]",
	":KUMA_MESH_OUTBOUND - [0:0]",
	":KUMA_MESH_INBOUND_REDIRECT - [0:0]",
	":KUMA_MESH_OUTBOUND_REDIRECT - [0:0]",
	"-A PREROUTING -p tcp -j KUMA_MESH_INBOUND",
	"-A OUTPUT -p tcp -j KUMA_MESH_OUTBOUND",
	"-A KUMA_MESH_INBOUND -p tcp -j KUMA_MESH_INBOUND_REDIRECT",
	"-A KUMA_MESH_INBOUND_REDIRECT -p tcp -j REDIRECT --to-ports 15006",
	"-A KUMA_MESH_OUTBOUND -s 127.0.0.6/32 -o lo -j RETURN",
	"-A KUMA_MESH_OUTBOUND -p tcp -o lo ! -d 127.0.0.1/32 -m owner --uid-owner 5678 -j KUMA_MESH_INBOUND_REDIRECT",
	"-A KUMA_MESH_OUTBOUND -o lo -m owner ! --uid-owner 5678 -j RETURN",
	"-A KUMA_MESH_OUTBOUND -m owner --uid-owner 5678 -j RETURN",
	"-A KUMA_MESH_OUTBOUND -d 127.0.0.1/32 -j RETURN",
	"-A KUMA_MESH_OUTBOUND -j KUMA_MESH_OUTBOUND_REDIRECT",
	"-A KUMA_MESH_OUTBOUND_REDIRECT -p tcp -j REDIRECT --to-ports 15001",
];

/** Istio's native form, as input of nft. */
export const istioNftables = `table inet istio-proxy-nat {
	chain istio-inbound {
		tcp dport 15008 counter return
		meta l4proto tcp counter jump istio-in-redirect
	}
	chain istio-redirect {
		meta l4proto tcp counter redirect to :15001
	}
	chain istio-in-redirect {
		meta l4proto tcp counter redirect to :15006
	}
	chain istio-output {
		oifname "lo" ip saddr 127.0.0.6 counter return
		oifname "lo" ip daddr != 127.0.0.1 tcp dport != 15008 meta skuid 1337 counter jump istio-in-redirect
		oifname "lo" meta skuid != 1337 counter return
		meta skuid 1337 counter return
		ip daddr 127.0.0.1 counter return
		counter jump istio-redirect
	}
	chain prerouting {
		type nat hook prerouting priority -100; policy accept;
		meta l4proto tcp counter jump istio-inbound
	}
	chain output {
		type nat hook output priority -100; policy accept;
		counter jump istio-output
	}
}
`;
