import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { formatProblem } from "../../../src/domain/problem.ts";
import { version } from "../../../src/domain/version.ts";
import type { InjectConfig } from "../../../src/inject/config.ts";
import { type Json, type JsonObject, objectAt, textAt } from "../../../src/inject/json.ts";
import { parseInjectConfig } from "../../../src/inject/parse-config.ts";
import { formatStamp } from "../../../src/policy/pod-policy-stamp.ts";
import { chartFolder, type Given, tlsGiven, withCertificate } from "./support/chart-files.ts";
import { given } from "./support/given.ts";
import { injectConfigOf } from "./support/inject-config.ts";
import { sampleGiven } from "./support/random-given.ts";
import { configOf, only, render } from "./support/rendered.ts";

const configFor = (one: Omit<Given, "name">) => injectConfigOf(render({ name: "", ...one }));

/** The values with which a release makes itself again. */
const storedIn = (objects: readonly JsonObject[]): Json =>
	parse(textAt(objectAt(only(objects, "ConfigMap"), "data"), "values.yaml") ?? "");

/** The policy for pods that say nothing, in the short form of the pods' annotation. */
const policyFor = (one: Omit<Given, "name">) => JSON.parse(formatStamp(configFor(one).defaults.policy));

describe("the injector's configuration", () => {
	it("says, as it comes, what the injector would do without one", () => {
		const without = parseInjectConfig({});
		const { init, ...rest } = configFor({});
		expect(without.ok && without.value).toEqual({
			...rest,
			init: { ...init, logLevel: undefined, logFormat: undefined },
		});
		expect(init).toMatchObject({ logLevel: "info", logFormat: "plain" });
	});

	it.each([...given, ...sampleGiven(60)].map((one) => [one.name, one] as const))(
		"is accepted, with %s",
		(_, one) => {
			expect(configFor(one).kubeApiServerPorts).toBeInstanceOf(Array);
		},
	);

	it.each([...given, ...sampleGiven(60)].map((one) => [one.name, one] as const))(
		"is what inject --config makes of the release's own values, with %s",
		(_, one) => {
			const objects = render(one);
			const parsed = parseInjectConfig(storedIn(objects));
			expect(parsed.ok ? parsed.value : parsed.problems.map(formatProblem)).toEqual(injectConfigOf(objects));
		},
	);

	it.each([
		["values.yaml", {}],
		["values-ha.yaml", { ha: true }],
	])("is what inject --config makes of the chart's own %s as it is", (file, more) => {
		const config = parseInjectConfig(parse(readFileSync(`${chartFolder}${file}`, "utf8")));
		const { init, ...rest } = configFor(more);
		// A release says what the init container logs, even where that is the default.
		expect(config.ok && { ...config.value, init: { ...init, ...withoutLog(config.value.init) } }).toEqual({
			...rest,
			init,
		});
	});

	it("has every list, in whichever form it was given", () => {
		const values = {
			proxyInit: {
				ignoreInboundPorts: "25, 3306 ,80-80",
				ignoreOutboundPorts: [25, "4000-4010"],
				redirectInboundPorts: 8080,
				redirectOutboundPorts: "80,443",
				skipSubnets: ["10.0.0.0/8"],
				skipOutboundSubnets: "fd00::/8",
				skipInboundInterfaces: "eth1",
				skipOutboundInterfaces: ["docker0"],
				skipUids: [1_000_000],
			},
			disableIPv6: false,
		};
		expect(policyFor({ values })).toEqual({
			families: ["ipv4", "ipv6"],
			inbound: {
				proxyPort: 4143,
				portsToRedirect: [8080],
				portsToIgnore: ["25", "3306", "80"],
				subnetsToIgnore: ["10.0.0.0/8"],
				interfacesToIgnore: ["eth1"],
			},
			outbound: {
				proxyPort: 4140,
				proxyUid: 2102,
				uidsToIgnore: [1_000_000],
				portsToRedirect: ["80", "443"],
				portsToIgnore: ["25", "4000-4010"],
				subnetsToIgnore: ["fd00::/8"],
				interfacesToIgnore: ["docker0"],
			},
		});
	});

	it("ignores nothing where a list is null, as where it is empty", () => {
		for (const ignoreInboundPorts of [null, "", []]) {
			expect(policyFor({ values: { proxyInit: { ignoreInboundPorts } } }).inbound).toEqual({
				proxyPort: 4143,
			});
		}
	});

	it.each([
		["", "shunt/shunt", "shunt/shunt"],
		["registry.example.com", "", "registry.example.com/shunt/shunt"],
		["registry.example.com:5000/mirror/", "", "registry.example.com:5000/mirror/shunt/shunt"],
		["registry.example.com", "team/proxy", "registry.example.com/team/proxy"],
		["registry.example.com", "other.example.com/proxy", "other.example.com/proxy"],
		["registry.example.com", "host:5000/proxy", "host:5000/proxy"],
		["registry.example.com", "localhost/proxy", "localhost/proxy"],
	])("names images with their registry: %j and %j are %s", (imageRegistry, name, whole) => {
		const { proxy } = configFor({ values: { imageRegistry, proxy: { image: { name } } } });
		expect(proxy.image).toEqual({ name: whole, version, pullPolicy: "IfNotPresent" });
	});

	it("prefers what an image says of its pulling", () => {
		const values = { imagePullPolicy: "Always", proxyInit: { image: { pullPolicy: "Never" } } };
		const { init, proxy } = configFor({ values });
		expect([init.image.pullPolicy, proxy.image.pullPolicy]).toEqual(["Never", "Always"]);
	});
});

function withoutLog({ logLevel: _, logFormat: __, ...init }: InjectConfig["init"]) {
	return init;
}

describe("the stored values", () => {
	const storedBy = (one: Given) => JSON.parse(JSON.stringify(storedIn(render(one))));

	it.each(given.map((one) => [one.name, one] as const))("make the same release again, with %s", (_, one) => {
		const same = withCertificate(one);
		const stored = storedBy(same);
		const again = withCertificate({ name: one.name, values: stored });
		expect(withoutStored(render(again))).toEqual(withoutStored(render(same)));
	});

	it("have no key and no certificate, but whom to trust", () => {
		const values = { injector: { tls: tlsGiven } };
		const text = JSON.stringify(storedBy({ name: "", values }));
		expect(text).not.toContain("PRIVATE KEY");
		expect(JSON.parse(text).injector.tls).toMatchObject({ source: "provided", ca: tlsGiven.ca });
		expect(Object.keys(JSON.parse(text).injector.tls)).not.toContain("crt");
	});
});

/** The text may tell null from absent, which mean the same. */
function withoutStored(objects: readonly JsonObject[]): JsonObject[] {
	return objects.map(({ data, ...rest }) =>
		rest["kind"] === "ConfigMap" ? { ...rest, config: configOf(objects) } : { ...rest, data: data ?? null },
	);
}
