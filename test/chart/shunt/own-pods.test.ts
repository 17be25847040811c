import { describe, expect, it } from "vitest";
import { parseMode } from "../../../src/domain/mode.ts";
import { formatPortRange } from "../../../src/domain/port.ts";
import { formatProblem } from "../../../src/domain/problem.ts";
import { createMemoryHost } from "../../../src/host/memory.ts";
import { parseInitOptions } from "../../../src/init/options.ts";
import { runInit } from "../../../src/init/run-init.ts";
import type { InjectConfig } from "../../../src/inject/config.ts";
import { injectPod } from "../../../src/inject/inject-pod.ts";
import {
	annotationsOf,
	get,
	isArray,
	isObject,
	type Json,
	type JsonObject,
	objectAt,
	objectsAt,
	textAt,
} from "../../../src/inject/json.ts";
import { uninjectPod } from "../../../src/inject/uninject-pod.ts";
import { injectedAnnotation, redirectAnnotation } from "../../../src/policy/annotation-keys.ts";
import { parseStamp } from "../../../src/policy/pod-policy-stamp.ts";
import type { RedirectPolicy } from "../../../src/policy/redirect-policy.ts";
import type { Given } from "./support/chart-files.ts";
import { given } from "./support/given.ts";
import { injectConfigOf } from "./support/inject-config.ts";
import { sampleGiven } from "./support/random-given.ts";
import { injectorPod, render } from "./support/rendered.ts";

const all: readonly Given[] = [...given, ...sampleGiven(120)];

const withInit = all.filter(({ values, set = [] }) => {
	const { cniEnabled } = (values ?? {}) as { cniEnabled?: boolean };
	return cniEnabled !== true && !set.some((flag) => flag.includes("cniEnabled=true"));
});

const modes = ["legacy", "iptables", "nft", "plain", "nftables", "auto"];

function rendered(one: Given): { readonly pod: JsonObject; readonly config: InjectConfig } {
	const objects = render(one);
	return { pod: injectorPod(objects), config: injectConfigOf(objects) };
}

/** The same where only the order of keys in JSON within text differs: Helm sorts them. */
function comparable(value: Json | undefined): Json | undefined {
	if (typeof value === "string" && value.startsWith('{"')) {
		return { json: JSON.parse(value) };
	}
	if (isArray(value)) {
		return value.map((item) => comparable(item) ?? null);
	}
	return isObject(value)
		? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item) ?? null]))
		: value;
}

describe("the control plane's own pods", () => {
	it.each(all.map((one) => [one.name, one] as const))(
		"are what injection makes of them, with %s",
		(_, one) => {
			const { pod, config } = rendered(one);
			const { pod: bare, removed } = uninjectPod(pod);
			expect(removed).toContain("container shunt-proxy");
			const annotations = Object.keys(annotationsOf(bare));
			expect(annotations).not.toContain(redirectAnnotation);
			expect(annotations).not.toContain(injectedAnnotation);

			const injected = injectPod({ pod: bare, config, whenUnannotated: "redirect" });
			expect(injected.kind).toBe("injected");
			if (injected.kind === "injected") {
				expect(comparable(pod)).toEqual(comparable(injected.pod));
				// Reviews and probes do not depend on the proxy.
				expect(injected.warnings).toHaveLength(2);
				for (const warning of injected.warnings) {
					expect(warning).toMatch(/^container injector exposes port \d+, whose inbound connections bypass/);
				}
			}
		},
	);

	it.each(withInit.map((one) => [one.name, one] as const))(
		"start with `shunt init`, which accepts its arguments, with %s",
		(_, one) => {
			const { pod, config } = rendered(one);
			const inits = initContainers(pod).filter((container) => textAt(container, "name") === "shunt-init");
			expect(inits).toEqual([initContainers(pod)[0]]);
			const args = textsAt(inits[0], "args");
			const options = parseInitOptions(args, "shunt init");
			expect(options.ok && options.value.mode).toBe(config.mode);

			const host = createMemoryHost();
			expect(runInit(host, [...args, "--simulate"])).toBe(0);
			expect(host.commands).toEqual([]);
		},
	);

	it.each(modes)("are in mode %s when that is asked for, as all others are", (mode) => {
		const { pod, config } = rendered({ name: mode, set: [`proxyInit.iptablesMode=${mode}`] });
		const wanted = parseMode(mode, "");
		expect(config.mode).toBe(wanted.ok && wanted.value);
		const options = parseInitOptions(textsAt(initContainers(pod)[0], "args"), "shunt init");
		expect(options.ok && options.value.mode).toBe(config.mode);
	});

	it("reach the API server and are reached by it whatever the proxy does", () => {
		const set = ["proxyInit.kubeAPIServerPorts=7443", "injector.port=10250", "injector.adminPort=9996"];
		const { inbound, outbound } = policyOf(rendered({ name: "ports", set }).pod);
		expect(outbound.portsToIgnore.map(formatPortRange)).toEqual(["7443"]);
		expect(inbound.portsToIgnore.map(formatPortRange)).toEqual([
			"4190",
			"4191",
			"4567",
			"4568",
			"10250",
			"9996",
		]);
	});

	it("wait for the CNI plugin's rules where it makes them, and carry the policy that it reads", () => {
		const { pod } = rendered({ name: "cni", set: ["cniEnabled=true,proxyInit.skipSubnets=10.0.0.0/8"] });
		expect(initContainers(pod).map((container) => textAt(container, "name"))).toEqual([
			"shunt-network-validator",
			"shunt-proxy",
		]);
		expect(policyOf(pod).inbound.subnetsToIgnore).toMatchObject([{ text: "10.0.0.0/8" }]);
	});

	it("give the API server's token to the container that needs it alone", () => {
		const { pod } = rendered({ name: "token" });
		const spec = objectAt(pod, "spec");
		expect(get(spec, "automountServiceAccountToken")).toBe(false);
		const mounting = [...initContainers(pod), ...objectsAt(spec, "containers")].filter((container) =>
			objectsAt(container, "volumeMounts").some((mount) => textAt(mount, "name") === "api-access"),
		);
		expect(mounting.map((container) => textAt(container, "name"))).toEqual(["injector"]);
	});
});

function policyOf(pod: JsonObject): RedirectPolicy {
	const stamp = parseStamp(textAt(annotationsOf(pod), redirectAnnotation) ?? "", "stamp");
	if (!stamp.ok) {
		throw new Error(formatProblem(stamp.problems[0]!));
	}
	return stamp.value;
}

function initContainers(pod: JsonObject): readonly JsonObject[] {
	return objectsAt(objectAt(pod, "spec"), "initContainers");
}

function textsAt(object: JsonObject | undefined, key: string): string[] {
	const value = object === undefined ? undefined : get(object, key);
	return isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
