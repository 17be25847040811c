import type { Reason } from "../../policy/reason.ts";
import { commentOf } from "../../rules/comment.ts";
import type { Hook, PlannedAction, PlannedCondition } from "../../rules/plan.ts";
import type { Words } from "../../wire/bytes.ts";
import {
	extensionBytes,
	extensionsIn,
	type IpChain,
	type IpRule,
	type IpTable,
} from "../../wire/ip-table.ts";
import { natTableOf } from "../../wire/ip-words.ts";
import { comment, type Extension } from "../../wire/xtables.ts";
import { plannedPartsOf } from "./own-rule.ts";
import { chainNames, hookOfOwnChain } from "./own-state.ts";
import { probeChain } from "./probe-rules.ts";

/**
 * A table for a kernel that takes no comments, such as gVisor's: our rules do the same without, and what they are says why
 * they are there. Those of others stay as they are.
 */
export function withoutOurComments(table: IpTable, order: Words): IpTable {
	return mapOurs(table, (rule) => ({
		...rule,
		matches: bytesOf(withoutComment(matchesOf(rule, order)), order),
	}));
}

/** Whether there are rules of ours, and none that has a comment. */
export function isBare(table: IpTable, order: Words): boolean {
	let count = 0;
	let commented = 0;
	mapOurs(table, (rule) => {
		count++;
		commented += matchesOf(rule, order).some(isComment) ? 1 : 0;
		return rule;
	});
	return count > 0 && commented === 0;
}

/** The table as it would be if the kernel had kept our comments, and the revisions in which it was given our matches. */
export function withOurComments(table: IpTable, order: Words): IpTable {
	const revised = mapOurs(table, (rule) => {
		const matches = matchesOf(rule, order).map(asWeSendIt);
		return { ...rule, matches: bytesOf(matches, order) };
	});
	const words = natTableOf(revised, order);
	return mapOurs(revised, (rule, { chain, hook, index }) => {
		const found = words.chains.find(({ name }) => name === chain.name)?.rules[index];
		const text = isJump(rule, hook) ? chainNames[hook].jumpComment : found && commentFor(found, hook, index);
		return text === undefined
			? rule
			: { ...rule, matches: rule.matches + extensionBytes(comment(text), order) };
	});
}

interface Place {
	readonly chain: IpChain;
	readonly hook: Hook;
	/** From 0. */
	readonly index: number;
}

/** With another rule in place of each of our chains' and of each that leads into one of them. */
function mapOurs({ family, chains }: IpTable, make: (rule: IpRule, place: Place) => IpRule): IpTable {
	return {
		family,
		chains: chains.map((chain) => {
			// What a trial's rules would be about has no hook, and matters to nobody.
			const own = chain.name === probeChain ? "output" : hookOfOwnChain(chain.name);
			return {
				...chain,
				rules: chain.rules.map((rule, index) => {
					const hook = own ?? (rule.target.kind === "jump" ? hookOfOwnChain(rule.target.chain) : undefined);
					return hook === undefined ? rule : make(rule, { chain, hook, index });
				}),
			};
		}),
	};
}

function isJump({ target }: IpRule, hook: Hook): boolean {
	return target.kind === "jump" && target.chain === chainNames[hook].own;
}

function matchesOf({ matches }: IpRule, order: Words): readonly Extension[] {
	return extensionsIn(matches, order) ?? [];
}

function bytesOf(matches: readonly Extension[], order: Words): string {
	return matches.map((match) => extensionBytes(match, order)).join("");
}

function isComment({ name }: Extension): boolean {
	return name === "comment";
}

function withoutComment(matches: readonly Extension[]): readonly Extension[] {
	return matches.filter((match) => !isComment(match));
}

/**
 * gVisor tells of no revision (marshalEntryMatch in pkg/sentry/socket/netfilter/extensions.go), but gives the struct of the
 * newest that it knows, which is told from older ones by its length.
 */
function asWeSendIt(match: Extension): Extension {
	return match.revision === 0 && newer[match.name] === match.data.length ? { ...match, revision: 1 } : match;
}

/** Lengths of struct xt_multiport_v1 and struct xt_owner_match_info, as they are aligned. */
const newer: Readonly<Record<string, number>> = { multiport: 48, owner: 24 };

function commentFor(
	found: Parameters<typeof plannedPartsOf>[0],
	hook: Hook,
	index: number,
): string | undefined {
	const parts = plannedPartsOf(found);
	const reason = parts && reasonFor(parts.conditions, parts.action, hook, index);
	return parts && reason && commentOf(reason, parts.conditions);
}

/** Why a plan has a rule: no two of its fields make the same, but that the proxy's own user comes first among users. */
function reasonFor(
	conditions: readonly PlannedCondition[],
	{ kind: action }: PlannedAction,
	hook: Hook,
	index: number,
): Reason | undefined {
	const about = conditions.find(({ kind }) => kind !== "protocol");
	if (action === "redirect") {
		return redirecting[hook][about?.kind ?? "nothing"];
	}
	const isLoopback = about !== undefined && "names" in about && about.names[0].name === "lo";
	if (hook === "output" && isLoopback) {
		return "ignore-loopback";
	}
	return about?.kind === "uid" && index > 0 ? "ignore-user-id" : passing[about?.kind ?? "nothing"];
}

type Reasons = Readonly<Partial<Record<PlannedCondition["kind"] | "nothing", Reason>>>;

const redirecting: Readonly<Record<Hook, Reasons>> = {
	prerouting: { "destination-port": "redirect-port", nothing: "redirect-all-incoming-to-proxy-port" },
	output: { "destination-port": "redirect-outgoing-port", nothing: "redirect-all-outgoing-to-proxy-port" },
};

const passing: Reasons = {
	"destination-port": "ignore-port",
	source: "ignore-subnet",
	destination: "ignore-subnet",
	"in-interface": "ignore-interface",
	"out-interface": "ignore-interface",
	uid: "ignore-proxy-user-id",
	gid: "ignore-proxy-group-id",
};
