import { describe, expect, it } from "vitest";
import type { Result } from "../../src/domain/problem.ts";
import { policySources } from "../../src/explain/policy-sources.ts";
import { parseInitOptions } from "../../src/init/options.ts";
import { initArgs } from "../../src/inject/init-args.ts";
import { parseInjectConfig } from "../../src/inject/parse-config.ts";
import { configPrefix } from "../../src/policy/annotation-keys.ts";
import { itemKey, itemsOf } from "../../src/policy/field.ts";
import { fields, type PolicyField } from "../../src/policy/fields.ts";
import { resolvePodPolicy } from "../../src/policy/pod-policy.ts";
import { formatStamp, parseStamp } from "../../src/policy/pod-policy-stamp.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import { policyArgs } from "../../src/status/recover-policy.ts";

/** One of what each kind of field takes, spelled so that it is written as it is read. */
const examples: Readonly<Record<string, string>> = {
	PORTS: "8080",
	SUBNETS: "10.1.0.0/16",
	NAMES: "eth7",
	UIDS: "1234",
	PORT: "15001",
	UID: "4321",
	GID: "4321",
};

function must<T>(result: Result<T>): T {
	if (!result.ok) {
		throw new Error(JSON.stringify(result.problems));
	}
	return result.value;
}

function textsIn({ direction, field }: PolicyField, policy: RedirectPolicy): string[] {
	return itemsOf(field, policy[direction]).map((item) => itemKey(field, item));
}

const config = must(parseInjectConfig({}));
const ports = ["--incoming-proxy-port", "4143", "--outgoing-proxy-port", "4140"];

function policyOf(args: readonly string[]): RedirectPolicy {
	return must(parseInitOptions(args, "test")).policy;
}

function nested(path: string, value: string): Record<string, unknown> {
	const [first = "", ...rest] = path.split(".");
	return { [first]: rest.length === 0 ? value : nested(rest.join("."), value) };
}

describe.each(fields.map((each) => [each.key, each] as const))("%s", (key, each) => {
	const { field } = each;
	const example = examples[field.form.placeholder] ?? "";
	const policy = policyOf([...ports, `--${field.flag}=${example}`]);

	it("is read from its flag, under every name", () => {
		expect(textsIn(each, policy)).toEqual([example]);
		for (const name of [key, ...(field.alsoCalled ?? [])]) {
			expect(policyOf([...ports, `--${name}=${example}`])).toEqual(policy);
		}
	});

	it("is read from its annotation", () => {
		const pod = { [`${configPrefix}${key}`]: example };
		const request = { defaults: config.defaults, namespace: undefined, whenUnannotated: "redirect" } as const;
		const resolved = resolvePodPolicy({ ...request, pod });
		expect(resolved.kind === "redirect" ? textsIn(each, resolved.policy) : resolved).toContain(example);
	});

	it("is read from a release's values", () => {
		const values = nested(field.value, example);
		const parsed = must(parseInjectConfig(JSON.parse(JSON.stringify(values))));
		expect(textsIn(each, parsed.defaults.policy)).toEqual([example]);
	});

	it("is written on a pod, into its init container and by status, and read back", () => {
		expect(must(parseStamp(formatStamp(policy), "test"))).toEqual(policy);
		expect(policyOf(initArgs(policy, config, 0))).toEqual(policy);
		expect(policyOf(policyArgs(policy))).toEqual(policy);
	});

	it("is told of by explain as it was said", () => {
		const told: string[] = [];
		policySources(policy, (name, item) => {
			told.push(`${name} ${item}`);
			return "";
		});
		expect(told).toContain(`${key} ${example}`);
	});
});
