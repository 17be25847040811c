import { type Cidr, formatCidr } from "../../domain/cidr.ts";
import type { InterfacePattern } from "../../domain/interface-name.ts";
import type { Span } from "../../domain/number.ts";
import { commentPrefix } from "../../rules/comment.ts";
import { hooks, type Plan } from "../../rules/plan.ts";
import type { Condition, OwnAction, OwnRule } from "../../rules/rule.ts";
import { lastOf, mergeNumbers } from "../../wire/set-content.ts";
import type { Mark, SetUpOptions } from "../backend.ts";
import { setRules } from "./gather.ts";
import { recordOf } from "./record.ts";

/** Our table: nobody else's rules live in it, so it can be replaced and deleted whole. */
export const table = { family: "inet", name: "shunt" } as const;

/**
 * NF_IP_PRI_NAT_DST in linux/netfilter_ipv4.h. As a number, because nft knows the name `dstnat` for the output hook
 * only in some releases.
 */
export const priority = -100;

/**
 * The input for one `nft -f -`, which is one transaction, where there is no table of ours; refused whole where there is one
 * after all. It destroys nothing, and so spares nft the wait, on closing its socket, for the kernel to do that when no
 * processor looks at it any more (nft_rcv_nl_event in net/netfilter/nf_tables_api.c): four fifths of the time that a
 * replacement takes.
 */
export function renderCreation(plan: Plan, options: TableOptions): string {
	return `create ${head(plan)}${renderTable(plan, options)}`;
}

/**
 * The same whatever there was. Adding the table before deleting it makes the deletion work in any case; what follows is
 * then all that there is.
 */
export function renderReplacement(plan: Plan, options: TableOptions): string {
	return `${removal}add ${head(plan)}${renderTable(plan, options)}`;
}

/** A table takes its comment when it is made, and not when it is named again. */
function head(plan: Plan): string {
	return `table inet shunt { comment "${recordOf(plan)}"; }\n`;
}

type TableOptions = Pick<SetUpOptions, "counters">;

/** Only what nft 1.0.1 and Linux 5.4 know is used: nat chains and redirect in the inet family came with Linux 5.2. */
function renderTable(plan: Plan, options: TableOptions): string {
	const chains = hooks.flatMap((hook) => [
		`\tchain ${hook} {`,
		`\t\ttype nat hook ${hook} priority ${priority}; policy accept;`,
		...setRules(plan, hook).map((rule) => `\t\t${renderRule(rule, options)}`),
		"\t}",
	]);
	return `table inet shunt {\n${chains.join("\n")}\n}\n`;
}

/** The input that removes our table, and succeeds where there is none. */
export const removal = "add table inet shunt\ndelete table inet shunt\n";

/** A rule as it stands in a chain's block. */
export function renderRule(
	{ reason, conditions, action }: OwnRule,
	{ counters }: TableOptions,
	mark: Mark = '"',
): string {
	return [
		...conditions.map((condition) => renderCondition(condition, mark)),
		...(counters ? ["counter"] : []),
		renderAction(action),
		`comment ${mark}${commentPrefix}${reason}${mark}`,
	].join(" ");
}

/**
 * Every kind of rule in a table that is deleted again in the same transaction. The rules stand in a chain of their own: in
 * one that the kernel cannot make it would look at none.
 */
export const probe = `table inet shunt_probe {
	chain prerouting {
		type nat hook prerouting priority ${priority}; policy accept;
	}
	chain output {
		type nat hook output priority ${priority}; policy accept;
	}
	chain rules {
		tcp dport { 1, 2-3 } return comment "shunt/probe"
		ip saddr { 192.0.2.0/24 } return
		ip6 saddr { 2001:db8::/32 } return
		meta l4proto tcp redirect to :1
		meta skuid 1 oifname "lo" return
	}
}
delete table inet shunt_probe
`;

function renderCondition(condition: Condition, mark: Mark): string {
	switch (condition.kind) {
		case "family":
			return `meta nfproto ${condition.family}`;
		case "protocol":
			return `meta l4proto ${renderSet(condition.protocols)}`;
		case "destination-port":
			return `tcp dport ${renderPorts(condition.ports)}`;
		case "source":
			return `${headerOf(condition.subnets)} saddr ${renderSet(outermost(condition.subnets))}`;
		case "destination":
			return `${headerOf(condition.subnets)} daddr ${renderSet(outermost(condition.subnets))}`;
		case "in-interface":
			return `iifname ${renderSet(quoted(condition.names, mark))}`;
		case "out-interface":
			return `oifname ${renderSet(quoted(condition.names, mark))}`;
		case "uid":
			return `meta skuid ${renderSet(condition.ids.map(formatSpan))}`;
		case "gid":
			return `meta skgid ${renderSet(condition.ids.map(formatSpan))}`;
		default:
			throw new Error(`no rule of ours has a condition on ${condition.kind}`);
	}
}

function renderAction(action: OwnAction): string {
	return action.kind === "return" ? "return" : `redirect to :${formatSpan(action.ports)}`;
}

function renderSet(elements: readonly string[]): string {
	const distinct = elements.length > 1 ? [...new Set(elements)] : elements;
	return distinct.length === 1 ? `${distinct[0]}` : `{ ${distinct.join(", ")} }`;
}

/** All subnets of a set are of one family. */
function headerOf([first]: readonly Cidr[]): "ip" | "ip6" {
	return first?.family === "ipv6" ? "ip6" : "ip";
}

/** Names are parsed values without quotation marks (see InterfaceName). */
function quoted(names: readonly InterfacePattern[], mark: Mark): string[] {
	return names.map(({ name }) => `${mark}${name}${mark}`);
}

/** nft refuses intervals that overlap. */
function renderPorts(ports: readonly Span[]): string {
	const { lows, highs } = mergeNumbers(ports);
	return lows === highs && lows.length > 1 ? `{ ${lows.join(", ")} }` : renderSet(spansIn(lows, highs));
}

function spansIn(lows: readonly number[], highs: readonly number[]): string[] {
	return lows.map((low, index) => (low === highs[index] ? `${low}` : `${low}-${highs[index]}`));
}

function formatSpan({ low, high }: Span): string {
	return low === high ? `${low}` : `${low}-${high}`;
}

/**
 * Two subnets are apart or one holds the other; only the outer ones are needed. In order of their first addresses, and
 * wider ones first, a subnet is held by the last outer one or by none.
 */
function outermost(subnets: readonly Cidr[]): string[] {
	if (subnets.length < 2) {
		return subnets.map(formatCidr);
	}
	if (areApart(subnets)) {
		return subnets.map(formatCidr);
	}
	const outer = new Set<Cidr>();
	let end: string | undefined;
	for (const subnet of [...subnets].sort(byFirst)) {
		if (end === undefined || subnet.first > end) {
			outer.add(subnet);
			end = lastOf(subnet);
		}
	}
	return subnets.filter((subnet) => outer.has(subnet)).map(formatCidr);
}

/** Whether each begins behind the end of the one before, as in most lists; there may be tens of thousands. */
function areApart(subnets: readonly Cidr[]): boolean {
	let end: string | undefined;
	for (const subnet of subnets) {
		if (end !== undefined && subnet.first <= end) {
			return false;
		}
		end = lastOf(subnet);
	}
	return true;
}

function byFirst(a: Cidr, b: Cidr): number {
	return a.first === b.first ? a.prefix - b.prefix : a.first < b.first ? -1 : 1;
}
