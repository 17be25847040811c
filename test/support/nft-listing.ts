import { setRules } from "../../src/backend/nftables/gather.ts";
import { hooks, type Plan } from "../../src/rules/plan.ts";
import type { Condition } from "../../src/rules/rule.ts";

/**
 * What `nft -n -j list ruleset` shows of a plan's table. The kernel tier holds real listings against the same
 * evaluator; this one spares a kernel where thousands are needed.
 */
export function listingOf(plan: Plan): string {
	const at = { family: "inet", table: "shunt" };
	const chains = hooks.map((hook) => ({
		chain: { ...at, name: hook, type: "nat", hook, prio: -100, policy: "accept" },
	}));
	const all = hooks.flatMap((hook) => setRules(plan, hook).map((rule) => ({ hook, ...rule })));
	const rules = all.map(({ hook, reason, conditions, action }, index) => ({
		rule: {
			...at,
			chain: hook,
			handle: index,
			comment: `proxy-init/${reason}`,
			expr: [
				...conditions.map((condition) => ({ match: { op: "==", ...sidesOf(condition) } })),
				action.kind === "return" ? { return: null } : { redirect: { port: action.ports.low } },
			],
		},
	}));
	return JSON.stringify({
		nftables: [{ metainfo: {} }, { table: { family: "inet", name: "shunt" } }, ...chains, ...rules],
	});
}

function sidesOf(condition: Condition): { left: unknown; right: unknown } {
	const meta = (key: string) => ({ meta: { key } });
	switch (condition.kind) {
		case "family":
			return { left: meta("nfproto"), right: condition.family === "ipv6" ? 10 : 2 };
		case "protocol":
			return { left: meta("l4proto"), right: 6 };
		case "destination-port":
			return {
				left: { payload: { protocol: "tcp", field: "dport" } },
				right: setOf(condition.ports.map(({ low, high }) => (low === high ? low : { range: [low, high] }))),
			};
		case "source":
		case "destination":
			return {
				left: {
					payload: {
						protocol: condition.subnets[0]?.family === "ipv4" ? "ip" : "ip6",
						field: condition.kind === "source" ? "saddr" : "daddr",
					},
				},
				right: setOf(
					condition.subnets.map(({ network, prefix }) => ({ prefix: { addr: network, len: prefix } })),
				),
			};
		case "in-interface":
			return { left: meta("iifname"), right: setOf(condition.names.map(({ name }) => name)) };
		case "out-interface":
			return { left: meta("oifname"), right: setOf(condition.names.map(({ name }) => name)) };
		case "uid":
			return { left: meta("skuid"), right: setOf(condition.ids.map(({ low }) => low)) };
		case "gid":
			return { left: meta("skgid"), right: setOf(condition.ids.map(({ low }) => low)) };
		default:
			throw new Error(`no rule of ours has a condition on ${condition.kind}`);
	}
}

function setOf(elements: readonly unknown[]): unknown {
	return elements.length === 1 ? elements[0] : { set: elements };
}
