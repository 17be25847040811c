import { describe, expect, it } from "vitest";
import { nestsDeeperThan, readReview } from "./review.ts";

const request = {
	uid: "1",
	operation: "CREATE",
	kind: { group: "", version: "v1", kind: "Pod" },
	namespace: "web",
	object: { kind: "Pod" },
};

function read(changed: object = {}, envelope: object = {}) {
	const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", ...envelope };
	return readReview(Buffer.from(JSON.stringify({ ...review, request: { ...request, ...changed } })));
}

describe("reading a review", () => {
	it("takes what it needs, with absence as the empty value", () => {
		expect(read()).toEqual({
			kind: "request",
			request: {
				uid: "1",
				operation: "CREATE",
				group: "",
				version: "v1",
				kind: "Pod",
				subResource: "",
				namespace: "web",
				dryRun: false,
				object: { kind: "Pod" },
			},
		});
		expect(
			read({ object: undefined, namespace: undefined, dryRun: true, subResource: "status" }),
		).toMatchObject({
			request: { object: null, namespace: "", dryRun: true, subResource: "status" },
		});
	});

	it.each([
		[{}, { apiVersion: "admission.k8s.io/v1beta1" }],
		[{}, { kind: "Pod" }],
		[{ uid: "" }, {}],
		[{ uid: 7 }, {}],
	])("has nobody to answer in %j %j", (changed, envelope) => {
		expect(read(changed, envelope)).toMatchObject({ kind: "malformed", uid: undefined });
	});

	it.each([
		{ operation: 1 },
		{ kind: "Pod" },
		{ namespace: "a/b" },
		{ namespace: "Web" },
		{ namespace: "x".repeat(64) },
		{ namespace: "-" },
	])("answers under the uid that %j is not understood", (changed) => {
		expect(read(changed)).toMatchObject({ kind: "malformed", uid: "1" });
	});
});

describe("nesting", () => {
	it("is counted through objects and lists", () => {
		const value = { a: [{ b: [1] }], c: 2 };
		expect([3, 4, 5].map((limit) => nestsDeeperThan(value, limit))).toEqual([true, false, false]);
	});

	it("of any depth costs no more stack than the limit", () => {
		const value = JSON.parse("[".repeat(200_000) + "]".repeat(200_000));
		expect(nestsDeeperThan(value, 128)).toBe(true);
	});
});
