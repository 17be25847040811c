/** Large enough for one system call per message of nearly every protocol, and all that an idle connection needs. */
const sharedSize = 32 * 1024;
/** Measured (bench/proxy): below 128 KiB system calls dominate, above 256 KiB nothing is gained. */
const largeSize = 256 * 1024;
/** 16 MiB in all. A connection that finds none left goes on with the shared buffer. */
const largeCount = 64;

/**
 * The memory that bytes pass through. Connections at rest own none of it: all of them read into one shared buffer,
 * whose content is copied before the next read. One that moves a lot borrows a large buffer, which goes to the
 * kernel without a copy.
 */
export class Buffers {
	readonly shared = Buffer.allocUnsafeSlow(sharedSize);
	readonly #idle: Uint8Array[] = [];
	#made = 0;

	borrow(): Uint8Array | undefined {
		const idle = this.#idle.pop();
		if (idle !== undefined || this.#made === largeCount) {
			return idle;
		}
		this.#made++;
		return Buffer.allocUnsafeSlow(largeSize);
	}

	giveBack(buffer: Uint8Array): void {
		this.#idle.push(buffer);
	}

	/** How many large buffers are lent out. */
	get lent(): number {
		return this.#made - this.#idle.length;
	}
}
