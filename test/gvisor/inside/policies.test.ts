import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "../../../src/rules/plan.ts";
import { startShunt } from "../../support/programs.ts";
import { argsOf, scenario } from "../../support/random-traffic.ts";
import { describeAttempt, expectedAnswer, RealFates } from "../../support/real-fates.ts";

const scenarios = fc.sample(scenario, { numRuns: 30, seed: 20_261_130 });

let fates: RealFates;

beforeAll(async () => {
	fates = await RealFates.start("fate");
});

afterAll(() => fates?.stop());

const shunt = (command: string, ...args: string[]) =>
	startShunt([command, ...args, "--netns", fates.topology.pod.path]).ended;

describe("a policy in gVisor is made, found again, carried out and taken out", () => {
	it.each(scenarios.map((one, index) => ({ number: index + 1, ...one })))(
		"$number",
		async ({ policy, attempts }) => {
			// An address of another cable's leads nowhere here, whatever the rules.
			const before = await fates.meet(attempts);
			const possible = attempts.filter((_, index) => before[index] !== "ENETUNREACH");
			expect(possible.length).toBeGreaterThan(5);
			const args = argsOf(policy);

			const made = await shunt("init", ...args, "--iptables-mode", "legacy", "--output", "json");
			expect(made.status, made.stderr).toBe(0);
			expect(made.stderr).toContain("takes no comments");
			const { via, families } = JSON.parse(made.stdout);
			expect(via).toBe("kernel");
			for (const family of families) {
				expect(family).toMatchObject({ outcome: "created", comments: false });
			}

			const again = await shunt("init", ...args, "--iptables-mode", "auto", "--output", "json");
			expect(JSON.parse(again.stdout), args.join(" ")).toMatchObject({
				mode: { used: "legacy" },
				families: families.map(({ family }: { family: string }) => ({
					family,
					outcome: "unchanged",
					comments: false,
				})),
			});
			const found = await shunt("status", ...args);
			expect(found.stdout).toContain("in sync");
			expect(found.status, found.stdout).toBe(0);

			const met = await fates.meet(possible);
			const surprises = possible.flatMap((attempt, index) => {
				const wanted = expectedAnswer(plan(policy), attempt);
				return met[index] === wanted ? [] : [`${describeAttempt(attempt)}: ${met[index]}, not ${wanted}`];
			});
			expect(surprises, args.join(" ")).toEqual([]);

			expect((await shunt("clean")).status).toBe(0);
			expect((await shunt("status")).stdout).toContain("no rules of ours");
			expect(await fates.meet(possible)).toEqual(
				possible.map((attempt) => expectedAnswer(undefined, attempt)),
			);
		},
	);
});
