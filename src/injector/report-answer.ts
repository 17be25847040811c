import { formatProblem } from "../domain/problem.ts";
import { isObject, objectAt, textAt } from "../inject/json.ts";
import type { Fields, Log } from "../serving/log.ts";
import type { AdmissionAnswer } from "./admit-pod.ts";
import { type EventNote, eventNote } from "./events.ts";
import type { Metrics } from "./metrics.ts";
import type { AdmissionRequest } from "./review.ts";

interface Reporting {
	readonly log: Log;
	readonly metrics: Pick<Metrics, "reviewed" | "skipped">;
	/** Absent where no events are wanted. */
	readonly events?: { add(note: EventNote): void };
}

/** Log, metrics and events of one answer. */
export function reportAnswer({ log, metrics, events }: Reporting) {
	return (request: AdmissionRequest, answer: AdmissionAnswer): void => {
		metrics.reviewed(answer.kind);
		if (answer.kind === "skipped") {
			metrics.skipped(answer.code);
		}
		const { level, message, fields } = lineOf(answer);
		log[level](message, { ...placeOf(request), ...fields });
		const note = events && eventNote(request, answer);
		if (note !== undefined) {
			events?.add(note);
		}
	};
}

interface Line {
	readonly level: keyof Log;
	readonly message: string;
	readonly fields: Fields;
}

function lineOf(answer: AdmissionAnswer): Line {
	switch (answer.kind) {
		case "injected":
			return { level: "info", message: "injected", fields: { warnings: joined(answer.warnings) } };
		case "skipped":
			return { level: "debug", message: "skipped", fields: { reason: answer.reason } };
		case "refused":
			return {
				level: "warn",
				message: "refused",
				fields: { problems: joined(answer.problems.map(formatProblem)) },
			};
		case "failed":
			return { level: "error", message: "failed", fields: { error: answer.reason } };
	}
}

function joined(texts: readonly string[]): string | undefined {
	return texts.length === 0 ? undefined : texts.join("; ").slice(0, 2000);
}

/** The uid is what the API server's audit log has too. */
function placeOf({ uid, namespace, object }: AdmissionRequest): Fields {
	const metadata = isObject(object) ? objectAt(object, "metadata") : {};
	const pod = textAt(metadata, "name") ?? textAt(metadata, "generateName");
	return { namespace, pod, uid };
}
