import { harmless } from "../domain/harmless.ts";
import { formatProblem } from "../domain/problem.ts";
import type { Annotations } from "../policy/annotations.ts";
import type { AdmissionAnswer, Admit } from "./admit-pod.ts";
import { type AdmissionRequest, readReview, reviewVersion } from "./review.ts";

/** What answering takes. */
export interface Deciding {
	readonly admit: Admit;
	/** At once where it is known, which is nearly always. Rejects where it cannot be found out. */
	annotationsOf(namespace: string): Annotations | Promise<Annotations>;
	/** Told of each answer, after it was made. */
	readonly answered: (request: AdmissionRequest, answer: AdmissionAnswer) => void;
	readonly malformed: (complaint: string) => void;
}

/** A body in, an answer out, whatever the body holds. Never rejects. */
export async function answerReview(body: Uint8Array, deciding: Deciding): Promise<HttpAnswer> {
	const reading = readReview(body);
	if (reading.kind === "malformed") {
		deciding.malformed(reading.complaint);
		return reading.uid === undefined
			? renderStatus(400, "BadRequest", reading.complaint)
			: renderMalformed(reading.uid, reading.complaint);
	}
	const { request } = reading;
	const { answer, rendered } = await decide(request, deciding);
	deciding.answered(request, answer);
	return rendered;
}

/** Rendering is part of it: what cannot be written down is an internal error too. */
async function decide(request: AdmissionRequest, { admit, annotationsOf }: Deciding) {
	try {
		const namespace = annotationsOf(request.namespace);
		const answer = admit(request, namespace instanceof Promise ? await namespace : namespace);
		return { answer, rendered: renderReview(request.uid, answer) };
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		const answer: AdmissionAnswer = { kind: "failed", reason };
		return { answer, rendered: renderReview(request.uid, answer) };
	}
}

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
