import { describe, expect, it } from "vitest";
import { formatPortRange } from "../domain/port.ts";
import { formatProblem } from "../domain/problem.ts";
import type { InjectConfig } from "./config.ts";
import type { Json } from "./json.ts";
import { parseInjectConfig } from "./parse-config.ts";

function config(values: Json): InjectConfig {
	const parsed = parseInjectConfig(values);
	if (!parsed.ok) {
		throw new Error(parsed.problems.map(formatProblem).join("\n"));
	}
	return parsed.value;
}

function problems(values: Json): string[] {
	const parsed = parseInjectConfig(values);
	return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe("a release without values", () => {
	it("is Linkerd's in everything that the rules are made of", () => {
		const { mode, cniEnabled, defaults, init, proxy } = config(null);
		const { families, inbound, outbound } = defaults.policy;
		expect({ mode, cniEnabled, families, kind: proxy.kind, native: proxy.nativeSidecar }).toEqual({
			mode: "legacy",
			cniEnabled: false,
			families: ["ipv4"],
			kind: "shunt",
			native: true,
		});
		expect([inbound.proxyPort, outbound.proxyPort, defaults.adminPort, defaults.controlPort]).toEqual([
			4143, 4140, 4191, 4190,
		]);
		expect([outbound.proxyUid, outbound.proxyGid]).toEqual([2102, undefined]);
		expect(inbound.portsToIgnore.map(formatPortRange)).toEqual(["4567", "4568"]);
		expect([init.runAsUser, init.runAsGroup, init.xtMountPath.mountPath]).toEqual([65_534, 65_534, "/run"]);
	});
});

describe("values", () => {
	it("may be numbers where --set makes numbers of them, lists, or empty", () => {
		const ports = (value: Json) =>
			config({ proxyInit: { ignoreInboundPorts: value } }).defaults.policy.inbound.portsToIgnore.map(
				formatPortRange,
			);
		expect(ports(25)).toEqual(["25"]);
		expect(ports("25, 80-90,")).toEqual(["25", "80-90"]);
		expect(ports([25, "80-90"])).toEqual(["25", "80-90"]);
		expect(ports("")).toEqual([]);
		expect(ports(null)).toEqual(["4567", "4568"]);
		expect(config({ proxy: { uid: "3000", ports: { admin: "9000" } } }).defaults.adminPort).toBe(9000);
	});

	it("switch both families on", () => {
		expect(config({ disableIPv6: false }).defaults.policy.families).toEqual(["ipv4", "ipv6"]);
	});

	it("name every mode that shunt init knows, under the other name of legacy too", () => {
		expect(config({ proxyInit: { iptablesMode: "iptables" } }).mode).toBe("legacy");
		expect(config({ proxyInit: { iptablesMode: "plain" } }).mode).toBe("plain");
	});

	it("are refused with every mistake in them", () => {
		expect(
			problems({
				proxyInit: {
					iptablesMode: "ebpf",
					ignoreInboundPorts: "80-20,x",
					closeWaitTimeoutSecs: -1,
					runAsRoot: "yes",
				},
				proxy: { uid: 0, ports: { inbound: 0 }, resources: { cpu: { request: "much" } }, image: "nginx:1" },
				networkValidator: { timeout: 10, connectAddr: "example.com:80" },
				cniEnabled: "true",
			}).map((problem) => problem.replace(/ \(want .*/, "")),
		).toEqual([
			'proxyInit.iptablesMode: "ebpf" is not a mode',
			'cniEnabled: "true" is not a truth value',
			'proxy.ports.inbound: "0" is not a valid TCP port',
			'proxyInit.ignoreInboundPorts: "80-20" is not a port range',
			'proxyInit.ignoreInboundPorts: "x" is not a TCP port',
			'proxy.uid: "0" is not a valid user id for a proxy',
			'proxyInit.closeWaitTimeoutSecs: "-1" is not a valid time',
			'proxyInit.runAsRoot: "yes" is not a truth value',
			'networkValidator.connectAddr: "example.com:80" is not an address',
			'networkValidator.timeout: "10" is not a valid duration',
			'proxy.image: "nginx:1" is not a section',
			'proxy.resources.cpu.request: "much" is not a quantity',
		]);
	});

	it("are refused under keys that do not exist, with those that do", () => {
		expect(
			problems({ proxyInit: { ignoreInbound: 1 }, proxies: {}, proxy: { image: { tag: "v1" } } }),
		).toEqual([
			expect.stringMatching(/^proxies: is not a key of this configuration \(want one of proxyInit, proxy, /),
			expect.stringMatching(/^proxyInit\.ignoreInbound: .*proxyInit\.ignoreInboundPorts/),
			"proxy.image.tag: is not a key of this configuration (want one of proxy.image.name, proxy.image.version, proxy.image.pullPolicy)",
		]);
		expect(problems(JSON.parse('{"__proto__":{"cniEnabled":true}}'))).toHaveLength(1);
	});

	it("are refused where they contradict each other", () => {
		expect(problems({ proxyInit: { closeWaitTimeoutSecs: 60 } })).toEqual([
			expect.stringContaining("proxyInit.runAsRoot: true"),
		]);
		expect(problems({ proxy: { ports: { admin: 4143 } } })).toEqual([
			'proxy.ports: "4143, 4140, 4143, 4190" uses a port twice (want four different ports)',
		]);
	});

	it.each([[[]], ["x"], [7], [true]])("are not %j", (values) => {
		expect(problems(values).length).toBeGreaterThan(0);
	});
});

describe("a custom proxy", () => {
	it("has to be named, and is started as it says", () => {
		expect(problems({ proxy: { kind: "custom" } })).toEqual([
			expect.stringContaining("proxy.image.name"),
			expect.stringContaining("proxy.image.version"),
		]);
		const { proxy } = config({
			proxy: {
				kind: "custom",
				image: { name: "a/b", version: "1" },
				args: ["-x"],
				env: [{ name: "A", value: "b" }],
			},
		});
		expect([proxy.args, proxy.env, proxy.command]).toEqual([["-x"], [{ name: "A", value: "b" }], undefined]);
	});

	it("takes nothing that only ours understand, nor the other way round", () => {
		expect(problems({ proxy: { kind: "envoy", command: ["x"], livenessPath: "/x" } })).toHaveLength(2);
		expect(
			problems({ proxy: { kind: "custom", image: { name: "a", version: "1" }, logLevel: "debug" } }),
		).toHaveLength(1);
	});

	it("has arguments and an environment of the right form", () => {
		const proxy = { kind: "custom", image: { name: "a", version: "1" } };
		expect(problems({ proxy: { ...proxy, args: "x", env: [{ value: "x" }] } })).toHaveLength(2);
	});
});
