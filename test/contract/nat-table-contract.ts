import { afterAll, describe, expect, it } from "vitest";

/** A nat table, real or not: what the fake kernel promises about itself is checked on the real one. */
export interface NatTableSubject {
	/** True when the whole input was applied. */
	restore(input: string): boolean;
	/** `iptables-save -t nat` without comments and counters. */
	save(): string[];
	dispose(): void;
}

const empty = [
	"*nat",
	":PREROUTING ACCEPT",
	":INPUT ACCEPT",
	":OUTPUT ACCEPT",
	":POSTROUTING ACCEPT",
	"COMMIT",
];
const rule = '-p tcp -m comment --comment "proxy-init/one" -j RETURN';
const other = '-p tcp -m comment --comment "proxy-init/two" -j REDIRECT --to-ports 4143';

/** What each input does, beginning from what the inputs before it left. */
const cases: readonly {
	what: string;
	before?: readonly string[];
	input: readonly string[];
	after: readonly string[] | "refused";
}[] = [
	{ what: "makes a chain", input: ["-N A"], after: [":A -"] },
	{ what: "refuses to make a chain that exists", before: ["-N A"], input: ["-N A"], after: "refused" },
	{ what: "makes a chain by its line", input: [":A - [0:0]"], after: [":A -"] },
	{
		what: "empties a chain by its line",
		before: ["-N A", `-A A ${rule}`],
		input: [":A - [0:0]"],
		after: [":A -"],
	},
	{
		what: "appends rules in order",
		before: ["-N A"],
		input: [`-A A ${rule}`, `-A A ${other}`],
		after: [":A -", `-A A ${rule}`, `-A A ${other}`],
	},
	{ what: "appends to a hook", input: [`-A OUTPUT ${rule}`], after: [`-A OUTPUT ${rule}`] },
	{
		what: "inserts at a place",
		before: [`-A OUTPUT ${rule}`, `-A OUTPUT ${rule}`],
		input: [`-I OUTPUT 2 ${other}`],
		after: [`-A OUTPUT ${rule}`, `-A OUTPUT ${other}`, `-A OUTPUT ${rule}`],
	},
	{
		what: "inserts behind the last",
		before: [`-A OUTPUT ${rule}`],
		input: [`-I OUTPUT 2 ${other}`],
		after: [`-A OUTPUT ${rule}`, `-A OUTPUT ${other}`],
	},
	{ what: "refuses to insert beyond the end", input: [`-I OUTPUT 3 ${other}`], after: "refused" },
	{ what: "refuses a rule in a chain that is not there", input: [`-A A ${rule}`], after: "refused" },
	{ what: "refuses a jump to a chain that is not there", input: ["-A OUTPUT -j A"], after: "refused" },
	{
		what: "jumps to a chain made in the same input",
		input: ["-N A", "-A OUTPUT -j A"],
		after: [":A -", "-A OUTPUT -j A"],
	},
	{
		what: "deletes one copy of a rule",
		before: [`-A OUTPUT ${rule}`, `-A OUTPUT ${rule}`],
		input: [`-D OUTPUT ${rule}`],
		after: [`-A OUTPUT ${rule}`],
	},
	{
		what: "refuses to delete a rule that is not there",
		before: [`-A OUTPUT ${rule}`],
		input: [`-D OUTPUT ${rule}`, `-D OUTPUT ${rule}`],
		after: "refused",
	},
	{
		what: "deletes and appends in one input",
		before: ["-N A", "-A OUTPUT -j A"],
		input: ["-D OUTPUT -j A", "-A PREROUTING -j A"],
		after: [":A -", "-A PREROUTING -j A"],
	},
	{ what: "empties a chain", before: ["-N A", `-A A ${rule}`], input: ["-F A"], after: [":A -"] },
	{
		what: "deletes a chain that was emptied",
		before: ["-N A", `-A A ${rule}`],
		input: ["-F A", "-X A"],
		after: [],
	},
	{
		what: "refuses to delete a chain that is jumped to",
		before: ["-N A", "-A OUTPUT -j A"],
		input: ["-F A", "-X A"],
		after: "refused",
	},
	{
		what: "deletes a chain with the jump to it",
		before: ["-N A", "-A OUTPUT -j A"],
		input: ["-D OUTPUT -j A", "-F A", "-X A"],
		after: [],
	},
	{ what: "refuses to delete a chain that is not there", input: ["-X A"], after: "refused" },
	{
		what: "applies nothing of an input whose last line fails",
		before: [`-A OUTPUT ${rule}`],
		input: ["-N A", `-A A ${rule}`, `-D OUTPUT ${other}`],
		after: "refused",
	},
	{ what: "lists chains by name", input: ["-N B", "-N A"], after: [":A -", ":B -"] },
];

/** Runs every case against a table made for it. */
export function natTableContract(name: string, make: () => NatTableSubject): void {
	describe(`${name}: a restore without flushing`, () => {
		const subjects: NatTableSubject[] = [];
		afterAll(() => {
			for (const subject of subjects) {
				subject.dispose();
			}
		});

		it.each(cases)("$what", ({ before = [], input, after }) => {
			const table = make();
			subjects.push(table);
			expect(table.restore(asInput(before))).toBe(true);
			const untouched = table.save();
			expect(table.restore(asInput(input))).toBe(after !== "refused");
			expect(table.save()).toEqual(after === "refused" ? untouched : withOurs(after));
		});
	});
}

function asInput(lines: readonly string[]): string {
	return ["*nat", ...lines, "COMMIT", ""].join("\n");
}

/** Chains stand before the rules; the rest of the table is always there. */
function withOurs(lines: readonly string[]): string[] {
	return empty.toSpliced(-1, 0, ...lines);
}
