import type { Libc } from "./libc.ts";

const [input, output] = [1, 4]; // POLLIN, POLLOUT
const entryLength = 8; // struct pollfd: an int and two shorts

/** Waits until something happens, so many milliseconds at most, and answers with the descriptors that have news. */
export function pollSockets(
	libc: Libc,
	readable: readonly number[],
	writable: readonly number[],
	milliseconds: number,
): Set<number> {
	const waiting = [
		...readable.map((descriptor) => ({ descriptor, events: input })),
		...writable.map((descriptor) => ({ descriptor, events: output })),
	];
	const bytes = new Uint8Array(waiting.length * entryLength);
	for (const [index, { descriptor, events }] of waiting.entries()) {
		new Int32Array(bytes.buffer, index * entryLength, 1)[0] = descriptor;
		new Int16Array(bytes.buffer, index * entryLength + 4, 1)[0] = events;
	}
	libc.poll(bytes, waiting.length, milliseconds);
	const happened = (index: number) => new Int16Array(bytes.buffer, index * entryLength + 6, 1)[0] !== 0;
	return new Set(waiting.filter((_, index) => happened(index)).map(({ descriptor }) => descriptor));
}
