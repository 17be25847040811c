import { describe, expect, test } from "vitest";
import type { Path } from "./expectation.ts";
import { isAsExpected, type Observation, parseCounts, pathByMetrics } from "./observation.ts";

const caller = { address: "10.66.1.2", port: 40_000 };
const proxys = { address: "10.66.1.1", port: 50_000 };
const none = { inbound: 0, outbound: 0 };
const direct = { caller, seen: caller, seenUid: 1000 };
const throughProxy = { caller, seen: proxys, seenUid: 2102 };

function made(counted: Observation["counted"], meeting: typeof direct): Observation {
	return { kind: "made", counted, meeting };
}

describe("an observation is as expected only when metrics and server agree with the plan", () => {
	test.each<[string, Path, Observation, boolean]>([
		["direct, and nobody noticed", "direct", made(none, direct), true],
		["inbound", "inbound", made({ inbound: 1, outbound: 0 }, throughProxy), true],
		["outbound", "outbound", made({ inbound: 0, outbound: 1 }, throughProxy), true],
		["direct, but should not have been", "inbound", made(none, direct), false],
		["through the wrong listener", "inbound", made({ inbound: 0, outbound: 1 }, throughProxy), false],
		[
			"through the proxy, but should not have been",
			"direct",
			made({ inbound: 1, outbound: 0 }, throughProxy),
			false,
		],
		["counted, but the server saw the caller", "inbound", made({ inbound: 1, outbound: 0 }, direct), false],
		["somebody in between whom the proxy does not know", "direct", made(none, throughProxy), false],
		[
			"counted, but another's socket",
			"inbound",
			made({ inbound: 1, outbound: 0 }, { ...throughProxy, seenUid: 0 }),
			false,
		],
		["counted twice, as in a loop", "outbound", made({ inbound: 0, outbound: 2 }, throughProxy), false],
		["no connection", "direct", { kind: "failed", counted: none, reason: "ECONNREFUSED" }, false],
	])("%s", (_, path, observed, ok) => {
		expect(isAsExpected({ path }, observed)).toBe(ok);
	});
});

test("counts that fit no path are no path", () => {
	expect(pathByMetrics(made({ inbound: 1, outbound: 1 }, throughProxy))).toBeUndefined();
});

test("the proxy's counters are found among its metrics", () => {
	const metrics = [
		"# TYPE shunt_proxy_connections_total counter",
		'shunt_proxy_connections_total{direction="inbound"} 12',
		'shunt_proxy_connections_total{direction="outbound"} 3',
		'shunt_proxy_connections_open{direction="inbound"} 1',
	].join("\n");
	expect(parseCounts(metrics)).toEqual({ inbound: 12, outbound: 3 });
	expect(() => parseCounts("")).toThrow(/shunt_proxy_connections_total/);
});
