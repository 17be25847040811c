import { describe, expect, it } from "vitest";
import { policyFrom } from "../../test/support/policies.ts";
import { formatProblem } from "../domain/problem.ts";
import { formatStamp } from "../policy/pod-policy-stamp.ts";
import { parseValidateOptions } from "./options.ts";

const policy = policyFrom("-p 4143 -o 4140 --proxy-uid 2102 --outbound-ports-to-ignore 4567");
const stamp = formatStamp(policy);

const parse = (args: readonly string[], env: Record<string, string> = {}) => {
	const parsed = parseValidateOptions(args, (name) => env[name], "shunt validate");
	return parsed.ok ? parsed.value : parsed.problems.map(formatProblem);
};

describe("the policy", () => {
	it("comes from flags, from --policy or from the environment, and is the same", () => {
		const flags = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102", "--outbound-ports-to-ignore", "4567"];
		for (const given of [parse(flags), parse(["--policy", stamp]), parse([], { SHUNT_REDIRECT: stamp })]) {
			expect(given).toMatchObject({ policy, single: undefined, warnings: [] });
		}
	});

	it("of flags comes before the environment's", () => {
		const env = { SHUNT_REDIRECT: "not even JSON" };
		expect(parse(["-p", "1", "-o", "2"], env)).toMatchObject({ policy: { inbound: { proxyPort: 1 } } });
		expect(parse(["--policy", stamp], env)).toMatchObject({ policy });
	});

	it("cannot come from two places", () => {
		expect(parse(["--policy", stamp, "--ipv6=false"])).toEqual([
			"--ipv6: says what --policy says too (want either --policy or flags, not both)",
		]);
	});

	it("is not half there", () => {
		expect(parse(["--proxy-uid", "2102"])).toEqual([
			"--incoming-proxy-port: is required (want --incoming-proxy-port PORT)",
			"--outgoing-proxy-port: is required (want --outgoing-proxy-port PORT)",
		]);
	});

	it("of the environment is as strict as that of flags", () => {
		expect(parse([], { SHUNT_REDIRECT: "{}" })).toEqual(
			expect.arrayContaining([expect.stringMatching(/^SHUNT_REDIRECT inbound proxyPort: is missing/)]),
		);
	});

	it("that the downward API found none of is missed, and a single connection is made", () => {
		expect(parse([], { SHUNT_REDIRECT: "" })).toMatchObject({
			policy: undefined,
			single: { listen: { address: "0.0.0.0", port: 4140 }, connect: { address: "192.0.2.2", port: 1404 } },
			warnings: ["SHUNT_REDIRECT is empty: the pod has no annotation shunt.dev/redirect"],
		});
	});
});

describe("the single connection", () => {
	it("is made beside a policy only where one of its addresses is given", () => {
		expect(parse(["--policy", stamp, "--listen-addr", "[::]:4140"])).toMatchObject({
			single: { listen: { address: "::", port: 4140 }, connect: { address: "192.0.2.2", port: 1404 } },
		});
	});
});

describe("the network namespace", () => {
	it("is a path or a process's", () => {
		expect(parse(["--netns", "/run/netns/pod"])).toMatchObject({ netns: { path: "/run/netns/pod" } });
		expect(parse(["--pid", "4321"])).toMatchObject({ netns: { path: "/proc/4321/ns/net" } });
		expect(parse([])).toMatchObject({ netns: undefined });
	});

	it("is not both", () => {
		expect(parse(["--netns", "/run/netns/pod", "--pid", "1"])).toEqual([
			"--pid: names a network namespace as --netns does (want either --netns or --pid, not both)",
		]);
	});
});

it("defaults are Linkerd's", () => {
	expect(parse([])).toMatchObject({
		timeout: 10_000,
		logLevel: "info",
		logFormat: "plain",
		output: "text",
		require: [],
		neighbour: true,
	});
});
