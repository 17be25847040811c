import { describe, expect, it } from "vitest";
import type { AdmissionAnswer } from "./admit-pod.ts";
import { renderMalformed, renderReview, renderStatus } from "./answer-review.ts";

function responseTo(answer: AdmissionAnswer) {
	const { status, body } = renderReview("u-1", answer);
	expect(status).toBe(200);
	const { response, ...envelope } = JSON.parse(body);
	expect(envelope).toEqual({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" });
	return response;
}

describe("a response", () => {
	it("carries the patch in base64, and warnings where there are any", () => {
		const patch = [{ op: "add", path: "/spec/é", value: 1 }] as const;
		expect(responseTo({ kind: "injected", patch, warnings: [] })).toEqual({
			uid: "u-1",
			allowed: true,
			patchType: "JSONPatch",
			patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
			auditAnnotations: { outcome: "injected" },
		});
		expect(responseTo({ kind: "injected", patch, warnings: ["w"] })).toMatchObject({ warnings: ["w"] });
	});

	it("to a skip allows, and tells the audit log why", () => {
		expect(responseTo({ kind: "skipped", code: "x", reason: "of that" })).toEqual({
			uid: "u-1",
			allowed: true,
			auditAnnotations: { outcome: "skipped: of that" },
		});
	});

	it("to a refusal has every problem in its message", () => {
		const problem = { source: "annotation a", value: "b", complaint: "is bad", accepted: "good" };
		const refusal = responseTo({
			kind: "refused",
			problems: [problem, { ...problem, source: "annotation c" }],
		});
		expect(refusal).toEqual({
			uid: "u-1",
			allowed: false,
			status: {
				status: "Failure",
				reason: "Invalid",
				code: 422,
				message: 'annotation a: "b" is bad (want good); annotation c: "b" is bad (want good)',
			},
		});
	});

	it("does not give back a value of megabytes", () => {
		const problem = { source: "a", value: "x".repeat(1_000_000), complaint: "is bad", accepted: "good" };
		expect(responseTo({ kind: "refused", problems: [problem] }).status.message).toHaveLength(4097);
	});

	it("says what went wrong where something did", () => {
		expect(responseTo({ kind: "failed", reason: "r" })).toMatchObject({
			allowed: false,
			status: { code: 500 },
		});
		expect(JSON.parse(renderMalformed("u", "c").body)).toMatchObject({
			response: { uid: "u", allowed: false },
		});
		expect(renderStatus(413, "TooLarge", "m")).toMatchObject({ status: 413 });
	});
});
