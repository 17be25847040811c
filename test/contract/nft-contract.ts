import { afterAll, describe, expect, it } from "vitest";
import { matches, refusals, verdicts } from "./nft-rules.ts";
import { nat, table, transactions } from "./nft-transactions.ts";

/** The nf_tables of a network namespace, real or not: what the fake promises about itself is checked on the real one. */
export interface NftSubject {
	/** `nft -f -`. True when the whole input was applied. */
	apply(input: string): boolean;
	/** What `nft -n -j list ruleset` prints. */
	json(): string;
	/** What `nft -a list ruleset` prints. */
	text(): string;
	/** The exit status of `nft -n -j list table inet NAME`, and what it prints. */
	listTable(name: string): { status: number; stdout: string };
	dispose(): void;
}

/** Runs every case against a namespace made for it. */
export function nftContract(name: string, make: () => NftSubject): void {
	const subjects: NftSubject[] = [];
	const fresh = () => {
		const subject = make();
		subjects.push(subject);
		return subject;
	};
	afterAll(() => {
		for (const subject of subjects) {
			subject.dispose();
		}
	});

	describe(`${name}: a transaction`, () => {
		it.each(transactions)("$what", ({ before = [], input, after }) => {
			const nft = fresh();
			expect(nft.apply(asInput(before))).toBe(true);
			const untouched = nft.text();
			expect(nft.apply(asInput(input))).toBe(after !== "refused");
			if (after === "refused") {
				expect(nft.text()).toBe(untouched);
			} else {
				expect(linesOf(nft.text())).toEqual(after);
			}
		});

		it.each(refusals)("refuses %s", (rule) => {
			const nft = fresh();
			expect(nft.apply(asInput(["table inet b", ...table(nat, rule)]))).toBe(false);
			expect(nft.text()).toBe("");
		});
	});

	describe(`${name}: a listing`, () => {
		const nft = fresh();
		const list = (rule: string) => {
			expect(nft.apply(asInput(["flush ruleset", ...table(nat, `${rule} comment "proxy-init/x"`)]))).toBe(
				true,
			);
			return { text: linesOf(nft.text()), entries: entriesOf(nft.json()) };
		};

		const ofMatches = matches.map(([rule, text, ...expr]) => ({ rule, text, expr }));
		it.each(ofMatches)("of $rule", ({ rule, text, expr }) => {
			const { text: lines, entries } = list(rule);
			expect(lines).toEqual(table(nat, `${text} comment "proxy-init/x"`));
			expect(entries).toEqual(entriesWith([...expr, { return: null }]));
		});

		it.each(verdicts)("of %s", (rule, text, expr) => {
			const { text: lines, entries } = list(rule);
			expect(lines).toEqual(table(nat, `${text} comment "proxy-init/x"`));
			expect(entries).toEqual(entriesWith(expr));
		});

		it("names each rule's handle in both forms, by which it can be deleted", () => {
			nft.apply(asInput(["flush ruleset", ...table("tcp dport { 1, 2 } drop", "accept")]));
			const rules: { handle: number }[] = JSON.parse(nft.json()).nftables.flatMap(
				(entry: { rule?: { handle: number } }) => entry.rule ?? [],
			);
			const handles = [...nft.text().matchAll(/^\t\t.* # handle (\d+)$/gm)].map(([, handle]) =>
				Number(handle),
			);
			expect(handles).toEqual(rules.map(({ handle }) => handle));
			expect(new Set(handles).size).toBe(2);
			expect(nft.apply(`delete rule inet a c handle ${handles[0]}`)).toBe(true);
			expect(linesOf(nft.text())).toEqual(table("accept"));
		});

		it("is of one table, which has to be there", () => {
			nft.apply(asInput(["flush ruleset", "table inet b", ...table(nat, "return")]));
			expect(nft.listTable("missing")).toEqual({ status: 1, stdout: "" });
			const { status, stdout } = nft.listTable("a");
			expect(status).toBe(0);
			expect(entriesOf(stdout)).toEqual(
				entriesWith([{ return: null }]).map((entry) =>
					"rule" in entry
						? { rule: { family: "inet", table: "a", chain: "c", expr: [{ return: null }] } }
						: entry,
				),
			);
		});

		it("shows that a table is switched off", () => {
			nft.apply(asInput(["flush ruleset", "table inet a { flags dormant; }", "table inet b"]));
			expect(entriesOf(nft.json())).toEqual([
				{ table: { family: "inet", name: "a", flags: "some" } },
				{ table: { family: "inet", name: "b" } },
			]);
		});
	});
}

function asInput(lines: readonly string[]): string {
	return lines.map((line) => `${line}\n`).join("");
}

function linesOf(text: string): string[] {
	return text
		.split("\n")
		.map((line) => line.replace(/ # handle \d+$/, "").trim())
		.map((line) =>
			line.replace("priority dstnat;", "priority -100;").replace("priority filter;", "priority 0;"),
		)
		.filter((line) => line !== "");
}

type Entry = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Without what differs from run to run. Of a table's flags there is only whether it has some: nft 1.0.6 prints the name of
 * a table in their place.
 */
function entriesOf(json: string): Entry[] {
	const entries: Entry[] = JSON.parse(json).nftables;
	return entries.slice(1).map((entry) =>
		Object.fromEntries(
			Object.entries(entry).map(([kind, { handle, ...rest }]) => {
				expect(typeof handle).toBe("number");
				return [kind, kind === "table" && "flags" in rest ? { ...rest, flags: "some" } : rest];
			}),
		),
	);
}

function entriesWith(expr: readonly unknown[]): Entry[] {
	const at = { family: "inet", table: "a" };
	return [
		{ table: { family: "inet", name: "a" } },
		{ chain: { ...at, name: "c", type: "nat", hook: "output", prio: -100, policy: "accept" } },
		{ rule: { ...at, chain: "c", comment: "proxy-init/x", expr } },
	];
}
