import fc from "fast-check";
import { expect, it } from "vitest";
import { formatStamp, parseStamp } from "../../src/policy/pod-policy-stamp.ts";
import { policy } from "../support/arbitraries.ts";

it("a policy that is stamped on a pod is read back as it was", () => {
	fc.assert(
		fc.property(policy, (value) => {
			expect(parseStamp(formatStamp(value), "stamp")).toEqual({ ok: true, value });
		}),
		{ numRuns: 1000 },
	);
});

it("a stamp is JSON whatever the policy", () => {
	fc.assert(
		fc.property(policy, (value) => {
			expect(JSON.parse(formatStamp(value)).inbound.proxyPort).toBe(value.inbound.proxyPort);
		}),
	);
});

it("any text is either a stamp or refused", () => {
	fc.assert(
		fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
			expect(parseStamp(text, "stamp").ok).toBeTypeOf("boolean");
		}),
	);
});
