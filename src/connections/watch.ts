import { harmless, harmlessJson } from "../domain/harmless.ts";
import type { Account } from "./account.ts";
import { nowOf, ownerInWords } from "./format-text.ts";
import { columns } from "./layout.ts";
import { accountAsJson } from "./report.ts";
import type { Survey } from "./survey.ts";

/** What has become of a connection since the last look. */
export interface Change {
	readonly event: "there" | "begun" | "changed" | "ended";
	readonly account: Account;
}

/** Remembers what was last seen of each connection. */
export class Memory {
	#known: ReadonlyMap<string, Account> | undefined;

	/** What is new, and what has changed or gone since the last time. */
	changes({ connections }: Survey): Change[] {
		const before = this.#known;
		const now = new Map(connections.map((account) => [keyOf(account), account]));
		this.#known = now;
		const found = [...now].flatMap(([key, account]): Change[] => {
			const known = before?.get(key);
			if (known === undefined) {
				return [{ event: before === undefined ? "there" : "begun", account }];
			}
			return JSON.stringify(known) === JSON.stringify(account) ? [] : [{ event: "changed", account }];
		});
		const gone = [...(before ?? [])].flatMap(([key, account]): Change[] =>
			now.has(key) ? [] : [{ event: "ended", account }],
		);
		return [...found, ...gone];
	}
}

function keyOf({ from, to }: Account): string {
	return `${from} ${to}`;
}

/** Lines of a table that goes on: columns grow with what comes, and never shrink again. */
export class WatchTable {
	// Room for the words that come later, for sure.
	#widths = titles.map((title) =>
		Math.max(title.length, ...(widest[title] ?? []).map(({ length }) => length)),
	);
	#isBegun = false;

	lines(changes: readonly Change[], time: string): string {
		const rows = changes.map((change) => rowOf(change, time).map(harmless));
		const head = this.#isBegun ? [] : [titles];
		this.#isBegun = true;
		this.#widths = this.#widths.map((width, column) =>
			Math.max(width, ...rows.map((row) => row[column]?.length ?? 0)),
		);
		const padded = [...head, ...rows].map((row) =>
			row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(this.#widths[column] ?? 0))),
		);
		return columns(padded, [])
			.map((line) => `${line}\n`)
			.join("");
	}
}

const titles: readonly string[] = [
	"TIME",
	"EVENT",
	"DIRECTION",
	"FROM",
	"TO",
	"WENT",
	"STATE",
	"OWNER",
	"NOW",
	"RULE",
];

const widest: Readonly<Record<string, readonly string[]>> = {
	EVENT: ["changed"],
	STATE: ["established"],
	NOW: ["otherwise"],
};

function rowOf({ event, account }: Change, time: string): string[] {
	const { direction, from, to, wentTo, via, redirectedTo, state, owner, rule, agrees } = account;
	const went =
		via === "past-proxy"
			? "straight"
			: `${redirectedTo === undefined ? (wentTo ?? "unknown") : `${via === "proxy" ? "proxy" : "here"}:${redirectedTo}`}`;
	return [
		time,
		event,
		direction,
		from,
		to,
		went,
		state,
		ownerInWords(owner),
		nowOf(agrees),
		rule?.name ?? "-",
	];
}

/** One object for each line. */
export function changesAsJson(changes: readonly Change[], time: string): string {
	return changes
		.map(({ event, account }) => `${harmlessJson({ time, event, ...accountAsJson(account) })}\n`)
		.join("");
}
