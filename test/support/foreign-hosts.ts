/**
 * What container engines, network plugins and kube-proxy write into a host's IPv4 nat table, in the order in which they do,
 * as input of iptables-restore: with targets and matches that nothing of ours knows. Sets of ipset are left out, which
 * need a program of their own.
 */
export const dockerRules: readonly string[] = [
	":DOCKER - [0:0]",
	"-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
	"-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER",
	"-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
	"-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE",
	"-A DOCKER -i docker0 -j RETURN",
	"-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80",
];

export const kubeProxyRules: readonly string[] = [
	":KUBE-SERVICES - [0:0]",
	":KUBE-NODEPORTS - [0:0]",
	":KUBE-POSTROUTING - [0:0]",
	":KUBE-MARK-MASQ - [0:0]",
	":KUBE-SVC-ERIFXISQEP7F7OF4 - [0:0]",
	":KUBE-SEP-B5NVZ4AI5EAFXZGU - [0:0]",
	":KUBE-SEP-LASJGFFJP3UOS6RQ - [0:0]",
	'-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
	'-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
	'-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
	'-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "kube-system/kube-dns:dns-tcp cluster IP" -m tcp --dport 53 -j KUBE-SVC-ERIFXISQEP7F7OF4',
	'-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
	"-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
	"-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
	"-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
	'-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
	'-A KUBE-SVC-ERIFXISQEP7F7OF4 ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m comment --comment "kube-system/kube-dns:dns-tcp cluster IP" -m tcp --dport 53 -j KUBE-MARK-MASQ',
	'-A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment "kube-system/kube-dns:dns-tcp -> 10.244.0.2:53" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-B5NVZ4AI5EAFXZGU',
	'-A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment "kube-system/kube-dns:dns-tcp -> 10.244.0.3:53" -j KUBE-SEP-LASJGFFJP3UOS6RQ',
	'-A KUBE-SEP-B5NVZ4AI5EAFXZGU -s 10.244.0.2/32 -m comment --comment "kube-system/kube-dns:dns-tcp" -j KUBE-MARK-MASQ',
	'-A KUBE-SEP-B5NVZ4AI5EAFXZGU -p tcp -m comment --comment "kube-system/kube-dns:dns-tcp" -m tcp -j DNAT --to-destination 10.244.0.2:53',
	'-A KUBE-SEP-LASJGFFJP3UOS6RQ -s 10.244.0.3/32 -m comment --comment "kube-system/kube-dns:dns-tcp" -j KUBE-MARK-MASQ',
	'-A KUBE-SEP-LASJGFFJP3UOS6RQ -p tcp -m comment --comment "kube-system/kube-dns:dns-tcp" -m tcp -j DNAT --to-destination 10.244.0.3:53',
];

export const calicoRules: readonly string[] = [
	":cali-OUTPUT - [0:0]",
	":cali-POSTROUTING - [0:0]",
	":cali-PREROUTING - [0:0]",
	":cali-fip-dnat - [0:0]",
	":cali-fip-snat - [0:0]",
	":cali-nat-outgoing - [0:0]",
	'-A PREROUTING -m comment --comment "cali:6gwbT8clXdHdC1b1" -j cali-PREROUTING',
	'-A OUTPUT -m comment --comment "cali:tVnHkvAo15HuiPy0" -j cali-OUTPUT',
	'-A POSTROUTING -m comment --comment "cali:O3lYWMrLQYEMJtB5" -j cali-POSTROUTING',
	'-A cali-OUTPUT -m comment --comment "cali:GBTAv2p5CwevEyJm" -j cali-fip-dnat',
	'-A cali-POSTROUTING -m comment --comment "cali:Z-c7XtVd2Bq7s_hA" -j cali-fip-snat',
	'-A cali-POSTROUTING -m comment --comment "cali:nYKhEzDlr11Jccal" -j cali-nat-outgoing',
	'-A cali-POSTROUTING -o vxlan.calico -m comment --comment "cali:e9dnSgSVNmIcpVhP" -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE --random-fully',
	'-A cali-PREROUTING -m comment --comment "cali:r6XmIziWUJsdOK6Z" -j cali-fip-dnat',
	'-A cali-fip-dnat -d 192.0.2.7/32 -m comment --comment "cali:a1b2c3d4e5f6g7h8" -j DNAT --to-destination 10.65.0.2',
];

export const ciliumRules: readonly string[] = [
	":CILIUM_OUTPUT_nat - [0:0]",
	":CILIUM_POST_nat - [0:0]",
	":CILIUM_PRE_nat - [0:0]",
	'-A PREROUTING -m comment --comment "cilium-feeder: CILIUM_PRE_nat" -j CILIUM_PRE_nat',
	'-A OUTPUT -m comment --comment "cilium-feeder: CILIUM_OUTPUT_nat" -j CILIUM_OUTPUT_nat',
	'-A POSTROUTING -m comment --comment "cilium-feeder: CILIUM_POST_nat" -j CILIUM_POST_nat',
	'-A CILIUM_OUTPUT_nat -m mark --mark 0xe00/0xf00 -m comment --comment "exclude encrypt/decrypt marks from nat CILIUM_OUTPUT_nat chain" -j ACCEPT',
	'-A CILIUM_POST_nat -s 10.0.0.0/24 ! -d 10.0.0.0/24 ! -o cilium_+ -m comment --comment "cilium masquerade non-cluster" -j MASQUERADE',
	'-A CILIUM_POST_nat -m mark --mark 0xa00/0xe00 -m comment --comment "exclude proxy return traffic from masquerade" -j ACCEPT',
	'-A CILIUM_POST_nat -s 127.0.0.1/32 -o cilium_host -m comment --comment "cilium host->cluster from 127.0.0.1 masquerade" -j SNAT --to-source 10.0.0.96',
	'-A CILIUM_POST_nat -o cilium_host -m mark --mark 0xf00/0xf00 -m conntrack --ctstate DNAT -m comment --comment "hairpin traffic that originated from a local pod" -j SNAT --to-source 10.0.0.96',
];

export const tailscaleRules: readonly string[] = [
	":ts-postrouting - [0:0]",
	"-A POSTROUTING -j ts-postrouting",
	"-A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE",
];

/** kube-proxy in its mode nftables, as input of nft: one service with two endpoints, found by a map of three keys. */
export const kubeProxyNftables = `table ip kube-proxy {
	comment "rules for kube-proxy"
	set nodeport-ips {
		type ipv4_addr
		elements = { 192.0.2.1 }
	}
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.96.0.10 . tcp . 53 : goto service-NWBZK7IH-kube-system/kube-dns/tcp/dns-tcp }
	}
	map service-nodeports {
		type inet_proto . inet_service : verdict
	}
	chain mark-for-masquerade {
		meta mark set meta mark | 0x4000
	}
	chain masquerading {
		meta mark & 0x4000 == 0 return
		meta mark set meta mark ^ 0x4000
		masquerade fully-random
	}
	chain endpoint-YKFIPVFY-dns-tcp__10.244.0.2/53 {
		ip saddr 10.244.0.2 jump mark-for-masquerade
		meta l4proto tcp dnat to 10.244.0.2:53
	}
	chain endpoint-SBTBE7PM-dns-tcp__10.244.0.3/53 {
		ip saddr 10.244.0.3 jump mark-for-masquerade
		meta l4proto tcp dnat to 10.244.0.3:53
	}
	chain service-NWBZK7IH-kube-system/kube-dns/tcp/dns-tcp {
		ip daddr 10.96.0.10 tcp dport 53 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
		numgen random mod 2 vmap { 0 : goto endpoint-YKFIPVFY-dns-tcp__10.244.0.2/53, 1 : goto endpoint-SBTBE7PM-dns-tcp__10.244.0.3/53 }
	}
	chain services {
		ip daddr . meta l4proto . th dport vmap @service-ips
		ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
	}
	chain nat-prerouting {
		type nat hook prerouting priority -100; policy accept;
		jump services
	}
	chain nat-output {
		type nat hook output priority -100; policy accept;
		jump services
	}
	chain nat-postrouting {
		type nat hook postrouting priority 100; policy accept;
		jump masquerading
	}
}
`;

/** Tailscale where it writes nf_tables itself: into the tables and base chains that iptables-nft has. */
export const tailscaleNftables = `table ip nat {
	chain ts-postrouting {
		meta mark & 0x00ff0000 == 0x00040000 counter masquerade
	}
	chain POSTROUTING {
		type nat hook postrouting priority 100; policy accept;
		counter jump ts-postrouting
	}
}
`;
