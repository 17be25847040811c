/** How long tasks go on, one after the other, before whatever else the process has to do gets its turn. */
const sliceMs = 10;

/**
 * Work that nobody waits for, in tasks of a millisecond or so: all of it at once would hold up whoever has just asked
 * something. Those of the front come before those of the back, each in the order in which they came.
 */
export class TaskQueue {
	readonly #failed: (error: unknown) => void;
	readonly #queues = { front: [] as (() => void)[], back: [] as (() => void)[] };
	#next: NodeJS.Immediate | undefined;

	/** `failed`: what a task threw. None of the others is run after it: it may have left the thread where it should not be. */
	constructor(failed: (error: unknown) => void) {
		this.#failed = failed;
	}

	/** Never runs it before this has returned. */
	add(at: "front" | "back", ...tasks: readonly (() => void)[]): void {
		this.#queues[at].push(...tasks);
		this.#go();
	}

	/** Those that were not begun are never run. */
	clear(): void {
		this.#queues.front.length = 0;
		this.#queues.back.length = 0;
		clearImmediate(this.#next);
		this.#next = undefined;
	}

	#go(): void {
		const { front, back } = this.#queues;
		if (front.length + back.length > 0) {
			this.#next ??= setImmediate(() => {
				this.#next = undefined;
				this.#runSlice();
				this.#go();
			});
		}
	}

	#runSlice(): void {
		const { front, back } = this.#queues;
		const end = performance.now() + sliceMs;
		do {
			const task = front.shift() ?? back.shift();
			try {
				task?.();
			} catch (error) {
				this.clear();
				this.#failed(error);
			}
		} while (front.length + back.length > 0 && performance.now() < end);
	}
}
