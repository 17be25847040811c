import { describe, expect, it } from "vitest";
import { policyFrom } from "../../test/support/policies.ts";
import { shortcomings } from "./conclusion.ts";
import { evaluateResults } from "./evaluate-results.ts";
import { outboundProbes, type Position } from "./outbound-probes.ts";
import type { Observation, Probe } from "./probe.ts";

const position: Position = {
	self: { uid: 65_534, gid: 65_534 },
	mayBe: () => true,
	routes: [{ interface: "eth0", source: "10.0.0.2", target: "192.0.2.2" }],
};
const policy = policyFrom("-p 4143 -o 4140 --proxy-uid 2102 --outbound-ports-to-ignore 4567");
const probes = outboundProbes(policy, "ipv4", position);

/** As a namespace shows itself whose rules are right, but for what is said otherwise. */
const seen = (otherwise: (probe: Probe) => Observation | undefined) =>
	evaluateResults(
		probes,
		new Map(probes.probes.map((probe) => [probe, otherwise(probe) ?? asExpected(probe)])),
	);

function asExpected({ expected: { fate } }: Probe): Observation {
	return fate.kind === "redirect" ? { kind: "arrived", port: fate.port } : { kind: "silent" };
}

const to = (port: number, observation: Observation) => (probe: Probe) =>
	probe.topic === "port" && probe.to.port === port ? observation : undefined;

it("what is as it should be is proven, ports of one rule together", () => {
	const results = seen(() => undefined);
	expect(shortcomings(results, ["all"])).toEqual([]);
	expect(results.map(({ topic, outcome, text }) => `${topic} ${outcome} ${text}`)).toEqual([
		"redirect proven a connection to 192.0.2.2 port 20001 was redirected to 4140",
		"port proven a connection to 192.0.2.2 port 4567 passed",
		"port proven connections to 192.0.2.2 ports 4566, 4568 were redirected to 4140",
		"uid proven a connection of user 2102 to 192.0.2.2 port 20001 passed",
		"loopback proven a connection over loopback (127.0.0.1 port 20001) passed",
	]);
});

describe("a port that is to pass", () => {
	it.each<[Observation, string]>([
		[{ kind: "arrived", port: 4140 }, "failed"],
		[{ kind: "arrived", port: 15_001 }, "failed"],
		[{ kind: "arrived", port: 4567 }, "proven"],
		[{ kind: "answered", code: "EHOSTUNREACH" }, "proven"],
		[{ kind: "taken" }, "unproven"],
		[{ kind: "unsendable", code: "EPERM" }, "unproven"],
	])("and meets %o is %s", (observation, outcome) => {
		const result = seen(to(4567, observation)).find(({ rule }) => rule === "proxy-init/ignore-port-4567");
		expect(result).toMatchObject({ topic: "port", outcome });
	});
});

describe("a port that is to be redirected", () => {
	it.each<[Observation, RegExp]>([
		[{ kind: "silent" }, /port 4568 was not redirected to 4140: rule .* is missing/],
		[{ kind: "answered", code: "ECONNREFUSED" }, /not redirected to 4140 \(the answer was ECONNREFUSED\)/],
		[{ kind: "taken" }, /not redirected to 4140 \(somebody took it/],
		[{ kind: "unsendable", code: "EPERM" }, /not redirected to 4140 \(it could not be sent: EPERM\)/],
		[{ kind: "arrived", port: 15_001 }, /was redirected to 15001 instead of 4140/],
	])("and meets %o is wrong", (observation, words) => {
		const failed = seen(to(4568, observation)).filter(({ outcome }) => outcome === "failed");
		expect(failed.map(({ text }) => text)).toEqual([expect.stringMatching(words)]);
	});
});

describe("where nothing is redirected", () => {
	const results = seen(() => ({ kind: "silent" }));

	it("one thing is wrong, and nothing is proven by passing", () => {
		expect(results.filter(({ outcome }) => outcome === "failed").map(({ topic }) => topic)).toEqual([
			"redirect",
		]);
		expect(results.filter(({ outcome }) => outcome === "proven")).toEqual([]);
	});

	it("what cannot be told is marked as moot", () => {
		const moot = results.filter(({ isMoot }) => isMoot === true).map(({ topic }) => topic);
		expect(moot.sort()).toEqual(["loopback", "port", "uid"]);
	});
});

it("a proxy whose own connections are redirected is said to be a loop", () => {
	const failed = seen(({ topic }) => (topic === "uid" ? { kind: "arrived", port: 4140 } : undefined));
	expect(shortcomings(failed, [])).toEqual([
		"outbound ipv4: a connection of user 2102 to 192.0.2.2 port 20001 was redirected to 4140: rule proxy-init/ignore-proxy-user-id is missing, or comes too late; the proxy would be sent to itself",
	]);
});
