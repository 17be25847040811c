import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { promisify } from "node:util";
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

describe("programs that do not share the xtables lock, as those of two containers", () => {
	const count = 40;
	/** Goes on until the kernel has taken each of them. */
	const script = `for port in $(seq ${count}); do
		until iptables-legacy -t nat -A POSTROUTING -p udp --dport "$port" -j RETURN 2>/dev/null; do :; done
	done`;

	it("lose nothing of each other's", () =>
		withNetns("locks", async (netns) => {
			const lockOf = (name: string) => ({ XTABLES_LOCKFILE: `/tmp/${netns.name}-${name}.lock` });
			try {
				const foreign = promisify(execFile)("ip", ["netns", "exec", netns.name, "sh", "-c", script], {
					env: { ...process.env, ...lockOf("foreign") },
					timeout: 120_000,
				});
				const runs = await Promise.all(
					times(12, (index) =>
						init(netns, "legacy", (index % 2 === 0 ? standard : different).args, lockOf(`${index % 3}`)),
					),
				);
				await foreign;
				expect(runs.filter(({ status }) => status !== 0)).toEqual([]);
				const [ipv4 = [], ipv6 = []] = tablesOf(netns, "legacy");
				const isForeign = (line: string) => line.startsWith("-A POSTROUTING -p udp");
				expect(ipv4.filter(isForeign)).toHaveLength(count);
				expect([standard, different].map(tableOf)).toContainEqual(ipv4.filter((line) => !isForeign(line)));
				expect([standard, different].map(tableOf)).toContainEqual(ipv6);
			} finally {
				for (const name of ["foreign", "0", "1", "2"]) {
					rmSync(lockOf(name).XTABLES_LOCKFILE, { force: true });
				}
			}
		}));
});

function init(
	netns: Netns,
	dialect: Dialect,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
	const where = ["--netns", netns.path, "--iptables-mode", dialect];
	const all = ["init", ...args, ...where, "--output", "json", "--log-level", "warn"];
	return startShunt(all, { env: { ...process.env, ...env } }).ended;
}

function outcomesOf({ stdout }: Ended): string[] {
	const reported: { outcome: string }[] = JSON.parse(stdout).families;
	return reported.map(({ outcome }) => outcome);
}

function times<T>(count: number, make: (index: number) => T): T[] {
	return Array.from({ length: count }, (_, index) => make(index));
}
