import { commentPrefix } from "../../rules/comment.ts";
import type { Hook } from "../../rules/plan.ts";
import { textOf, type Words } from "../../wire/bytes.ts";
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
import type { HookedRule } from "../backend.ts";
import type { LegacyTable } from "./legacy-table.ts";
import { type Commented, likelyRules } from "./likely-rules.ts";
import { chainNames, hookOfOwnChain } from "./own-state.ts";

type Entries = Pick<LegacyTable, "family" | "entries">;

/** As {@link likelyRules}, of a table as ip_tables hands it out. */
export function likelyInLegacy({ family, entries }: Entries, order: Words): readonly HookedRule[] {
	const { packet, offsets, header } = layouts[family];
	const found: Commented<IpRule>[] = [];
	let hook: Hook | undefined;
	for (let at = 0; at < entries.length; ) {
		const target = at + order.u16At(entries, at + offsets);
		const end = at + order.u16At(entries, at + offsets + 2);
		if (target < at + header || end < target + extensionHeader) {
			return [];
		}
		if (entries.startsWith(`${errorName}\0`, target + 2)) {
			hook = hookOfOwnChain(textOf(upToNul(entries.slice(target + extensionHeader, end))));
		} else if (hook !== undefined) {
			const matches = entries.slice(at + header, target);
			const start = matches.indexOf(commentPrefix);
			if (start >= 0) {
				found.push({
					hook,
					comment: textOf(upToNul(matches.slice(start))),
					rule: {
						packet: entries.slice(at, at + packet),
						matches,
						target: targetIn(entries.slice(target, end), order),
					},
				});
			}
		}
		at = end;
	}
	return likelyRules(found, (at, rule) => {
		const [chain] = natTableOf(
			{ family, chains: [{ name: chainNames[at].own, rules: [rule] }] },
			order,
		).chains;
		return chain?.rules[0]?.text;
	});
}

/** Of what no rule of ours does nothing is said: it is no rule of a plan's then. */
function targetIn(bytes: string, { u32At }: Words): IpTarget {
	return bytes[2] !== "\0"
		? { kind: "extension", bytes }
		: { kind: (u32At(bytes, extensionHeader) | 0) === verdicts.return ? "return" : "next" };
}
