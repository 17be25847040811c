import type { SetMatch } from "../../src/backend/nftables/set-rule.ts";
import { setRules } from "../../src/backend/nftables/set-rule.ts";
import type { Plan } from "../../src/plan/plan.ts";

/**
 * What `nft -n -j list ruleset` shows of a plan's table. The kernel tier holds real listings against the same
 * evaluator; this one spares a kernel where thousands are needed.
 */
export function listingOf(plan: Plan): string {
	const at = { family: "inet", table: "shunt" };
	const chains = (["prerouting", "output"] as const).map((hook) => ({
		chain: { ...at, name: hook, type: "nat", hook, prio: -100, policy: "accept" },
	}));
	const rules = setRules(plan).map(({ hook, reason, matches, verdict }, index) => ({
		rule: {
			...at,
			chain: hook,
			handle: index,
			comment: `proxy-init/${reason}`,
			expr: [
				...matches.map((match) => ({ match: { op: "==", ...sidesOf(match) } })),
				verdict.kind === "return" ? { return: null } : { redirect: { port: verdict.port } },
			],
		},
	}));
	return JSON.stringify({
		nftables: [{ metainfo: {} }, { table: { family: "inet", name: "shunt" } }, ...chains, ...rules],
	});
}

function sidesOf(match: SetMatch): { left: unknown; right: unknown } {
	const meta = (key: string) => ({ meta: { key } });
	switch (match.kind) {
		case "family":
			return { left: meta("nfproto"), right: match.family === "ipv6" ? 10 : 2 };
		case "protocol":
			return { left: meta("l4proto"), right: 6 };
		case "destination-port":
			return {
				left: { payload: { protocol: "tcp", field: "dport" } },
				right: setOf(match.ports.map(({ low, high }) => (low === high ? low : { range: [low, high] }))),
			};
		case "source":
		case "destination":
			return {
				left: {
					payload: {
						protocol: match.family === "ipv4" ? "ip" : "ip6",
						field: match.kind === "source" ? "saddr" : "daddr",
					},
				},
				right: setOf(
					match.subnets.map(({ network, prefix }) => ({ prefix: { addr: network, len: prefix } })),
				),
			};
		case "in-interface":
			return { left: meta("iifname"), right: setOf(match.names) };
		case "out-interface":
			return { left: meta("oifname"), right: setOf(match.names) };
		case "uid":
			return { left: meta("skuid"), right: setOf(match.ids) };
		case "gid":
			return { left: meta("skgid"), right: setOf(match.ids) };
	}
}

function setOf(elements: readonly unknown[]): unknown {
	return elements.length === 1 ? elements[0] : { set: elements };
}
