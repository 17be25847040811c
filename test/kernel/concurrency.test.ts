import { describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import { type Dialect, dialects, tablesOf } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { type Ended, startShunt } from "../support/programs.ts";
import { different, emptyTable, standard, tableOf } from "../support/standard-policy.ts";

describe.each(dialects)("%s", (dialect) => {
	it("fifty runs at once leave one copy, and every one of them succeeds", () =>
		withNetns("crowd", async (netns) => {
			const runs = await Promise.all(times(50, () => init(netns, dialect, standard.args)));
			expect(runs.filter(({ status }) => status !== 0)).toEqual([]);
			expect(tablesOf(netns, dialect)).toEqual([tableOf(standard), tableOf(standard)]);
			const made = runs.flatMap(outcomesOf).filter((outcome) => outcome === "created");
			expect(made).toHaveLength(families.length);
		}));

	it("twenty runs at once with two policies leave one of the two, whole and in both families", () =>
		withNetns("rivals", async (netns) => {
			const runs = await Promise.all(
				times(20, (index) => init(netns, dialect, (index % 2 === 0 ? standard : different).args)),
			);
			expect(runs.filter(({ status }) => status !== 0)).toEqual([]);
			const whole = [standard, different].map((policy) => [tableOf(policy), tableOf(policy)]);
			expect(whole).toContainEqual(tablesOf(netns, dialect));
		}));

	it("setting up and cleaning at the same time leaves all or nothing in each family", () =>
		withNetns("tug", async (netns) => {
			for (const _round of times(8, (index) => index)) {
				const runs = await Promise.all(
					times(6, (index) =>
						index % 2 === 0
							? init(netns, dialect, standard.args)
							: startShunt(["clean", "--netns", netns.path]).ended,
					),
				);
				expect(runs.filter(({ status }) => status !== 0)).toEqual([]);
				for (const table of tablesOf(netns, dialect)) {
					expect([tableOf(standard), emptyTable]).toContainEqual(table);
				}
			}
		}));
});

function init(netns: Netns, dialect: Dialect, args: readonly string[]): Promise<Ended> {
	const where = ["--netns", netns.path, "--iptables-mode", dialect];
	return startShunt(["init", ...args, ...where, "--output", "json", "--log-level", "warn"]).ended;
}

function outcomesOf({ stdout }: Ended): string[] {
	const reported: { outcome: string }[] = JSON.parse(stdout).families;
	return reported.map(({ outcome }) => outcome);
}

function times<T>(count: number, make: (index: number) => T): T[] {
	return Array.from({ length: count }, (_, index) => make(index));
}
