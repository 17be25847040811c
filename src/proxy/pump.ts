import type { OnReadOpts, Socket } from "node:net";
import type { Buffers } from "./buffers.ts";

/** Up to here an allocation of its own is cheaper for a copy than a borrowed buffer. */
const smallCopy = 4096;

/**
 * One direction of a connection. It moves bytes from `source` to `sink` and passes on the end of the stream, which
 * says nothing about the other direction.
 *
 * Node's streams allocate 64 KiB for every read. Here libuv reads into memory that is used again, and reading stops
 * until the sink has taken everything, so one buffer is all that is ever pending.
 */
export class Pump {
	/** The source has to be made with it. */
	readonly onread: OnReadOpts;
	/** All bytes that have come from the source. */
	bytes = 0;
	readonly #buffers: Buffers;
	#source: Socket | undefined;
	#sink: Socket | undefined;
	/** What the next read goes to. */
	#target: Uint8Array;
	/** Borrowed: the target, or what a write under way reads from. */
	#loan: Uint8Array | undefined;
	#waiting = false;
	/** What came from the source while the sink was being connected. */
	#early: Uint8Array | undefined;

	constructor(buffers: Buffers) {
		this.#buffers = buffers;
		this.#target = buffers.shared;
		this.onread = {
			buffer: () => this.#target,
			callback: (length, buffer) => this.#received(length, buffer),
		};
	}

	/** Reading begins when the source is told to, and goes on for one buffer while the sink is being connected. */
	join(source: Socket, sink: Socket): void {
		this.#source = source;
		this.#sink = sink;
		source.on("end", () => finish(sink));
	}

	/** Gives back what is borrowed. Only when both sockets have closed: until then the kernel may be reading it. */
	release(): void {
		this.#target = this.#buffers.shared;
		this.#endLoan();
	}

	/** The sink is connected. */
	begin(): void {
		const early = this.#early;
		this.#early = undefined;
		if (early === undefined || this.#write(early)) {
			this.#resume();
		}
	}

	/** Answers whether to go on reading. */
	#received(length: number, buffer: Uint8Array): boolean {
		this.bytes += length;
		const bytes = buffer.subarray(0, length);
		if (this.#sink?.connecting) {
			this.#early = this.#copy(bytes);
			return false;
		}
		if (!this.#write(buffer === this.#buffers.shared ? this.#copy(bytes) : bytes)) {
			this.#target = this.#buffers.shared;
			return false;
		}
		this.#chooseTarget(length === buffer.length);
		return true;
	}

	/** Answers whether the kernel has taken it all. Mostly it has, since libuv tries at once. */
	#write(bytes: Uint8Array): boolean {
		const sink = this.#sink;
		if (sink === undefined || sink.destroyed) {
			return false;
		}
		sink.write(bytes, this.#onWritten);
		this.#waiting = sink.writableLength > 0;
		return !this.#waiting;
	}

	/** A full buffer means that more is there and that libuv reads again at once, so a loan is never held at rest. */
	#chooseTarget(more: boolean): void {
		this.#endLoan();
		if (more) {
			this.#loan = this.#buffers.borrowLarge();
		}
		this.#target = this.#loan ?? this.#buffers.shared;
	}

	#copy(bytes: Uint8Array): Uint8Array {
		if (bytes.length <= smallCopy) {
			return Buffer.from(bytes);
		}
		this.#loan = this.#buffers.borrowSmall();
		this.#loan.set(bytes);
		return this.#loan.subarray(0, bytes.length);
	}

	readonly #onWritten = (): void => {
		if (this.#waiting && this.#sink?.writableLength === 0 && !this.#sink.destroyed) {
			this.#waiting = false;
			this.#resume();
		}
	};

	#resume(): void {
		this.#chooseTarget(false);
		this.#source?.read(0);
	}

	#endLoan(): void {
		if (this.#loan !== undefined) {
			this.#buffers.giveBack(this.#loan);
			this.#loan = undefined;
		}
	}
}

/** Where nothing comes from the sink any more, closing it sends the same FIN for one system call and a wait less. */
function finish(sink: Socket): void {
	if (sink.readableEnded && sink.writableLength === 0) {
		sink.destroy();
	} else {
		sink.end();
	}
}
