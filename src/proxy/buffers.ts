/** Large enough for one system call per message of nearly every protocol. */
const smallSize = 32 * 1024;
/** Measured: below 128 KiB system calls dominate, above 256 KiB nothing is gained. */
const largeSize = 256 * 1024;
/** 16 MiB in all. A connection that finds none left goes on with small ones. */
const largeCount = 64;
/** 2 MiB that stay when many readers were slow for a while. */
const smallKept = 64;

/**
 * The memory that bytes pass through. Connections at rest own none of it: all of them read into one shared buffer,
 * whose content is copied before the next read. One that moves a lot reads into a large buffer of its own, for as
 * long as it fills it, and that goes to the kernel without a copy.
 */
export class Buffers {
	readonly shared: Uint8Array = Buffer.allocUnsafeSlow(smallSize);
	readonly #small: Uint8Array[] = [];
	readonly #large: Uint8Array[] = [];
	#largeMade = 0;

	/** For a copy of what is in the shared one. */
	borrowSmall(): Uint8Array {
		return this.#small.pop() ?? Buffer.allocUnsafeSlow(smallSize);
	}

	borrowLarge(): Uint8Array | undefined {
		const idle = this.#large.pop();
		if (idle !== undefined || this.#largeMade === largeCount) {
			return idle;
		}
		this.#largeMade++;
		return Buffer.allocUnsafeSlow(largeSize);
	}

	giveBack(buffer: Uint8Array): void {
		if (buffer.length === largeSize) {
			this.#large.push(buffer);
		} else if (this.#small.length < smallKept) {
			this.#small.push(buffer);
		}
	}
}
