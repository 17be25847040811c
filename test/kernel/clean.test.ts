import { describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import { dialects, everyDialectAndFamily, restore, tablesOf } from "../support/dialect.ts";
import { linesFor, states } from "../support/existing-states.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { different, emptyTable, hold, standard } from "../support/standard-policy.ts";

const nothing = [emptyTable, emptyTable];

describe.each(everyDialectAndFamily)(
	"cleaning $dialect, $family: a namespace that holds",
	({ dialect, family }) => {
		for (const state of states) {
			it(`${state.name}, keeps what is not ours and nothing else`, () =>
				withNetns("clean", (netns) => {
					restore(netns, dialect, family, linesFor(state, family));
					const foreign = netns.natTable(dialect, family).filter((line) => !line.includes("PROXY_INIT"));
					expect(clean(netns).status).toBe(0);
					expect(netns.natTable(dialect, family)).toEqual(foreign);
				}));
		}
	},
);

describe("cleaning", () => {
	it("where there is nothing changes nothing, not even which tables exist", () =>
		withNetns("clean", (netns) => {
			const before = snapshot(netns);
			const { status, stderr } = clean(netns);
			expect(status).toBe(0);
			expect(stderr).toContain("nothing of ours");
			expect(snapshot(netns)).toBe(before);
		}));

	it("finds both dialects at once, whatever their policies", () =>
		withNetns("clean", (netns) => {
			hold(netns, "legacy", standard);
			hold(netns, "nft", different);
			expect(clean(netns).status).toBe(0);
			expect(dialects.map((dialect) => tablesOf(netns, dialect))).toEqual([nothing, nothing]);
		}));

	it.each(everyDialectAndFamily)("finds $dialect rules in $family alone", ({ dialect, family }) =>
		withNetns("clean", (netns) => {
			const args = ["init", ...standard.args, "--iptables-mode", dialect, "--netns", netns.path];
			expect(runShunt(args).status).toBe(0);
			for (const other of families.filter((each) => each !== family)) {
				restore(netns, dialect, other, teardown);
			}
			expect(clean(netns).status).toBe(0);
			expect(tablesOf(netns, dialect)).toEqual(nothing);
		}),
	);

	it("can be done over and over", () =>
		withNetns("clean", (netns) => {
			for (const dialect of [...dialects, ...dialects]) {
				hold(netns, dialect, standard);
				expect(clean(netns).status).toBe(0);
				expect(clean(netns).status).toBe(0);
				expect(tablesOf(netns, dialect)).toEqual(nothing);
			}
		}));
});

const teardown = [
	`-D PREROUTING ${standard.prerouting}`,
	`-D OUTPUT ${standard.output}`,
	"-F PROXY_INIT_REDIRECT",
	"-F PROXY_INIT_OUTPUT",
	"-X PROXY_INIT_REDIRECT",
	"-X PROXY_INIT_OUTPUT",
];

function clean(netns: Netns) {
	return runShunt(["clean", "--netns", netns.path]);
}
