import { splitWords } from "../../backend/iptables/words.ts";
import type { Condition, NatRule } from "../ruleset.ts";
import { parseExtension, parsePlainMatch } from "./parse-match.ts";
import { parseTarget } from "./parse-target.ts";

/**
 * Reads any rule as iptables-save prints it behind `-A CHAIN`, whoever wrote it. What it cannot read it keeps, a match
 * extension at a time, so that the rest still says something.
 */
export function parseRule(spec: string, isChain: (name: string) => boolean): NatRule {
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

/** A lone `!` waits for its option. */
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
	return found ?? [{ negated: false, test: { kind: "unparsed", text: part.join(" ") } }];
}
