import fc from "fast-check";
import { applyPatch, type Operation } from "rfc6902";
import { describe, expect, it } from "vitest";
import { parseInitOptions } from "../../src/init/options.ts";
import { deepEqual } from "../../src/inject/deep-equal.ts";
import { type InjectRequest, injectPod } from "../../src/inject/inject-pod.ts";
import {
	annotationsOf,
	isArray,
	type Json,
	type JsonObject,
	objectAt,
	objectsAt,
	textAt,
} from "../../src/inject/json.ts";
import { jsonPatch } from "../../src/inject/json-patch.ts";
import { parseInjectConfig } from "../../src/inject/parse-config.ts";
import { uninjectPod } from "../../src/inject/uninject-pod.ts";
import { annotatePod, upgradePod } from "../../src/inject/upgrade-pod.ts";
import { redirectAnnotation } from "../../src/policy/annotation-keys.ts";
import { parseStamp } from "../../src/policy/pod-policy-stamp.ts";
import { proxyCommand } from "../../src/proxy/command.ts";
import { config, hostileJson, plainPod, pod, podSpec, workloadOf } from "../support/inject-arbitraries.ts";
import { schemaProblems } from "../support/inject-schema.ts";

const flags = fc.constantFrom<Record<string, string>>(
	{},
	{ "config.shunt.dev/skip-inbound-ports": "+25" },
	{ "config.shunt.dev/proxy-uid": "4000", "config.shunt.dev/native-sidecar": "false" },
);

const request = (of: fc.Arbitrary<JsonObject>): fc.Arbitrary<InjectRequest & { readonly pod: JsonObject }> =>
	fc.record({
		pod: of,
		config,
		set: flags,
		whenUnannotated: fc.constant("redirect" as const),
	});

function injected(asked: InjectRequest): JsonObject {
	const outcome = injectPod(asked);
	if (outcome.kind !== "injected") {
		throw new Error(JSON.stringify(outcome));
	}
	return outcome.pod;
}

describe("an injected pod", () => {
	it("is as it was once it is uninjected", () => {
		fc.assert(
			fc.property(request(pod), (asked) => {
				expect(deepEqual(uninjectPod(injected(asked)).pod, asked.pod)).toBe(true);
			}),
			{ numRuns: 1000 },
		);
	});

	it("is left alone by the webhook, and comes out the same when it is injected anew", () => {
		fc.assert(
			fc.property(request(pod), (asked) => {
				const once = injected(asked);
				expect(injectPod({ ...asked, pod: once }).kind).toBe("skipped");
				const again = upgradePod({ ...asked, pod: once, set: {} }, injectPod);
				expect(again.kind === "injected" && deepEqual(again.pod, once)).toBe(true);
			}),
			{ numRuns: 500 },
		);
	});

	it("is stamped with the policy that its init container's arguments mean to shunt init", () => {
		fc.assert(
			fc.property(request(pod), (asked) => {
				const made = injected(asked);
				const stamp = parseStamp(textAt(annotationsOf(made), redirectAnnotation) ?? "", "stamp");
				const init = objectsAt(objectAt(made, "spec"), "initContainers").find(
					(container) => textAt(container, "name") === "shunt-init",
				);
				expect(init === undefined).toBe(asked.config.cniEnabled);
				if (init !== undefined) {
					const parsed = parseInitOptions(textsOf(init["args"]), "shunt init");
					expect(stamp).toEqual({ ok: true, value: parsed.ok && parsed.value.policy });
					expect(parsed.ok && parsed.value.mode).toBe(asked.config.mode);
				}
			}),
			{ numRuns: 1000 },
		);
	});

	it("has a proxy whose flags shunt proxy knows", () => {
		const known = proxyCommand(() => {}).options.map(({ long }) => long);
		fc.assert(
			fc.property(request(pod), (asked) => {
				const spec = objectAt(injected(asked), "spec");
				const proxy = [...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")].find(
					(container) => textAt(container, "name") === "shunt-proxy",
				);
				const flags = textsOf(proxy?.["args"]).flatMap((arg) => /^(--[^=]+)/.exec(arg)?.[1] ?? []);
				expect(
					asked.config.proxy.kind === "shunt" ? flags.filter((flag) => !known.includes(flag)) : [],
				).toEqual([]);
				expect(flags.length).toBeGreaterThan(0);
			}),
		);
	});

	it("is valid to Kubernetes wherever it came from a valid workload", () => {
		fc.assert(
			fc.property(
				workloadOf(plainPod.map(({ spec = {} }) => ({ metadata: { labels: { app: "a" } }, spec }))),
				config,
				(workload, given) => {
					const template = templateOf(workload);
					const made = injected({ pod: template, config: given, whenUnannotated: "redirect" });
					expect(schemaProblems(withTemplate(workload, made))).toEqual(schemaProblems(workload));
				},
			),
			{ numRuns: 300 },
		);
	});

	it("is what the patch makes of the original", () => {
		fc.assert(
			fc.property(request(pod), (asked) => {
				const made = injected(asked);
				const patch = jsonPatch(asked.pod, made);
				expect(patched(asked.pod, patch)).toEqual(made);
			}),
			{ numRuns: 500 },
		);
	});
});

describe("an annotated pod", () => {
	it("is as it was once it is uninjected, and is not annotated twice", () => {
		fc.assert(
			fc.property(request(plainPod), (asked) => {
				const once = annotatePod(asked);
				if (once.kind !== "injected") {
					throw new Error(JSON.stringify(once));
				}
				expect(deepEqual(uninjectPod(once.pod).pod, asked.pod)).toBe(true);
				const twice = upgradePod({ ...asked, pod: once.pod }, annotatePod);
				expect(twice.kind === "injected" && deepEqual(twice.pod, once.pod)).toBe(true);
			}),
			{ numRuns: 1000 },
		);
	});
});

/** What a patch makes, by a library that is not ours; in a copy, since it changes what it is given. */
function patched(document: Json, patch: ReturnType<typeof jsonPatch>): unknown {
	const root = structuredClone({ document });
	const moved = patch.map((operation) => ({ ...operation, path: `/document${operation.path}` }));
	expect(applyPatch(root, moved as Operation[]).filter((failure) => failure !== null)).toEqual([]);
	return root.document;
}

describe("a patch", () => {
	it("may be about a member that is called -, which is one of an object", () => {
		const [before, after] = [{ a: { "-": 1 } }, { a: { "-": 2 }, "-": 3 }];
		expect(patched(before, jsonPatch(before, after))).toEqual(after);
	});

	it("keeps a member that is called __proto__", () => {
		const after = JSON.parse('{"a":{"__proto__":null}}') as Json;
		expect(JSON.stringify(jsonPatch({}, after))).toBe(
			'[{"op":"add","path":"/a","value":{"__proto__":null}}]',
		);
	});

	it("turns any JSON into any other", () => {
		// rfc6902 5.4.0, which judges here, loses such a member of a value that it copies.
		const judged = fc.jsonValue().filter((value) => !JSON.stringify(value).includes("__proto__"));
		fc.assert(
			fc.property(judged, judged, (before, after) => {
				const patch = jsonPatch(before as Json, after as Json);
				expect(patched(before as Json, patch)).toEqual(after);
			}),
		);
	});

	it("says nothing about what is the same", () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				expect(jsonPatch(value as Json, structuredClone(value) as Json)).toEqual([]);
			}),
		);
	});

	it("keeps named items where they are and moves only the others", () => {
		const items = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"));
		fc.assert(
			fc.property(items, items, (before, after) => {
				const named = (names: string[]) => names.map((name) => ({ name, value: `${name}1` }));
				const patch = jsonPatch(named(before), named(after));
				expect(patched(named(before), patch)).toEqual(named(after));
				expect(patch.filter(({ op }) => op === "replace")).toEqual([]);
			}),
		);
	});
});

describe("whatever JSON comes as a pod or a configuration", () => {
	it("is answered, and leaves the prototypes of objects alone", () => {
		const before = Object.getOwnPropertyNames(Object.prototype).sort();
		fc.assert(
			fc.property(hostileJson.json, config, hostileJson.object, (value, given, annotations) => {
				const namespace = annotations;
				const outcome = injectPod({ pod: value, config: given, namespace, whenUnannotated: "redirect" });
				expect(["injected", "skipped", "refused"]).toContain(outcome.kind);
				if (outcome.kind === "injected") {
					expect(immutablePatch(value, outcome.pod)).toBe(true);
					expect(deepEqual(uninjectPod(outcome.pod).pod, value)).toBe(true);
				}
				expect(parseInjectConfig(value).ok).toBeTypeOf("boolean");
				expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
			}),
			{ numRuns: 3000 },
		);
	});

	it("is injected and uninjected with whatever else stands in it", () => {
		let count = 0;
		const part = hostileJson.object;
		fc.assert(
			fc.property(part, part, part, podSpec, config, (top, metadata, more, spec, given) => {
				const value: JsonObject = { ...top, metadata, spec: { ...more, ...spec } };
				const outcome = injectPod({ pod: value, config: given, whenUnannotated: "redirect" });
				if (outcome.kind === "injected") {
					count += 1;
					expect(deepEqual(uninjectPod(outcome.pod).pod, value)).toBe(true);
					expect(immutablePatch(value, outcome.pod)).toBe(true);
					expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
				}
			}),
			{ numRuns: 1000 },
		);
		expect(count).toBeGreaterThan(300);
	});

	it("keeps a key called __proto__ as a key", () => {
		const hostile = JSON.parse(
			'{"__proto__":{"polluted":1},"metadata":{"__proto__":{"polluted":1},"annotations":{"__proto__":"x","shunt.dev/inject":"enabled"}},"spec":{"__proto__":{"polluted":1},"containers":[{"name":"a","__proto__":{"polluted":1}}]}}',
		);
		const given = parseInjectConfig({});
		const made = injected({
			pod: hostile,
			config: given.ok ? given.value : (undefined as never),
			whenUnannotated: "skip",
		});
		expect(Object.hasOwn(made, "__proto__")).toBe(true);
		expect(JSON.stringify(made).match(/"__proto__"/g)?.length).toBe(5);
		expect(deepEqual(uninjectPod(made).pod, hostile)).toBe(true);
		expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
		expect(jsonPatch(hostile, made).filter(({ path }) => path.includes("__proto__"))).toEqual([]);
	});
});

/** The patch touches no key of JavaScript's own, and where there is none the other implementation can apply it. */
function immutablePatch(before: Json, after: Json): boolean {
	const patch = jsonPatch(before, after);
	return patch.every(({ path }) => path.startsWith("/metadata") || path.startsWith("/spec"));
}

function textsOf(value: Json | undefined): string[] {
	return isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function templateOf(workload: JsonObject): JsonObject {
	const spec = objectAt(workload, "spec");
	const job = objectAt(objectAt(spec, "jobTemplate"), "spec");
	return Object.hasOwn(spec, "template") ? objectAt(spec, "template") : objectAt(job, "template");
}

function withTemplate(workload: JsonObject, template: JsonObject): JsonObject {
	const spec = objectAt(workload, "spec");
	return {
		...workload,
		spec: Object.hasOwn(spec, "template")
			? { ...spec, template }
			: { ...spec, jobTemplate: { spec: { template } } },
	};
}
