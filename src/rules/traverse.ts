import type { NatPacket } from "./match.ts";
import { describeTable, type Ruleset, sees } from "./ruleset.ts";
import { type KnownFate, type NatFate, type NatStep, type Walk, walk } from "./walk.ts";

export interface Traversal {
	readonly fate: NatFate;
	/** The rules visited, in order. */
	readonly steps: readonly NatStep[];
	/**
	 * The rule that gave the packet its fate; for one that passes, the last that let it go. Absent where none did, or
	 * where the fate is unknown.
	 */
	readonly decidedBy?: NatStep;
}

/**
 * What a namespace's nat rules do to a packet, in netfilter's own order. Where something cannot be told, both ways are
 * gone, and the fate is unknown only if they end differently: a condition that nobody can read on a rule that could
 * not have changed anything does no harm.
 */
export function traverse(ruleset: Ruleset, packet: NatPacket): Traversal {
	const first = walk(ruleset, packet, []);
	const { steps, decidedBy, fate } = first;
	const notRead = unread(ruleset, packet);
	const { why, ends } = allWalks(ruleset, packet, first);
	if (notRead.length + why.length > 0) {
		const ways = notRead.length === 0 ? waysOf(ends) : undefined;
		const unknown = { kind: "unknown", why: [...new Set([...notRead, ...why])] } as const;
		return { fate: ways === undefined ? unknown : { ...unknown, ways }, steps };
	}
	return decidedBy === undefined || fate.kind === "unknown" ? { fate, steps } : { fate, steps, decidedBy };
}

/** The fates that it may come to; undefined where not all of them are known. */
function waysOf(ends: readonly NatFate[]): readonly KnownFate[] | undefined {
	const known = ends.filter((fate) => fate.kind !== "unknown");
	return known.length === ends.length ? known : undefined;
}

/** A table that could not be read might do anything, and first. */
function unread(ruleset: Ruleset, packet: NatPacket): string[] {
	return ruleset.gaps
		.filter((gap) => sees(gap.scope, packet.family))
		.map(({ why, table, ...rest }) => {
			const subject =
				table === undefined ? `rules of ${rest.dialect}` : describeTable({ ...rest, name: table });
			return `${subject} could not be read: ${why}`;
		});
}

/** More ways than this through one namespace's rules are not gone. */
const mostWalks = 512;

/** The fates at the end of every way through the rules, each once, and the doubts on which it depends. */
function allWalks(ruleset: Ruleset, packet: NatPacket, first: Walk) {
	const why = reasonsIn(first);
	const ends = new Map<string, NatFate>([[JSON.stringify(first.fate), first.fate]]);
	let walks = 1;
	for (const { from, to, doubt } of detours(ruleset, packet, first, [])) {
		if (++walks > mostWalks) {
			const tooMany: NatFate = {
				kind: "unknown",
				why: ["it depends on too many things that cannot be told"],
			};
			return { why: [...why, ...tooMany.why], ends: [...ends.values(), tooMany] };
		}
		ends.set(JSON.stringify(to.fate), to.fate);
		if (JSON.stringify(from.fate) !== JSON.stringify(to.fate)) {
			why.push(doubt, ...reasonsIn(to));
		}
	}
	return { why, ends: [...ends.values()] };
}

function reasonsIn({ fate }: Walk): string[] {
	return fate.kind === "unknown" ? [...fate.why] : [];
}

interface Detour {
	readonly from: Walk;
	readonly to: Walk;
	/** What cannot be told at the rule where the two part. */
	readonly doubt: string;
}

/** Every other way, each beside the one that it leaves at a doubt that none before had met. */
function* detours(
	ruleset: Ruleset,
	packet: NatPacket,
	from: Walk,
	choices: readonly number[],
): Generator<Detour> {
	for (const [index, { options, why }] of from.doubts.entries()) {
		const before = [...choices, ...new Array<number>(Math.max(0, index - choices.length)).fill(0)];
		for (let option = 1; index >= choices.length && option < options; option++) {
			const other = [...before, option];
			const to = walk(ruleset, packet, other);
			yield { from, to, doubt: why };
			yield* detours(ruleset, packet, to, other);
		}
	}
}
