import { describe, expect, it } from "vitest";
import { policyFrom } from "../../test/support/policies.ts";
import { outboundProbes } from "./outbound-probes.ts";
import { isDoubtful } from "./probe-run.ts";

const { probes } = outboundProbes(policyFrom("-p 4143 -o 4140 --outbound-ports-to-ignore 4567"), "ipv4", {
	self: { uid: 1000, gid: 1000 },
	mayBe: () => false,
	routes: [{ interface: "eth0", source: "10.0.0.2", target: "192.0.2.2" }],
});
const redirected = probes.find(({ topic }) => topic === "redirect")!;
const skipped = probes.find(({ to }) => to.port === 4567)!;

describe("what is tried again", () => {
	it("is what is not as it should be, or not clear", () => {
		expect(isDoubtful(redirected, { kind: "silent" })).toBe(true);
		expect(isDoubtful(redirected, { kind: "arrived", port: 4143 })).toBe(true);
		expect(isDoubtful(skipped, { kind: "arrived", port: 4140 })).toBe(true);
		expect(isDoubtful(skipped, { kind: "taken" })).toBe(true);
		expect(isDoubtful(skipped, undefined)).toBe(true);
	});

	it("is nothing else", () => {
		expect(isDoubtful(redirected, { kind: "arrived", port: 4140 })).toBe(false);
		expect(isDoubtful(skipped, { kind: "silent" })).toBe(false);
		expect(isDoubtful(skipped, { kind: "answered", code: "ECONNREFUSED" })).toBe(false);
	});
});
