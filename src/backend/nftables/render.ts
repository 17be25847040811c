import { type Cidr, formatCidr } from "../../domain/cidr.ts";
import type { Port, PortRange } from "../../domain/port.ts";
import { formatPortRange } from "../../domain/port.ts";
import type { Hook, Plan, Verdict } from "../../plan/plan.ts";
import type { SetUpOptions } from "../backend.ts";
import { intervalOf, mergeIntervals } from "./intervals.ts";
import { type SetMatch, type SetRule, setRules } from "./set-rule.ts";

/** Our table: nobody else's rules live in it, so it can be replaced and deleted whole. */
export const table = { family: "inet", name: "shunt" } as const;

/**
 * NF_IP_PRI_NAT_DST in linux/netfilter_ipv4.h. As a number, because nft knows the name `dstnat` for the output hook
 * only in some releases.
 */
const priority = -100;

export const hooks: readonly Hook[] = ["prerouting", "output"];

/**
 * The input for one `nft -f -`, which is one transaction, where there is no table of ours; refused whole where there is one
 * after all. It destroys nothing, and so spares nft the wait, on closing its socket, for the kernel to do that when no
 * processor looks at it any more (nft_rcv_nl_event in net/netfilter/nf_tables_api.c): four fifths of the time that a
 * replacement takes.
 */
export function renderCreation(plan: Plan, options: TableOptions): string {
	return `create table inet shunt\n${renderTable(plan, options)}`;
}

/**
 * The same whatever there was. Adding the table before deleting it makes the deletion work in any case; what follows is
 * then all that there is.
 */
export function renderReplacement(plan: Plan, options: TableOptions): string {
	return `${removal}${renderTable(plan, options)}`;
}

type TableOptions = Pick<SetUpOptions, "counters">;

/** Only what nft 1.0.1 and Linux 5.4 know is used: nat chains and redirect in the inet family came with Linux 5.2. */
function renderTable(plan: Plan, options: TableOptions): string {
	const rules = setRules(plan);
	const chains = hooks.flatMap((hook) => [
		`\tchain ${hook} {`,
		`\t\ttype nat hook ${hook} priority ${priority}; policy accept;`,
		...rules.filter((rule) => rule.hook === hook).map((rule) => `\t\t${renderRule(rule, options)}`),
		"\t}",
	]);
	return `table inet shunt {\n${chains.join("\n")}\n}\n`;
}

/** The input that removes our table, and succeeds where there is none. */
export const removal = "add table inet shunt\ndelete table inet shunt\n";

/** A rule as it stands in a chain's block. */
export function renderRule({ reason, matches, verdict }: SetRule, { counters }: TableOptions): string {
	return [
		...matches.map(renderMatch),
		...(counters ? ["counter"] : []),
		renderVerdict(verdict),
		`comment "proxy-init/${reason}"`,
	].join(" ");
}

/** Every kind of rule in a table that is deleted again in the same transaction. */
export const probe = `table inet shunt_probe {
	chain prerouting {
		type nat hook prerouting priority ${priority}; policy accept;
		tcp dport { 1, 2-3 } return comment "shunt/probe"
		ip saddr { 192.0.2.0/24 } return
		ip6 saddr { 2001:db8::/32 } return
		meta l4proto tcp redirect to :1
	}
	chain output {
		type nat hook output priority ${priority}; policy accept;
		meta skuid 1 oifname "lo" return
	}
}
delete table inet shunt_probe
`;

function renderMatch(match: SetMatch): string {
	switch (match.kind) {
		case "family":
			return `meta nfproto ${match.family}`;
		case "protocol":
			return `meta l4proto ${match.protocol}`;
		case "destination-port":
			return `tcp dport ${renderSet(mergePorts(match.ports).map(formatPortRange))}`;
		case "source":
			return `${match.family === "ipv4" ? "ip" : "ip6"} saddr ${renderSet(outermost(match.subnets))}`;
		case "destination":
			return `${match.family === "ipv4" ? "ip" : "ip6"} daddr ${renderSet(outermost(match.subnets))}`;
		case "in-interface":
			return `iifname ${renderSet(quoted(match.names))}`;
		case "out-interface":
			return `oifname ${renderSet(quoted(match.names))}`;
		case "uid":
			return `meta skuid ${renderSet(match.ids.map(String))}`;
		case "gid":
			return `meta skgid ${renderSet(match.ids.map(String))}`;
	}
}

function renderVerdict(verdict: Verdict): string {
	return verdict.kind === "return" ? "return" : `redirect to :${verdict.port}`;
}

function renderSet(elements: readonly string[]): string {
	const distinct = [...new Set(elements)];
	return distinct.length === 1 ? `${distinct[0]}` : `{ ${distinct.join(", ")} }`;
}

/** Names are parsed values without quotation marks (see InterfaceName). */
function quoted(names: readonly string[]): string[] {
	return names.map((name) => `"${name}"`);
}

/** nft refuses intervals that overlap. */
function mergePorts(ports: readonly PortRange[]): PortRange[] {
	const wide = ports.map(({ low, high }) => ({ low: BigInt(low), high: BigInt(high) }));
	return mergeIntervals(wide).map(({ low, high }) => ({
		low: Number(low) as Port,
		high: Number(high) as Port,
	}));
}

/**
 * Two subnets are apart or one holds the other; only the outer ones are needed. In order of their first addresses, and
 * wider ones first, a subnet is held by the last outer one or by none.
 */
function outermost(subnets: readonly Cidr[]): string[] {
	if (subnets.length < 2) {
		return subnets.map(formatCidr);
	}
	const spans = subnets.map((subnet) => ({ subnet, ...intervalOf(subnet) }));
	spans.sort((a, b) => (a.low === b.low ? a.subnet.prefix - b.subnet.prefix : a.low < b.low ? -1 : 1));
	const outer = new Set<Cidr>();
	let end = -1n;
	for (const { subnet, low, high } of spans) {
		if (low > end) {
			outer.add(subnet);
			end = high;
		}
	}
	return subnets.filter((subnet) => outer.has(subnet)).map(formatCidr);
}
