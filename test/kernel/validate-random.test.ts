import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { argsOf, scenario } from "../support/random-traffic.ts";
import { ValidatedPod } from "../support/validated-pod.ts";

const policies = fc.sample(scenario, { numRuns: 10, seed: 20_260_102 }).map(({ policy }) => policy);

describe.each(["legacy", "nft", "nftables"])("in mode %s", (mode) => {
	let world: ValidatedPod;

	beforeAll(() => {
		world = new ValidatedPod();
	});

	afterAll(() => world.remove());

	it("no random policy that is in force is found wanting", () => {
		for (const policy of policies) {
			const args = argsOf(policy);
			world.init(mode, args);
			const { stderr, proofs } = world.validate(args);
			expect(stderr, args.join(" ")).not.toContain("shunt validate:");
			expect(
				proofs.filter(({ outcome }) => outcome === "failed"),
				args.join(" "),
			).toEqual([]);
			expect(proofs.length, args.join(" ")).toBeGreaterThan(0);
		}
	});
});

it("the random policies leave enough to prove", () => {
	expect(policies.filter(({ outbound }) => outbound.portsToIgnore.length > 0).length).toBeGreaterThan(2);
	expect(policies.filter(({ inbound }) => inbound.portsToRedirect.length > 0).length).toBeGreaterThan(2);
});
