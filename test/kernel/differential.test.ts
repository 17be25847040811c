import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "../../src/rules/plan.ts";
import { startShunt } from "../support/programs.ts";
import { argsOf, scenario } from "../support/random-traffic.ts";
import { describeAttempt, expectedAnswer, fateOf, RealFates } from "../support/real-fates.ts";

/** All of them take minutes; a smaller sample, which is the beginning of the whole, is for whoever is at work on something. */
const samples = Number(process.env["SHUNT_DIFFERENTIAL_SAMPLES"] ?? "300");
if (!Number.isInteger(samples) || samples < 1 || samples > 300) {
	throw new Error(
		`SHUNT_DIFFERENTIAL_SAMPLES: "${process.env["SHUNT_DIFFERENTIAL_SAMPLES"]}" is not a number of policies: say one from 1 to 300, or leave it out for all 300`,
	);
}
const whole = fc.sample(scenario, { numRuns: 300, seed: 20_260_101 });
const scenarios = whole.slice(0, samples);

let fates: RealFates;

beforeAll(async () => {
	fates = await RealFates.start("fate");
});

afterAll(() => fates?.stop());

describe("the fate of real connections is what evaluate says of their packets", () => {
	it.each(["legacy", "nft", "nftables"])(`in %s, for ${samples} random policies`, async (mode) => {
		const surprises: string[] = [];
		for (const { policy, attempts } of scenarios) {
			const args = argsOf(policy);
			const where = ["--iptables-mode", mode, "--netns", fates.topology.pod.path, "--log-level", "error"];
			const { status, stderr } = await startShunt(["init", ...args, ...where]).ended;
			expect(stderr, args.join(" ")).toBe("");
			expect(status).toBe(0);
			const met = await fates.meet(attempts);
			const wanted = attempts.map((attempt) => expectedAnswer(plan(policy), attempt));
			for (const [index, attempt] of attempts.entries()) {
				if (met[index] !== wanted[index]) {
					surprises.push(
						`${describeAttempt(attempt)}: ${met[index]}, not ${wanted[index]}, with ${args.join(" ")}`,
					);
				}
			}
		}
		expect(surprises).toEqual([]);
	});
});

it("the random connections meet every kind of fate often enough to mean something", () => {
	const kinds = whole.flatMap(({ policy, attempts }) =>
		attempts.map(({ packet }) => {
			const { kind } = fateOf(plan(policy), packet);
			return `${packet.family} ${packet.hook} ${kind}`;
		}),
	);
	for (const family of ["ipv4", "ipv6"]) {
		for (const fate of ["prerouting redirect", "prerouting pass", "output redirect", "output pass"]) {
			expect(
				kinds.filter((each) => each === `${family} ${fate}`).length,
				`${family} ${fate}`,
			).toBeGreaterThan(100);
		}
	}
});
