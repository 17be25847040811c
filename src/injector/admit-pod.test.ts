import { describe, expect, it } from "vitest";
import { parseInjectConfig } from "../inject/parse-config.ts";
import { admitPod } from "./admit-pod.ts";
import type { AdmissionRequest } from "./review.ts";

const enabled = { "shunt.dev/inject": "enabled" };
const pod = {
	metadata: { name: "a", annotations: enabled },
	spec: { containers: [{ name: "app", image: "i" }] },
};
const create = { uid: "1", operation: "CREATE", group: "", version: "v1", kind: "Pod", subResource: "" };

function admit(request: Partial<AdmissionRequest>, namespace = {}) {
	const config = parseInjectConfig({});
	if (!config.ok) {
		throw new Error("no configuration");
	}
	return admitPod(
		{ ...create, namespace: "web", dryRun: false, object: pod, ...request },
		config.value,
		namespace,
	);
}

describe("a request", () => {
	it("for a new pod that asks for it is answered with a patch", () => {
		const answer = admit({});
		expect(answer).toMatchObject({ kind: "injected" });
		expect(answer.kind === "injected" && answer.patch.length).toBeGreaterThan(0);
	});

	it.each([
		{ operation: "UPDATE" },
		{ operation: "DELETE", object: null },
		{ kind: "Deployment", group: "apps" },
		{ kind: "Pod", group: "example.com" },
		{ subResource: "ephemeralcontainers" },
	])("for %j is let through as it is", (request) => {
		expect(admit(request)).toMatchObject({ kind: "skipped", code: "not-a-new-pod" });
	});

	it("inherits what the namespace says, and the pod can say otherwise", () => {
		const plain = { ...pod, metadata: { name: "a" } };
		const opposed = { ...pod, metadata: { name: "a", annotations: { "shunt.dev/inject": "disabled" } } };
		expect(admit({ object: plain })).toMatchObject({ kind: "skipped", code: "not-enabled" });
		expect(admit({ object: plain }, enabled)).toMatchObject({ kind: "injected" });
		expect(admit({ object: opposed }, enabled)).toMatchObject({ kind: "skipped", code: "disabled" });
	});

	it("with a bad setting is refused, wherever the setting stands", () => {
		const bad = { "config.shunt.dev/proxy-uid": "root" };
		expect(admit({}, bad)).toMatchObject({
			kind: "refused",
			problems: [{ source: "namespace annotation config.shunt.dev/proxy-uid", value: "root" }],
		});
	});
});
