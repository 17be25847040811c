import type { Span } from "../domain/number.ts";
import type { Action, Condition } from "../rules/rule.ts";
import { be16At } from "./bytes.ts";
import type { Expression, RegisterRange, Verdict } from "./expression.ts";
import { addressText } from "./field.ts";
import { scopeOfProtocolFamily, type TableScope, verdictCode } from "./nf-tables.ts";
import type { Registers } from "./registers.ts";
import { dashSpan } from "./save-words.ts";

/** What a rule does to a packet that fulfils its conditions, as nft spells it, and iptables-save where that can. */
export interface Outcome {
	readonly action: Action;
	readonly nft: string;
	readonly save: string | undefined;
}

export function outcomeOf({ code, chain }: Verdict): Outcome {
	switch (code) {
		case verdictCode.continue:
			return { action: { kind: "continue" }, nft: "continue", save: "" };
		case verdictCode.return:
			return { action: { kind: "return" }, nft: "return", save: "-j RETURN" };
		case verdictCode.accept:
			return { action: { kind: "accept" }, nft: "accept", save: "-j ACCEPT" };
		case verdictCode.drop:
			return { action: { kind: "drop" }, nft: "drop", save: "-j DROP" };
		case verdictCode.jump:
		case verdictCode.goto: {
			const kind = code === verdictCode.jump ? "jump" : "goto";
			if (chain !== undefined) {
				return { action: { kind, chain }, nft: `${kind} ${chain}`, save: `-${kind.charAt(0)} ${chain}` };
			}
			break;
		}
	}
	return unknownOutcome(`[verdict ${code}, not understood]`);
}

export function unknownOutcome(words: string): Outcome {
	return { action: { kind: "unparsed", text: words }, nft: words, save: undefined };
}

export function redirection(
	{ ports: given }: Extract<Expression, { kind: "redirect" }>,
	registers: Registers,
): Outcome {
	if (given === undefined) {
		return { action: { kind: "redirect" }, nft: "redirect", save: "-j REDIRECT" };
	}
	const ports = portsIn(given, registers);
	return ports === undefined
		? unknownOutcome("redirect to :[not understood]")
		: {
				action: { kind: "redirect", ports },
				nft: `redirect to :${dashSpan(ports)}`,
				save: `-j REDIRECT --to-ports ${dashSpan(ports)}`,
			};
}

/** Of a table for both families, the rule is about one. */
export function translation(
	expression: Extract<Expression, { kind: "translate" }>,
	registers: Registers,
	scope: TableScope,
): Outcome & { readonly implied: readonly Condition[] } {
	const family = scopeOfProtocolFamily.get(expression.family);
	const implied: Condition[] =
		scope === "inet" && family !== undefined && family !== "inet" ? [{ kind: "family", family }] : [];
	if (expression.to === "source") {
		return { implied, ...unknownOutcome("snat") };
	}
	const addresses = given(expression.addresses, (range) => addressesIn(range, registers));
	const ports = given(expression.ports, (range) => portsIn(range, registers));
	if (addresses === notRead || ports === notRead || (expression.flags & notUnderstood) !== 0) {
		return { implied, ...unknownOutcome("dnat to [not understood]") };
	}
	const outcome = destination(addresses, ports);
	const named = family === "ipv4" ? "dnat ip to" : "dnat ip6 to";
	return {
		implied,
		...outcome,
		nft: implied.length === 0 ? outcome.nft : outcome.nft.replace("dnat to", named),
	};
}

const notRead = Symbol("not read");

/** What is not asked for is undefined, too. */
function given<T>(range: RegisterRange | undefined, read: (range: RegisterRange) => T | undefined) {
	return range === undefined ? undefined : (read(range) ?? notRead);
}

function destination(addresses: string | undefined, ports: Span | undefined): Outcome {
	const bracketed = ports !== undefined && addresses?.includes(":") ? `[${addresses}]` : addresses;
	const target = `${bracketed ?? ""}${ports === undefined ? "" : `:${dashSpan(ports)}`}`;
	return {
		action: {
			kind: "dnat",
			...(addresses === undefined ? {} : { address: addresses }),
			...(ports === undefined ? {} : { ports }),
		},
		nft: `dnat to ${target}`,
		save: `-j DNAT --to-destination ${target}`,
	};
}

/** All but what says that addresses or ports are given, and how one of several is picked (NF_NAT_RANGE_*). */
const notUnderstood = ~31;

function portsIn({ low, high }: RegisterRange, registers: Registers): Span | undefined {
	const [first, last] = [registers.held(low), registers.held(high)];
	return first?.kind === "data" && last?.kind === "data" && first.data.length === 2 && last.data.length === 2
		? { low: be16At(first.data, 0), high: be16At(last.data, 0) }
		: undefined;
}

function addressesIn({ low, high }: RegisterRange, registers: Registers): string | undefined {
	const [first, last] = [registers.held(low), registers.held(high)];
	if (first?.kind !== "data" || last?.kind !== "data" || !isAddress(first.data) || !isAddress(last.data)) {
		return undefined;
	}
	const [from, to] = [addressText(first.data), addressText(last.data)];
	return from === to ? from : `${from}-${to}`;
}

function isAddress(data: string): boolean {
	return data.length === 4 || data.length === 16;
}
