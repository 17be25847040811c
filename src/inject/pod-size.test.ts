import { describe, expect, it } from "vitest";
import { runInject } from "../../test/support/inject-manifests.ts";
import { formatPortRange } from "../domain/port.ts";
import { formatProblem } from "../domain/problem.ts";
import { parseInitOptions } from "../init/options.ts";
import { parseStamp } from "../policy/pod-policy-stamp.ts";
import { parseValidateOptions } from "../validator/options.ts";
import { injectPod } from "./inject-pod.ts";
import { annotationsOf, type Json, type JsonObject, objectAt, objectsAt, textAt } from "./json.ts";
import { parseInjectConfig } from "./parse-config.ts";
import { utf8Length } from "./pod-size.ts";

const oddPorts = (count: number) => Array.from({ length: count }, (_, index) => 2 * index + 1).join(",");

function outcomeOf(annotations: JsonObject, values: Json = {}, namespace: JsonObject = {}) {
	const config = parseInjectConfig(values);
	if (!config.ok) {
		throw new Error(JSON.stringify(config.problems));
	}
	const pod = { metadata: { annotations }, spec: { containers: [{ name: "app" }] } };
	return injectPod({ pod, config: config.value, namespace, whenUnannotated: "redirect" });
}

function injected(annotations: JsonObject, values: Json = {}, namespace: JsonObject = {}) {
	const outcome = outcomeOf(annotations, values, namespace);
	if (outcome.kind !== "injected") {
		throw new Error(JSON.stringify(outcome).slice(0, 500));
	}
	const all = annotationsOf(outcome.pod);
	const first = objectsAt(objectAt(outcome.pod, "spec"), "initContainers")[0] ?? {};
	const { policy } = outcome;
	return { policy, all, first, stamp: textAt(all, "shunt.dev/redirect") ?? "" };
}

const sizeOf = (annotations: JsonObject) =>
	Object.entries(annotations).reduce((sum, [name, value]) => sum + utf8Length(`${name}${value}`), 0);

const skip = "config.shunt.dev/skip-inbound-ports";

describe("a long list", () => {
	it("that the pod says stands there alone, and is read from there", () => {
		const { policy, all, stamp } = injected({ [skip]: oddPorts(20_000) });
		expect(policy.inbound.portsToIgnore).toHaveLength(20_001);
		expect(stamp).toContain(`"portsToIgnore":["4190","4191","annotation ${skip}"]`);
		expect(stamp.length).toBeLessThan(500);
		expect(sizeOf(all)).toBeLessThan(262_144);
		expect(parseStamp(stamp, "stamp", (name) => textAt(all, name))).toEqual({ ok: true, value: policy });
		expect(parseStamp(stamp, "stamp")).toMatchObject({ ok: false });
	});

	it.each([
		["config.linkerd.io/skip-outbound-ports", oddPorts(9000)],
		[skip, `+${oddPorts(9000)}`],
		[skip, `${oddPorts(9000)}, 1,3 ,5`],
		["config.shunt.dev/redirect-inbound-ports", oddPorts(9000)],
		["config.shunt.dev/skip-uids", oddPorts(9000)],
		[
			"config.shunt.dev/skip-subnets",
			Array.from({ length: 3000 }, (_, index) => `10.${index >> 8}.${index & 255}.1/24`).join(),
		],
	])("is the same however it is said: %s", (name, text) => {
		const { policy, all, stamp } = injected({ [name]: text });
		expect(stamp).toContain(`"annotation ${name}"`);
		expect(parseStamp(stamp, "stamp", (key) => textAt(all, key))).toEqual({ ok: true, value: policy });
	});

	it("that the namespace or the release says stands in the stamp", () => {
		const values = { proxyInit: { ignoreOutboundPorts: oddPorts(2000) } };
		const { policy, stamp } = injected({}, values, { [skip]: oddPorts(2000) });
		expect(parseStamp(stamp, "stamp")).toEqual({ ok: true, value: policy });
	});

	it("is several arguments where it is too long for one", () => {
		const { policy, first } = injected({ [skip]: oddPorts(30_000) });
		const args = (first["args"] as readonly string[]).map(String);
		expect(Math.max(...args.map(utf8Length))).toBeLessThan(131_072);
		const options = parseInitOptions(args, "shunt init");
		expect(options.ok && options.value.policy.inbound.portsToIgnore.map(formatPortRange)).toEqual(
			policy.inbound.portsToIgnore.map(formatPortRange),
		);
	});

	it("is refused where Kubernetes would not take it, with what it comes to", () => {
		expect(outcomeOf({}, {}, { [skip]: oddPorts(32_000) }).kind).toBe("injected");
		expect(outcomeOf({ [skip]: oddPorts(32_000) }).kind).toBe("injected");
		const both = outcomeOf({ [skip]: oddPorts(32_000), note: "é".repeat(40_000) });
		expect(both.kind === "refused" && both.problems.map(formatProblem)).toEqual([
			expect.stringMatching(
				/^metadata\.annotations: would have \d+ bytes with the policy's stamp \(\d+\) \(want at most 262144/,
			),
		]);
	});
});

describe("the validator", () => {
	const cni = { cniEnabled: true };

	it("is given what its stamp refers to", () => {
		const { policy, all, first } = injected({ [skip]: oddPorts(20_000) }, cni);
		const variables = new Map(
			objectsAt(first, "env").map((variable) => {
				const path = textAt(objectAt(objectAt(variable, "valueFrom"), "fieldRef"), "fieldPath") ?? "";
				const [, name = ""] = /^metadata\.annotations\['(.*)'\]$/.exec(path) ?? [];
				return [textAt(variable, "name") ?? "", textAt(all, name)];
			}),
		);
		expect([...variables.keys()]).toEqual(["SHUNT_REDIRECT", "SHUNT_REDIRECT_SKIP_INBOUND_PORTS"]);
		const options = parseValidateOptions([], (name) => variables.get(name), "shunt validate");
		expect(options).toMatchObject({ ok: true, value: { policy } });
	});

	it("is not asked to start with more than a kernel gives it", () => {
		const outcome = outcomeOf({ [skip]: oddPorts(24_000) }, cni);
		expect(outcome.kind === "refused" && outcome.problems.map(formatProblem)).toEqual([
			expect.stringMatching(
				/^annotation config\.shunt\.dev\/skip-inbound-ports: has \d+ bytes, and the validator could not be started/,
			),
		]);
		expect(
			outcomeOf({ [skip]: oddPorts(24_000) }, { ...cni, networkValidator: { enabled: false } }).kind,
		).toBe("injected");
	});
});

describe("the length in UTF-8", () => {
	it.each(["", "a", "é", "€", "😀", "aé€😀z", "\ud800"])("is that of the bytes: %j", (text) => {
		expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
	});
});

describe("a pod that is only annotated", () => {
	const note = (length: number) => ({ metadata: { annotations: { note: "x".repeat(length) } } });
	const words = (length: number) =>
		runInject(
			["-"],
			JSON.stringify({
				kind: "Pod",
				apiVersion: "v1",
				...note(length),
				spec: { containers: [{ name: "a" }] },
			}),
		);

	it("is refused where the webhook would refuse it, whatever makes it too long", () => {
		expect(words(200_000)).toMatchObject({ status: 0 });
		expect(words(262_000)).toMatchObject({
			status: 64,
			stdout: "",
			stderr: expect.stringMatching(
				/metadata\.annotations: would have 262\d\d\d bytes .* \(want at most 262144/,
			),
		});
	});
});
