import { harmless } from "../domain/harmless.ts";
import { formatProblem } from "../domain/problem.ts";
import type { AdmissionAnswer } from "./admission.ts";
import { reviewVersion } from "./review.ts";

/** What goes back over HTTP. */
export interface HttpAnswer {
	readonly status: number;
	readonly body: string;
}

/** `kubectl` prints it whole; a value of megabytes in an annotation need not come back. */
const maxMessageLength = 4096;

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response */
export function renderReview(uid: string, answer: AdmissionAnswer): HttpAnswer {
	const response = { uid, ...responseOf(answer) };
	return {
		status: 200,
		body: JSON.stringify({ apiVersion: reviewVersion, kind: "AdmissionReview", response }),
	};
}

/** A review that could be told apart, but not be understood. */
export function renderMalformed(uid: string, complaint: string): HttpAnswer {
	const response = { uid, ...denial(400, "BadRequest", complaint) };
	return {
		status: 200,
		body: JSON.stringify({ apiVersion: reviewVersion, kind: "AdmissionReview", response }),
	};
}

/** The API server's client shows the message of a Status that comes with an HTTP error. */
export function renderStatus(code: number, reason: string, message: string): HttpAnswer {
	const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
	return { status: code, body: JSON.stringify(status) };
}

function responseOf(answer: AdmissionAnswer) {
	switch (answer.kind) {
		case "injected":
			return {
				allowed: true,
				patchType: "JSONPatch",
				patch: Buffer.from(JSON.stringify(answer.patch)).toString("base64"),
				...(answer.warnings.length === 0 ? {} : { warnings: answer.warnings.map(harmless) }),
				auditAnnotations: { outcome: "injected" },
			};
		case "skipped":
			return { allowed: true, auditAnnotations: { outcome: `skipped: ${answer.reason}` } };
		case "refused":
			return denial(422, "Invalid", answer.problems.map(formatProblem).join("; "));
		case "failed":
			return denial(500, "InternalError", `the injector could not decide: ${answer.reason}`);
	}
}

function denial(code: number, reason: string, text: string) {
	const told = harmless(text);
	const message = told.length > maxMessageLength ? `${told.slice(0, maxMessageLength)}…` : told;
	return { allowed: false, status: { status: "Failure", message, reason, code } };
}
