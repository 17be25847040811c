import type { EventNote } from "./event-note.ts";
import { within } from "./within.ts";

export type EventFate = "sent" | "failed" | "dropped" | "repeated";

export interface EventQueueOptions {
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
		await within(milliseconds, this.#sending ?? Promise.resolve()).catch(() => undefined);
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
			await within(sendTimeoutMs, send(note));
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
