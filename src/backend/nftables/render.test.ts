import { describe, expect, it } from "vitest";
import { policyFrom } from "../../../test/support/policies.ts";
import { MemoryNftables } from "../../host/memory-nftables.ts";
import { type Hook, plan } from "../../rules/plan.ts";
import { setRules } from "./gather.ts";
import { recordOf } from "./record.ts";
import { probe, removal, renderCreation, renderReplacement, renderRule } from "./render.ts";

function written(hook: Hook, flags: string, counters = false): string[] {
	return setRules(plan(policyFrom(`-p 4143 -o 4140 ${flags}`)), hook).map((rule) =>
		renderRule(rule, { counters }),
	);
}

const smallest = plan(policyFrom("-p 4143 -o 4140 -u 2102"));
const smallestTable = `table inet shunt {
	chain prerouting {
		type nat hook prerouting priority -100; policy accept;
		meta l4proto tcp redirect to :4143 comment "proxy-init/redirect-all-incoming-to-proxy-port"
	}
	chain output {
		type nat hook output priority -100; policy accept;
		meta skuid 2102 return comment "proxy-init/ignore-proxy-user-id"
		oifname "lo" return comment "proxy-init/ignore-loopback"
		meta l4proto tcp redirect to :4140 comment "proxy-init/redirect-all-outgoing-to-proxy-port"
	}
}
`;

const head = `table inet shunt { comment "${recordOf(smallest)}"; }\n`;

describe("a transaction", () => {
	it("creates a table, and so fails where there is one", () => {
		expect(renderCreation(smallest, { counters: false })).toBe(`create ${head}${smallestTable}`);
	});

	it("replaces a table, and so works whatever there is", () => {
		expect(renderReplacement(smallest, { counters: false })).toBe(
			`add table inet shunt\ndelete table inet shunt\nadd ${head}${smallestTable}`,
		);
	});

	it("removes a table, and works where there is none", () => {
		const nftables = new MemoryNftables();
		expect(nftables.apply(removal)).toBe(undefined);
		expect(nftables.tables()).toEqual([]);
	});

	it("tries every kind of rule and leaves nothing", () => {
		const nftables = new MemoryNftables();
		expect(nftables.apply(probe)).toBe(undefined);
		expect(nftables.tables()).toEqual([]);
	});
});

describe("a rule", () => {
	it.each<[what: string, flags: string, rule: string]>([
		["a port", "-u 1 --inbound-ports-to-ignore 80", "tcp dport 80"],
		["a span of ports", "-u 1 --inbound-ports-to-ignore 80-90", "tcp dport 80-90"],
		["ports, joined", "-u 1 --inbound-ports-to-ignore 9,80-90,85-95,96,2", "tcp dport { 2, 9, 80-96 }"],
		["a subnet", "-u 1 --subnets-to-ignore 10.0.0.0/8", "ip saddr 10.0.0.0/8"],
		[
			"subnets without those in others",
			"-u 1 --subnets-to-ignore 10.1.0.0/16,192.0.2.0/24,10.0.0.0/8,10.0.0.0/8",
			"ip saddr { 192.0.2.0/24, 10.0.0.0/8 }",
		],
		["subnets of which one holds all", "-u 1 --subnets-to-ignore 10.0.0.0/8,0.0.0.0/0", "ip saddr 0.0.0.0/0"],
		[
			"an IPv6 subnet, spelt as the kernel spells it",
			"-u 1 --subnets-to-ignore 2001:DB8:0::1/32",
			"ip6 saddr 2001:db8::/32",
		],
		["interfaces", "-u 1 --inbound-interfaces-to-ignore eth0,eth1", 'iifname { "eth0", "eth1" }'],
	])("is about %s", (_, flags, rule) => {
		expect(written("prerouting", flags)[0]?.replace(/ return comment "proxy-init\/[a-z-]+"$/, "")).toBe(rule);
	});

	it("is written with everything that is to be said about it", () => {
		const flags =
			"-u 2102 -g 7 --uids-to-ignore 0,5 --outbound-interfaces-to-ignore net0 --outbound-subnets-to-ignore 192.0.2.0/24,fd00::/8 --outbound-ports-to-redirect 80,8000-8080 --ipv6=false";
		expect(written("output", flags)).toEqual([
			'meta nfproto ipv6 return comment "proxy-init/ignore-family"',
			'meta skuid 2102 return comment "proxy-init/ignore-proxy-user-id"',
			'meta skgid 7 return comment "proxy-init/ignore-proxy-group-id"',
			'meta skuid { 0, 5 } return comment "proxy-init/ignore-user-id"',
			'oifname "lo" return comment "proxy-init/ignore-loopback"',
			'oifname "net0" return comment "proxy-init/ignore-interface"',
			'ip daddr 192.0.2.0/24 return comment "proxy-init/ignore-subnet"',
			'ip6 daddr fd00::/8 return comment "proxy-init/ignore-subnet"',
			'tcp dport { 80, 8000-8080 } redirect to :4140 comment "proxy-init/redirect-outgoing-port"',
		]);
	});

	it("counts before it decides", () => {
		expect(written("prerouting", "-u 1", true)).toEqual([
			'meta l4proto tcp counter redirect to :4143 comment "proxy-init/redirect-all-incoming-to-proxy-port"',
		]);
	});
});
