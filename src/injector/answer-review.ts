import type { Annotations } from "../policy/annotations.ts";
import type { AdmissionAnswer, Admit } from "./admission.ts";
import { type HttpAnswer, renderMalformed, renderReview, renderStatus } from "./response.ts";
import { type AdmissionRequest, readReview } from "./review.ts";

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
