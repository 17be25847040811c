import type { Family } from "../../domain/family.ts";
import type { IptablesDialect, TableDialect } from "../../domain/mode.ts";
import type { Hook } from "../../rules/plan.ts";
import type { Condition, FoundRule } from "../../rules/rule.ts";
import { type Base, chainOf, type NatChain, type NatTable } from "../../rules/ruleset.ts";
import { parseExtension, parsePlainMatch, parseTarget } from "./read-match.ts";

/** NF_IP_PRI_NAT_DST in linux/netfilter_ipv4.h: where both variants of iptables put these two chains. */
const priority = -100;

const hooks: Readonly<Record<string, Hook>> = { PREROUTING: "prerouting", OUTPUT: "output" };

/** What `iptables-save -t nat` of one dialect and family printed, as a table. */
export function readTable(output: string, dialect: IptablesDialect & TableDialect, scope: Family): NatTable {
	return { dialect, scope, name: "nat", chains: readChains(output) };
}

/**
 * Reads `iptables-save -t nat`. What the rules mean is read when somebody asks; those who write need only their words
 * ({@link wordsIn}).
 */
export function readChains(output: string): NatChain[] {
	const chains = new Map<string, { readonly policy: string; readonly specs: string[] }>();
	const isChain = (name: string) => chains.get(name)?.policy === noPolicy;
	for (const line of output.split("\n")) {
		if (line.startsWith(":")) {
			const [, name, policy = noPolicy] = /^:(\S+) (\S+)/.exec(line) ?? [];
			if (name !== undefined) {
				chains.set(name, { policy, specs: [] });
			}
			continue;
		}
		const rule = ruleIn(line);
		if (rule !== undefined) {
			chains.get(rule.chain)?.specs.push(rule.spec);
		}
	}
	return [...chains].map(([name, { policy, specs }]) => {
		const chain = chainOf(name, baseOf(name, policy), () => specs.map((spec) => readRule(spec, isChain)));
		words.set(chain, specs);
		return chain;
	});
}

const words = new WeakMap<NatChain, readonly string[]>();

/** A chain's rules exactly as they were printed behind `-A CHAIN`, which iptables-restore takes back as they are. */
export function wordsIn(chain: NatChain): readonly string[] {
	return words.get(chain) ?? chain.rules.map(({ text }) => text);
}

/** What iptables-save prints in place of a policy, of a chain that a program made. */
const noPolicy = "-";

function baseOf(name: string, policy: string): Base | undefined {
	const hook = policy === noPolicy ? undefined : hooks[name];
	return hook && { hook, priority, policy: policy === "DROP" ? "drop" : "accept" };
}

/** Read without an expression: there may be tens of thousands of these lines. */
function ruleIn(line: string): { readonly chain: string; readonly spec: string } | undefined {
	const start = line.startsWith("[") ? line.indexOf("] ") + 2 : 0;
	if (!line.startsWith("-A ", start)) {
		return undefined;
	}
	const blank = line.indexOf(" ", start + 3);
	return blank < 0
		? { chain: line.slice(start + 3), spec: "" }
		: { chain: line.slice(start + 3, blank), spec: line.slice(blank + 1) };
}

/**
 * Reads any rule as iptables-save prints it behind `-A CHAIN`, whoever wrote it. What it cannot read it keeps, a match
 * extension at a time, so that the rest still says something.
 */
export function readRule(spec: string, isChain: (name: string) => boolean): FoundRule {
	const { words, comments } = withoutComments(splitWords(spec));
	const parts = settleNegations(splitParts(words));
	const target = parts.find(([word]) => word === "-j" || word === "-g");
	const [comment] = comments;
	return {
		text: spec,
		conditions: parts.filter((part) => part !== target).flatMap(parsePart),
		action: parseTarget(target ?? [], isChain),
		...(comment === undefined ? {} : { comment }),
	};
}

/**
 * Splits a rule as iptables-save prints it into words: blanks separate, double quotes group, and inside them a
 * backslash keeps the next character (xtables_save_string in libxtables/xtables.c).
 */
export function splitWords(text: string): string[] {
	const words: string[] = [];
	for (const [, quoted, bare] of text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
		words.push(quoted === undefined ? (bare ?? "") : withoutBackslashes(quoted));
	}
	return words;
}

function withoutBackslashes(quoted: string): string {
	return quoted.includes("\\") ? quoted.replace(/\\(.)/g, "$1") : quoted;
}

/** A comment may be any text, also one that looks like a rule's end, so comments go before anything is looked for. */
function withoutComments(words: readonly string[]): { words: string[]; comments: string[] } {
	const kept: string[] = [];
	const comments: string[] = [];
	for (let rest = words; rest.length > 0; ) {
		const [first = "", second, third, fourth = ""] = rest;
		const isComment = first === "-m" && second === "comment" && third === "--comment";
		if (isComment) {
			comments.push(fourth);
		} else {
			kept.push(first);
		}
		rest = rest.slice(isComment ? 4 : 1);
	}
	return { words: kept, comments };
}

/** Each begins with an option of iptables itself, which is a single letter; an extension's long ones follow its `-m`. */
function splitParts(words: readonly string[]): string[][] {
	const parts: string[][] = [];
	for (const word of words) {
		const last = parts.at(-1);
		const opens = /^-[a-z]$/.test(word) || (word === "!" && last?.[0] !== "-m");
		if (last === undefined || (opens && !isOpen(last))) {
			parts.push([word]);
		} else {
			last.push(word);
		}
	}
	return parts;
}

/** A lone `!` belongs to the option behind it. */
function isOpen(part: readonly string[]): boolean {
	return part.length === 1 && part[0] === "!";
}

/** A `!` at the very end of an extension's words belongs to the option after them: `-m owner … ! -o lo`. */
function settleNegations(parts: readonly (readonly string[])[]): string[][] {
	return parts.map((part, index) => {
		const own = part.at(-1) === "!" ? part.slice(0, -1) : [...part];
		return parts[index - 1]?.at(-1) === "!" ? ["!", ...own] : own;
	});
}

function parsePart(part: readonly string[]): Condition[] {
	const negated = part[0] === "!";
	const [option = "", ...values] = negated ? part.slice(1) : part;
	const found = option === "-m" ? parseExtension(values) : parsePlainMatch(option, values, negated);
	return found ?? [{ kind: "unparsed", text: part.join(" ") }];
}
