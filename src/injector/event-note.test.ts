import { describe, expect, it } from "vitest";
import type { Json } from "../inject/json.ts";
import { eventNote } from "./events.ts";
import type { AdmissionRequest } from "./review.ts";

const owner = { apiVersion: "batch/v1", kind: "Job", name: "nightly", uid: "u", controller: true };
const injected = { kind: "injected", patch: [], warnings: [] } as const;

function requestFor(metadata: Json, dryRun = false): AdmissionRequest {
	return {
		...{ uid: "1", operation: "CREATE", group: "", version: "v1", kind: "Pod", subResource: "" },
		namespace: "web",
		dryRun,
		object: { metadata },
	};
}

describe("the event of an answer", () => {
	it("is about what makes the pod", () => {
		const request = requestFor({
			name: "nightly-x",
			ownerReferences: [{ ...owner, controller: false, name: "x" }, owner],
		});
		expect(eventNote(request, injected)).toEqual({
			reason: "Injected",
			note: "the proxy was injected",
			regarding: { apiVersion: "batch/v1", kind: "Job", name: "nightly", namespace: "web", uid: "u" },
		});
	});

	it("is about the pod where nothing else makes it", () => {
		expect(eventNote(requestFor({ name: "alone" }), injected)).toMatchObject({
			regarding: { apiVersion: "v1", kind: "Pod", name: "alone", uid: undefined },
		});
	});

	it("says what the answer warns of, which a controller shows nobody", () => {
		const warned = { ...injected, warnings: ["it has no sky", "nor \u001b[31mearth"] };
		expect(eventNote(requestFor({ name: "a" }), warned)).toMatchObject({
			reason: "Injected",
			note: expect.stringMatching(/^the proxy was injected; it has no sky; nor [ -~]+earth$/),
		});
	});

	it("says why a pod was skipped", () => {
		const skipped = { kind: "skipped", code: "host-network", reason: "of this" } as const;
		expect(eventNote(requestFor({ name: "a" }), skipped)).toMatchObject({
			reason: "InjectionSkipped",
			note: "the proxy was not injected: of this",
		});
	});

	it.each(["not-enabled", "not-a-new-pod", "injected-by-shunt"])("is not made for %s", (code) => {
		expect(eventNote(requestFor({ name: "a" }), { kind: "skipped", code, reason: "x" })).toBeUndefined();
	});

	it("is not made for a dry run, for a refusal, or without a name", () => {
		expect(eventNote(requestFor({ name: "a" }, true), injected)).toBeUndefined();
		expect(eventNote(requestFor({ name: "a" }), { kind: "refused", problems: [] })).toBeUndefined();
		expect(eventNote(requestFor({ generateName: "a-" }), injected)).toBeUndefined();
		expect(eventNote(requestFor({ ownerReferences: [null, 1, {}] }), injected)).toBeUndefined();
	});
});
