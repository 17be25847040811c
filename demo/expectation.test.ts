import { expect as assert, test } from "vitest";
import { families } from "../src/domain/family.ts";
import { afterClean, connections } from "./connections.ts";
import { expect, noRules, planFor } from "./expectation.ts";
import { policyArgs } from "./world.ts";

const rules = planFor(policyArgs);

test("the demo shows every way that a connection can go, and why", () => {
	const expected = connections.map((connection) => {
		const [ipv4, ipv6] = families.map((family) => expect(rules, connection, family));
		assert(ipv6).toEqual(ipv4);
		return `${connection.title}:${connection.port} ${ipv4?.path} ${ipv4?.reason}`;
	});
	assert(expected).toEqual([
		"client → app:8080 inbound redirect-all-incoming-to-proxy-port",
		"client → app:9100 direct ignore-port",
		"app → backend:5432 outbound redirect-all-outgoing-to-proxy-port",
		"app → backend:3306 direct ignore-port",
		"proxy's user → backend:5432 direct ignore-proxy-user-id",
		"app → localhost:8080 direct ignore-loopback",
		"app → own address:8080 direct ignore-loopback",
	]);
});

test("without rules everything is direct", () => {
	assert(expect(noRules, afterClean, "ipv4")).toEqual({ path: "direct" });
});

test("arguments that shunt init would refuse are refused here", () => {
	assert(() => planFor(["--proxy-uid", "nobody"])).toThrow(/--proxy-uid/);
});
