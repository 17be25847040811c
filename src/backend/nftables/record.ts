import type { Cidr } from "../../domain/cidr.ts";
import { type Drift, orderedDrift } from "../../rules/diff.ts";
import { type Hook, hooks, isUnknownPort, type Plan } from "../../rules/plan.ts";
import type { Condition, FoundRule, OwnRule } from "../../rules/rule.ts";
import { type NatTable, wholeRules } from "../../rules/ruleset.ts";
import { setRuleInWords } from "../../rules/words.ts";
import { mergeNumbers, mergeSubnets } from "../../wire/set-content.ts";
import { setRules } from "./gather.ts";
import { ownRule } from "./own-rule.ts";

/**
 * What our table keeps of the rules that were made, as its comment, which nft prints: a mark of each rule, in order, of
 * prerouting and of output,
 *
 *     rules as made, form 1: Wm3xKq0P/A81fLs9cQe-d
 *
 * so that a rule that is gone, changed, moved or new shows, whatever policy the rules that are left would make. A mark has
 * 24 bits: it finds mistakes and not somebody who may change the comment too. A mark that comes to mean something else
 * needs another number of the form, since a later Shunt reads what an earlier one wrote.
 */
const heading = "rules as made, form 1: ";
const markLength = 4;

/** At most 128 characters, which is all that nft takes as a comment. */
export function recordOf(plan: Plan): string {
	return heading + hooks.map((hook) => setRules(plan, hook).map(markOf).join("")).join("/");
}

/** Whether a table tells how its rules were made, in a form that we know. */
export function isRecorded({ comment }: Pick<NatTable, "comment">): boolean {
	return comment?.startsWith(heading) === true;
}

/** What has become of the rules since they were made; none where the table does not tell how they were. */
export function changesSinceMade(found: NatTable, plan: Plan): Drift[] {
	const { comment } = found;
	if (comment === undefined || !isRecorded(found)) {
		return [];
	}
	const recorded = comment.slice(heading.length).split("/");
	return hooks.flatMap((hook, index) => {
		const made = recorded[index]?.match(new RegExp(`.{1,${markLength}}`, "g")) ?? [];
		return changesIn(hook, made, { found, plan });
	});
}

function changesIn(
	hook: Hook,
	made: readonly string[],
	{ found, plan }: { found: NatTable; plan: Plan },
): Drift[] {
	const chain = found.chains.find(({ name }) => name === hook);
	const rules = wholeRules(chain?.rules ?? []);
	const present = rules.map(([first, ...parts]) => foundMark(first, parts));
	return orderedDrift(hook, made, present).flatMap((drift): Drift[] => {
		switch (drift.kind) {
			case "missing-rule":
				return [lostRule(drift, made.length, setRules(plan, hook))];
			case "extra-rule": {
				const { position } = drift;
				return [{ kind: "added-rule", hook, position, text: inWords(rules[position - 1]?.[0]) }];
			}
			default:
				return [];
		}
	});
}

function lostRule(
	{ hook, position, text: mark }: Extract<Drift, { kind: "missing-rule" }>,
	last: number,
	wanted: readonly OwnRule[],
): Drift {
	const rule =
		wanted.find((one) => markOf(one) === mark) ??
		// A plan that was read back from the rules does not know the port of a redirect that is gone.
		(position === last ? wanted.find(isRedirectAnywhere) : undefined);
	return { kind: "lost-rule", hook, position, ...(rule && { text: setRuleInWords(rule) }) };
}

function inWords(rule: FoundRule | undefined): string {
	const own = rule && ownRule(rule);
	return own === undefined ? (rule?.text ?? "") : setRuleInWords(own);
}

function isRedirectAnywhere({ action }: OwnRule): boolean {
	return action.kind === "redirect" && isUnknownPort(action.ports);
}

/** Of a rule that we would not write for any plan, what is no mark. */
function foundMark(rule: FoundRule, otherParts: readonly FoundRule[]): string {
	const own = otherParts.length > 0 ? undefined : ownRule(rule);
	return own === undefined ? `not ours: ${rule.text}` : markOf(own);
}

/** Equal for rules that do the same for the same reason, in whatever order and pieces their sets are written. */
function markOf({ reason, conditions, action }: OwnRule): string {
	const target = action.kind === "redirect" ? action.ports.low : "";
	// Conditions hold together in any order.
	const all = conditions.reduce((sum, condition) => (sum + conditionHash(condition)) | 0, 0);
	return spelled(mixed(textHash(`${target}`, wordHash(`${reason} ${action.kind} `)), all));
}

function conditionHash(condition: Condition): number {
	switch (condition.kind) {
		case "family":
			return wordHash(condition.family);
		case "protocol":
			return textHash(condition.protocols.join());
		case "destination-port":
			return spansHash(condition.kind, condition.ports);
		case "uid":
		case "gid":
			return spansHash(condition.kind, condition.ids);
		case "source":
		case "destination":
			return subnetsHash(condition.subnets, wordHash(`${condition.kind} ${condition.subnets[0]?.family}`));
		case "in-interface":
		case "out-interface": {
			const names = new Set(condition.names.map(({ name }) => name));
			return textHash(`${condition.kind} ${[...names].sort().join()}`);
		}
		default:
			return wordHash(condition.kind);
	}
}

function spansHash(kind: string, spans: readonly { readonly low: number; readonly high: number }[]): number {
	const { lows, highs } = mergeNumbers(spans);
	let mix = wordHash(kind);
	if (lows === highs) {
		// There may be tens of thousands, and each number has the same part in both steps.
		for (const number of lows) {
			const product = imul(number, multiplier);
			const part = imul(product ^ (product >>> 24), multiplier);
			mix = imul(imul(mix, multiplier) ^ part, multiplier) ^ part;
		}
		return mix;
	}
	for (let index = 0; index < lows.length; index++) {
		mix = mixed(mixed(mix, lows[index] ?? 0), highs[index] ?? 0);
	}
	return mix;
}

function subnetsHash(subnets: readonly Cidr[], hash: number): number {
	const { lows, highs } = mergeSubnets(subnets);
	// There may be tens of thousands, and their bytes are few.
	const steps = Array.from({ length: 256 }, (_, byte) => mixed(0, byte));
	let mix = hash;
	for (let index = 0; index < lows.length; index++) {
		const bytes = `${lows[index]}${highs[index]}`;
		for (let at = 0; at < bytes.length; at++) {
			mix = imul(mix, multiplier) ^ (steps[bytes.charCodeAt(at)] ?? 0);
		}
	}
	return mix;
}

/** Of a text that every plan has: the native program comes with those of the usual ones (its rehearsal). */
function wordHash(text: string): number {
	const known = wordHashes.get(text) ?? textHash(text);
	wordHashes.set(text, known);
	return known;
}

const wordHashes = new Map<string, number>();

function textHash(text: string, hash = 1): number {
	let mix = hash;
	for (let at = 0; at < text.length; at++) {
		mix = mixed(mix, text.charCodeAt(at));
	}
	return mix;
}

/** A step of MurmurHash2 (Austin Appleby, public domain), whose multiplier this is. */
function mixed(hash: number, value: number): number {
	const product = imul(value, multiplier);
	return imul(hash, multiplier) ^ imul(product ^ (product >>> 24), multiplier);
}

const multiplier = 0x5bd1e995;

/** There may be tens of thousands of subnets. */
const { imul } = Math;

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function spelled(hash: number): string {
	const settled = imul(hash ^ (hash >>> 13), multiplier);
	const bits = settled ^ (settled >>> 15);
	return [18, 12, 6, 0].map((shift) => digits[(bits >>> shift) & 63]).join("");
}
