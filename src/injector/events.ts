import { harmless } from "../domain/harmless.ts";
import {
	get,
	isArray,
	isObject,
	type Json,
	type JsonObject,
	objectAt,
	objectsAt,
	textAt,
} from "../inject/json.ts";
import type { AdmissionAnswer } from "./admit-pod.ts";
import type { AdmissionRequest } from "./review.ts";
import { withTimeout } from "./with-timeout.ts";

/** What a Kubernetes Event says, and about which object. */
export interface EventNote {
	readonly reason: "Injected" | "InjectionSkipped";
	readonly note: string;
	readonly regarding: ObjectReference;
}

interface ObjectReference {
	readonly apiVersion: string;
	readonly kind: string;
	readonly namespace: string;
	readonly name: string;
	/** `kubectl describe` finds events by it. */
	readonly uid: string | undefined;
}

/**
 * Skips about which nobody wonders: a pod that nobody asked to inject, and our own work when the API server asks again
 * after another webhook's changes (reinvocationPolicy).
 */
const selfEvident: readonly string[] = ["not-a-new-pod", "not-enabled", "injected-by-shunt"];

/** Refusals make none: whoever creates the pod is told, and controllers make an event of that themselves. */
export function eventNote(request: AdmissionRequest, answer: AdmissionAnswer): EventNote | undefined {
	const regarding = request.dryRun ? undefined : regardingOf(request);
	if (regarding === undefined) {
		return undefined;
	}
	if (answer.kind === "injected") {
		// A controller that makes pods shows nobody the warnings that come with the answer.
		const told = ["the proxy was injected", ...answer.warnings].join("; ");
		return { reason: "Injected", note: harmless(told), regarding };
	}
	return answer.kind === "skipped" && !selfEvident.includes(answer.code)
		? {
				reason: "InjectionSkipped",
				note: harmless(`the proxy was not injected: ${answer.reason}`),
				regarding,
			}
		: undefined;
}

/** The pod does not exist yet and may not even have a name; what makes it does, and there people look. */
function regardingOf({ object, namespace }: AdmissionRequest): ObjectReference | undefined {
	const metadata = isObject(object) ? objectAt(object, "metadata") : {};
	return referenceOf(controllerOf(metadata), namespace) ?? referenceOf(podOf(metadata), namespace);
}

function controllerOf(metadata: JsonObject): JsonObject {
	const owners = isArray(get(metadata, "ownerReferences")) ? objectsAt(metadata, "ownerReferences") : [];
	return owners.find((owner) => get(owner, "controller") === true) ?? {};
}

function podOf(metadata: JsonObject): Readonly<Record<string, Json>> {
	return { ...metadata, apiVersion: "v1", kind: "Pod" };
}

function referenceOf(object: JsonObject, namespace: string): ObjectReference | undefined {
	const [apiVersion, kind, name] = ["apiVersion", "kind", "name"].map((key) => textAt(object, key) ?? "");
	return apiVersion && kind && name && namespace
		? { apiVersion, kind, name, namespace, uid: textAt(object, "uid") }
		: undefined;
}

export type EventFate = "sent" | "failed" | "dropped" | "repeated";

interface EventQueueOptions {
	readonly send: (note: EventNote) => Promise<void>;
	readonly counted: (fate: EventFate) => void;
	/** Told why. */
	readonly failed?: (error: unknown) => void;
	readonly capacity?: number;
	readonly now?: () => number;
}

/** The pods of one owner say the same thing; a deployment of a thousand would fill everybody's list of events. */
const repeatAfterMs = 5 * 60_000;

const maxRemembered = 4096;
const sendTimeoutMs = 5000;

/**
 * Events tell people what happened and nothing depends on them. So they are sent one at a time behind the answers'
 * backs, and where the API server cannot keep up they are dropped and counted.
 */
export class EventQueue {
	readonly #options: Required<EventQueueOptions>;
	readonly #waiting: EventNote[] = [];
	readonly #said = new Map<string, number>();
	#sending: Promise<void> | undefined;

	constructor(options: EventQueueOptions) {
		this.#options = { capacity: 1000, now: Date.now, failed: () => {}, ...options };
	}

	add(note: EventNote): void {
		const { counted, capacity } = this.#options;
		if (this.#isRepeated(note)) {
			counted("repeated");
		} else if (this.#waiting.length >= capacity) {
			counted("dropped");
		} else {
			this.#remember(note);
			this.#waiting.push(note);
			this.#sending ??= this.#sendAll();
		}
	}

	/** Gives what is waiting a last chance. Never rejects. */
	async flush(milliseconds: number): Promise<void> {
		await withTimeout(milliseconds, this.#sending ?? Promise.resolve()).catch(() => undefined);
		for (const _ of this.#waiting.splice(0)) {
			this.#options.counted("dropped");
		}
	}

	async #sendAll(): Promise<void> {
		for (let note = this.#waiting.shift(); note !== undefined; note = this.#waiting.shift()) {
			await this.#send(note);
		}
		this.#sending = undefined;
	}

	async #send(note: EventNote): Promise<void> {
		const { send, counted, failed } = this.#options;
		try {
			await withTimeout(sendTimeoutMs, send(note));
			counted("sent");
		} catch (error) {
			counted("failed");
			failed(error);
		}
	}

	#isRepeated(note: EventNote): boolean {
		const said = this.#said.get(keyOf(note));
		return said !== undefined && this.#options.now() - said < repeatAfterMs;
	}

	#remember(note: EventNote): void {
		const key = keyOf(note);
		this.#said.delete(key);
		this.#said.set(key, this.#options.now());
		const [oldest] = this.#said.keys();
		if (this.#said.size > maxRemembered && oldest !== undefined) {
			this.#said.delete(oldest);
		}
	}
}

function keyOf({ regarding, note }: EventNote): string {
	return JSON.stringify([regarding, note]);
}
