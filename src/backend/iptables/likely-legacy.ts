import type { Hook } from "../../rules/plan.ts";
import { placeOf, standsAt, textOf, type Words } from "../../wire/bytes.ts";
import {
	errorName,
	extensionHeader,
	type IpRule,
	type IpTarget,
	layouts,
	upToNul,
	verdicts,
} from "../../wire/ip-table.ts";
import { natTableOf } from "../../wire/ip-words.ts";
import { commentLength } from "../../wire/xtables.ts";
import type { HookedRule } from "../backend.ts";
import type { LegacyTable } from "./legacy-table.ts";
import { type Among, commentStarts, LikelyRules } from "./likely-rules.ts";
import { chainNames, hookOfOwnChain } from "./own-state.ts";

type Entries = Pick<LegacyTable, "family" | "entries">;

/** As {@link LikelyRules} has it, of a table as ip_tables hands it out. */
export function likelyInLegacy(table: Entries, order: Words, among: Among = "all"): readonly HookedRule[] {
	const { entries } = table;
	const { offsets, header } = layouts[table.family];
	const begin = commentStarts[among];
	if (placeOf(entries, begin) < 0) {
		return [];
	}
	const rules = new LikelyRules<number>();
	let hook: Hook | undefined;
	for (let at = 0; at < entries.length; ) {
		const target = at + order.u16At(entries, at + offsets);
		const end = at + order.u16At(entries, at + offsets + 2);
		if (target < at + header || end < target + extensionHeader) {
			return [];
		}
		// A rule of ours has its comment behind all other matches.
		const comment = target - commentLength;
		if (hook !== undefined && comment > at + header && standsAt(entries, comment, begin)) {
			rules.add(hook, upToNul(entries.slice(comment, target)), at);
		} else if (standsAt(entries, target + 2, errorTargetName)) {
			hook = hookOfOwnChain(textOf(upToNul(entries.slice(target + extensionHeader, end))));
		}
		at = end;
	}
	return rules.read((at, entry) => textOfEntry(table, order, at, entry));
}

const errorTargetName = `${errorName}\0`;

/** In the words of iptables-save, of the rule that begins there. */
function textOfEntry({ family, entries }: Entries, order: Words, hook: Hook, at: number): string | undefined {
	const { packet, offsets, header } = layouts[family];
	const target = at + order.u16At(entries, at + offsets);
	const rule: IpRule = {
		packet: entries.slice(at, at + packet),
		matches: entries.slice(at + header, target),
		target: targetIn(entries.slice(target, at + order.u16At(entries, at + offsets + 2)), order),
	};
	const table = { family, chains: [{ name: chainNames[hook].own, rules: [rule] }] };
	return natTableOf(table, order).chains[0]?.rules[0]?.text;
}

/** Of what no rule of ours does nothing is said: it is no rule of a plan's then. */
function targetIn(bytes: string, { u32At }: Words): IpTarget {
	return bytes[2] !== "\0"
		? { kind: "extension", bytes }
		: { kind: (u32At(bytes, extensionHeader) | 0) === verdicts.return ? "return" : "next" };
}
