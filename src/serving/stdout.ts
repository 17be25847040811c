import { write } from "node:fs";
import type { LogOutput } from "./log.ts";

/** What a stuck reader makes us keep; what comes after is lost rather than the pod's memory. */
const maxWaiting = 4 * 1024 * 1024;
/** A write costs more than all else about a line, so lines wait for company, but not for long. */
const companyLength = 16 * 1024;
const companyMs = 50;
/** A full pipe that somebody has made non-blocking. */
const retryMs = 50;
/** For a reader that does not read, at the end. */
const patienceMs = 1000;

export interface FlushedOutput extends LogOutput {
	/** Waits until everything is written, or nobody seems to read it. */
	flush(): Promise<void>;
}

export function openStdout(): FlushedOutput {
	return new BackgroundOutput(1);
}

/** Nothing ever waits for what is written here, and a reader that has gone away does no harm. */
export class BackgroundOutput implements FlushedOutput {
	readonly #descriptor: number;
	#waiting = "";
	#writing = false;
	#timer: NodeJS.Timeout | undefined;
	#onIdle = (): void => undefined;

	constructor(descriptor: number) {
		this.#descriptor = descriptor;
	}

	write(line: string): void {
		if (this.#waiting.length + line.length > maxWaiting) {
			return;
		}
		this.#waiting += line;
		if (this.#waiting.length >= companyLength) {
			this.#begin();
		} else {
			this.#timer ??= setTimeout(() => this.#begin(), companyMs);
		}
	}

	async flush(): Promise<void> {
		this.#begin();
		if (this.#writing) {
			const patience = setTimeout(() => this.#onIdle(), patienceMs);
			await new Promise<void>((resolve) => {
				this.#onIdle = resolve;
			});
			clearTimeout(patience);
		}
	}

	#begin(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		if (!this.#writing && this.#waiting !== "") {
			const bytes = Buffer.from(this.#waiting);
			this.#waiting = "";
			this.#writing = true;
			this.#write(bytes);
		}
	}

	#write(bytes: Buffer): void {
		write(this.#descriptor, bytes, (error, written) => {
			if (error?.code === "EAGAIN") {
				setTimeout(() => this.#write(bytes), retryMs);
			} else if (error === null && written < bytes.length) {
				this.#write(bytes.subarray(written));
			} else {
				this.#written();
			}
		});
	}

	#written(): void {
		this.#writing = false;
		this.#begin();
		if (!this.#writing) {
			this.#onIdle();
		}
	}
}
