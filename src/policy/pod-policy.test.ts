import { describe, expect, it } from "vitest";
import { formatCidr } from "../domain/cidr.ts";
import type { Gid, Uid } from "../domain/identity.ts";
import { formatPortRange, type Port, type PortRange } from "../domain/port.ts";
import { formatProblem } from "../domain/problem.ts";
import type { Annotations } from "./annotations.ts";
import { type PodPolicyDefaults, resolvePodPolicy } from "./pod-policy.ts";

const range = (low: number, high = low): PortRange => ({ low: low as Port, high: high as Port });

const defaults: PodPolicyDefaults = {
	controlPort: 4190 as Port,
	adminPort: 4191 as Port,
	policy: {
		families: ["ipv4", "ipv6"],
		inbound: {
			proxyPort: 4143 as Port,
			portsToRedirect: [],
			portsToIgnore: [range(25)],
			subnetsToIgnore: [],
			interfacesToIgnore: [],
		},
		outbound: {
			proxyPort: 4140 as Port,
			proxyUid: 2102 as Uid,
			proxyGid: undefined,
			uidsToIgnore: [],
			portsToRedirect: [],
			portsToIgnore: [range(3306)],
			subnetsToIgnore: [],
			interfacesToIgnore: [],
		},
	},
};

function resolve(
	pod: Annotations,
	namespace?: Annotations,
	whenUnannotated: "redirect" | "skip" = "redirect",
) {
	return resolvePodPolicy({ defaults, pod, namespace, whenUnannotated });
}

function redirected(pod: Annotations, namespace?: Annotations) {
	const resolved = resolve(pod, namespace);
	if (resolved.kind !== "redirect") {
		throw new Error(JSON.stringify(resolved));
	}
	return resolved;
}

function refused(
	pod: Annotations,
	namespace?: Annotations,
	whenUnannotated: "redirect" | "skip" = "redirect",
): string[] {
	const resolved = resolve(pod, namespace, whenUnannotated);
	return resolved.kind === "refused" ? resolved.problems.map(formatProblem) : [];
}

const warned = (pod: Annotations) => redirected(pod).warnings;
const inboundOf = (pod: Annotations, namespace?: Annotations) =>
	redirected(pod, namespace).policy.inbound.portsToIgnore.map(formatPortRange).join();
const outboundOf = (pod: Annotations, namespace?: Annotations) =>
	redirected(pod, namespace).policy.outbound.portsToIgnore.map(formatPortRange).join();

describe("a pod that says nothing", () => {
	it("has the defaults, and the proxy's own ports among those that are never redirected", () => {
		const { policy, settings } = redirected({});
		expect(policy).toEqual({
			...defaults.policy,
			inbound: { ...defaults.policy.inbound, portsToIgnore: [range(4190), range(4191), range(25)] },
		});
		expect(settings.nativeSidecar).toBeUndefined();
	});

	it("is left alone where it has to be asked for", () => {
		expect(resolve({}, undefined, "skip")).toMatchObject({ kind: "skip", code: "not-enabled" });
		expect(resolve({ "shunt.dev/inject": "" }, {}, "skip")).toMatchObject({ code: "not-enabled" });
	});

	it("takes its namespace's word, as it would Linkerd's", () => {
		expect(resolve({}, { "shunt.dev/inject": "enabled" }, "skip").kind).toBe("redirect");
		expect(resolve({}, { "linkerd.io/inject": "ingress" }, "skip").kind).toBe("redirect");
		expect(resolve({}, { "shunt.dev/inject": "disabled" })).toEqual({
			kind: "skip",
			code: "disabled",
			reason: "namespace annotation shunt.dev/inject: disabled says so",
		});
	});
});

describe("a pod's own word", () => {
	it("counts more than its namespace's, and ours more than Linkerd's", () => {
		expect(resolve({ "shunt.dev/inject": "enabled" }, { "shunt.dev/inject": "disabled" }).kind).toBe(
			"redirect",
		);
		expect(resolve({ "linkerd.io/inject": "disabled" }, { "shunt.dev/inject": "enabled" }).kind).toBe("skip");
		expect(resolve({ "shunt.dev/inject": "enabled", "linkerd.io/inject": "disabled" }).kind).toBe("redirect");
	});

	it("is refused where it is neither yes nor no", () => {
		expect(refused({ "shunt.dev/inject": "true" })).toEqual([
			'annotation shunt.dev/inject: "true" is not known (want enabled or disabled)',
		]);
		expect(refused({ "shunt.dev/inject": "ingress" })).toHaveLength(1);
		expect(refused({}, { "linkerd.io/inject": "yes" })).toEqual([
			'namespace annotation linkerd.io/inject: "yes" is not known (want enabled, disabled or ingress)',
		]);
	});
});

describe("a list", () => {
	it("stands instead of the default, and with + adds to it, inbound as outbound", () => {
		expect(inboundOf({ "config.shunt.dev/skip-inbound-ports": "80,8000-8010" })).toBe(
			"4190,4191,80,8000-8010",
		);
		expect(inboundOf({ "config.shunt.dev/skip-inbound-ports": "+80" })).toBe("4190,4191,25,80");
		expect(outboundOf({ "config.shunt.dev/skip-outbound-ports": "443" })).toBe("443");
		expect(outboundOf({ "config.shunt.dev/skip-outbound-ports": " + 443 , 6379 " })).toBe("3306,443,6379");
	});

	it("adds to what the namespace says, which adds to the default", () => {
		const namespace = { "config.shunt.dev/skip-outbound-ports": "+443" };
		expect(outboundOf({}, namespace)).toBe("3306,443");
		expect(outboundOf({ "config.shunt.dev/skip-outbound-ports": "+6379" }, namespace)).toBe("3306,443,6379");
		expect(outboundOf({ "config.shunt.dev/skip-outbound-ports": "6379" }, namespace)).toBe("6379");
		expect(outboundOf({ "config.shunt.dev/skip-outbound-ports": "" }, namespace)).toBe("3306,443");
	});

	it("holds each item once", () => {
		expect(outboundOf({ "config.shunt.dev/skip-outbound-ports": "+3306,443,443" })).toBe("3306,443");
		expect(inboundOf({ "config.shunt.dev/skip-inbound-ports": "4191,25" })).toBe("4190,4191,25");
	});

	it("is refused with each of its mistakes", () => {
		expect(refused({ "config.shunt.dev/skip-subnets": "10.0.0.0/8,,10.0.0.0/33" })).toHaveLength(2);
		expect(refused({ "config.shunt.dev/skip-uids": "+" })).toHaveLength(1);
	});
});

describe("Linkerd's settings", () => {
	it("count where ours are absent or empty", () => {
		const linkerds = { "config.linkerd.io/skip-outbound-ports": "5432" };
		expect(outboundOf(linkerds)).toBe("5432");
		expect(outboundOf({ ...linkerds, "config.shunt.dev/skip-outbound-ports": "" })).toBe("5432");
		expect(outboundOf({ ...linkerds, "config.shunt.dev/skip-outbound-ports": "+443" })).toBe("3306,443");
		expect(outboundOf({}, linkerds)).toBe("5432");
	});

	it("include the native sidecar's by each of its names", () => {
		for (const stage of ["config", "config.beta", "config.alpha"]) {
			const pod = { [`${stage}.linkerd.io/proxy-enable-native-sidecar`]: "false" };
			expect(redirected(pod).settings.nativeSidecar).toBe(false);
		}
	});

	it("that we do not know are Linkerd's business", () => {
		expect(refused({ "config.linkerd.io/opaque-ports": "25" })).toEqual([]);
		expect(warned({ "config.linkerd.io/opaque-ports": "25" })).toEqual([]);
	});

	it.each([
		["config.linkerd.io/skip-outbound-port", "config.linkerd.io/skip-outbound-ports"],
		["config.linkerd.io/skip-inbund-ports", "config.linkerd.io/skip-inbound-ports"],
		["config.linkerd.io/skip_inbound_ports", "config.linkerd.io/skip-inbound-ports"],
		["config.linkerd.io/skipSubnets", "config.linkerd.io/skip-subnets"],
		["config.linkerd.io/skip-outbound-subnet", "config.linkerd.io/skip-outbound-subnets"],
		["config.linkerd.io/Proxy-UID", "config.linkerd.io/proxy-uid"],
		["config.alpha.linkerd.io/skip-inbound-ports", "config.linkerd.io/skip-inbound-ports"],
		["config.beta.linkerd.io/proxy-enable-native-sidecars", "config.linkerd.io/proxy-enable-native-sidecar"],
	])("that are close to one which we act upon are refused, on pod and namespace: %s", (name, meant) => {
		expect(refused({ [name]: "1" })).toEqual([`annotation ${name}: is not known (want ${meant})`]);
		expect(refused({}, { [name]: "1" })).toEqual([
			`namespace annotation ${name}: is not known (want ${meant})`,
		]);
	});

	it.each([
		["linkerd.io/skip-outbound-ports", "config.linkerd.io/skip-outbound-ports"],
		["config.linkered.io/skip-outbound-ports", "config.linkerd.io/skip-outbound-ports"],
		["config.linkerd.com/skip-subnets", "config.linkerd.io/skip-subnets"],
		["config-linkerd.io/proxy-uid", "config.linkerd.io/proxy-uid"],
		["linkerd.io/proxy-enable-native-sidecar", "config.linkerd.io/proxy-enable-native-sidecar"],
		["shunt.dev/skip-outbound-ports", "config.shunt.dev/skip-outbound-ports"],
		["confg.shunt.dev/native-sidecar", "config.shunt.dev/native-sidecar"],
		["config.shunt.io/admin-port", "config.shunt.dev/admin-port"],
	])("are refused behind a prefix that is nobody's: %s", (name, meant) => {
		expect(refused({ [name]: "1" })).toEqual([`annotation ${name}: is not known (want ${meant})`]);
		expect(refused({}, { [name]: "1" })).toEqual([
			`namespace annotation ${name}: is not known (want ${meant})`,
		]);
	});

	it("that nobody has heard of pass, with a warning", () => {
		expect(warned({ "config.linkerd.io/proxy-quantum-mode": "on" })).toEqual([
			"annotation config.linkerd.io/proxy-quantum-mode is known neither here nor of Linkerd, and says nothing",
		]);
		expect(warned({ "config.linkerd.io/opaque-port": "25" })).toEqual([
			expect.stringMatching(/says nothing \(is config\.linkerd\.io\/opaque-ports meant\?\)$/),
		]);
	});

	it("are no labels', annotations' of other programs, or Linkerd's own marks", () => {
		const others = [
			...["linkerd.io/created-by", "viz.linkerd.io/tap-enabled", "linkerd.io/proxy-version"],
			...["example.com/proxy-uid", "viz.linkerd.io/admin-port", "sidecar.istio.io/inject", "proxy-uid"],
		];
		for (const name of others) {
			expect(warned({ [name]: "x" })).toEqual([]);
		}
	});

	it.each([
		["shunt.dev/injct", "shunt.dev/inject"],
		["shunt.dev/Inject", "shunt.dev/inject"],
		["sunt.dev/inject", "shunt.dev/inject"],
		["shunt.io/inject", "shunt.dev/inject"],
		["config.shunt.dev/inject", "shunt.dev/inject"],
		["linkerd.io/injekt", "linkerd.io/inject"],
		["linkered.io/inject", "linkerd.io/inject"],
		["config.linkerd.io/inject", "linkerd.io/inject"],
	])("such as a misspelt wish for a proxy is refused: %s", (name, known) => {
		expect(refused({ [name]: "enabled" }, {}, "skip")).toEqual([
			`annotation ${name}: is not known (want ${known})`,
		]);
		expect(refused({}, { [name]: "enabled" }, "skip")).toHaveLength(1);
	});
});

describe("a setting of ours", () => {
	it("that does not exist is refused with those that do", () => {
		expect(refused({ "config.shunt.dev/skip-inbound-port": "25" }, { "config.shunt.dev/x": "" })).toEqual([
			expect.stringMatching(
				/^namespace annotation config\.shunt\.dev\/x: is not known \(want .*skip-inbound-ports/,
			),
			expect.stringMatching(/^annotation config\.shunt\.dev\/skip-inbound-port: is not known/),
		]);
	});

	it("that YAML took for something else than a text is refused", () => {
		expect(refused({ "config.shunt.dev/admin-port": 4191 })).toEqual([
			'annotation config.shunt.dev/admin-port: "4191" is not a string (want a string: put quotes around it)',
		]);
		expect(refused({ "config.shunt.dev/admin-port": null })).toEqual([]);
	});

	it("is checked on the namespace too, even where the pod overrides it", () => {
		expect(
			refused({ "config.shunt.dev/proxy-uid": "3000" }, { "config.shunt.dev/proxy-uid": "root" }),
		).toEqual([expect.stringContaining('namespace annotation config.shunt.dev/proxy-uid: "root"')]);
	});

	it("is not looked for on the prototype of an object", () => {
		expect(redirected(Object.create({ "config.shunt.dev/proxy-uid": "root" })).policy.outbound.proxyUid).toBe(
			2102,
		);
	});
});

describe("the proxy's user", () => {
	it("cannot be root or nobody at all", () => {
		for (const uid of ["0", "-1", "2147483648", "proxy", "07"]) {
			expect(refused({ "config.shunt.dev/proxy-uid": uid })).toHaveLength(1);
		}
	});

	it("can do without a group", () => {
		expect(redirected({ "config.shunt.dev/proxy-gid": "-1" }).policy.outbound.proxyGid).toBeUndefined();
		expect(redirected({ "config.shunt.dev/proxy-gid": "7" }).policy.outbound.proxyGid).toBe(7 as Gid);
	});
});

describe("the proxy's ports", () => {
	it("have to differ from one another", () => {
		expect(refused({ "config.shunt.dev/inbound-port": "4140" })).toEqual([
			'outbound-port: "4140" is the inbound-port too (want a port of its own for each of the proxy\'s servers)',
		]);
		expect(refused({ "config.shunt.dev/admin-port": "4143" })).toHaveLength(1);
	});

	it("are exempt wherever annotations put them", () => {
		const moved = { "config.shunt.dev/admin-port": "9001", "config.shunt.dev/control-port": "9002" };
		expect(inboundOf(moved)).toBe("9002,9001,25");
	});

	it("that nobody knows are those that are reserved", () => {
		const resolved = resolvePodPolicy({
			defaults: {
				...defaults,
				adminPort: undefined,
				controlPort: undefined,
				reservedPorts: [range(4190, 4191)],
			},
			pod: { "config.shunt.dev/skip-inbound-ports": "80" },
			namespace: undefined,
			whenUnannotated: "redirect",
		});
		const ports = resolved.kind === "redirect" ? resolved.policy.inbound.portsToIgnore : [];
		expect(ports.map(formatPortRange)).toEqual(["4190-4191", "80"]);
	});
});

describe("every other setting", () => {
	it("lands where it belongs", () => {
		const { policy, settings } = redirected({
			"config.shunt.dev/skip-outbound-subnets": "10.0.0.0/8",
			"config.shunt.dev/skip-inbound-interfaces": "net1",
			"config.shunt.dev/skip-outbound-interfaces": "net2",
			"config.shunt.dev/skip-uids": "0,7",
			"config.shunt.dev/redirect-inbound-ports": "80",
			"config.shunt.dev/redirect-outbound-ports": "1-1023",
			"config.shunt.dev/close-wait-timeout": "1m30s",
			"config.shunt.dev/proxy-image": "example.com/p",
			"config.shunt.dev/proxy-version": "v1",
			"config.shunt.dev/image-pull-policy": "Never",
			"config.shunt.dev/proxy-cpu-limit": "1",
		});
		expect(policy.outbound.subnetsToIgnore.map(formatCidr)).toEqual(["10.0.0.0/8"]);
		expect(policy.inbound.interfacesToIgnore).toEqual(["net1"]);
		expect(policy.outbound.interfacesToIgnore).toEqual(["net2"]);
		expect(policy.outbound.uidsToIgnore).toEqual([0, 7]);
		expect(policy.inbound.portsToRedirect).toEqual([80]);
		expect(policy.outbound.portsToRedirect).toEqual([range(1, 1023)]);
		expect(settings).toMatchObject({
			closeWaitSeconds: 90,
			image: { name: "example.com/p", version: "v1", pullPolicy: "Never" },
			resources: { cpu: { limit: "1" }, memory: { limit: undefined } },
		});
	});
});
