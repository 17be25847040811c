import type { Fingerprint } from "../../backend/fingerprint.ts";
import type { Family } from "../../domain/family.ts";
import { machineOrder, toBytes } from "../../linux/byte-string.ts";
import type { Libc } from "../../linux/libc.ts";
import { OpenXtables } from "../../linux/xtables-socket.ts";
import { type Bytes, words } from "../../wire/bytes.ts";
import { entriesRequest, holdsEntries, infoRequest, readInfo } from "../../wire/ip-table-requests.ts";

/**
 * At which look in how many a table is read whole. What the kernel tells without that are the number of its rules, their length
 * and where its chains begin, at a hundredth of the cost. Whoever takes rules out or puts some in changes these; who writes one
 * over another of the same length does not.
 */
export const looksToWhole = 20;

/** One of the tables as it is to be. */
interface Watched {
	readonly family: Family;
	/** What the kernel told of it when the watch began; undefined where it did not tell. */
	readonly info: Buffer | undefined;
	/** Without what they count. */
	readonly entries: Bytes;
}

/**
 * The tables of x_tables in one network namespace, of whose changes nobody is told, asked for through a socket that was opened there:
 * the kernel answers for the socket's namespace, whoever asks, so that nobody has to go in again. Makes next to no garbage: with
 * 250 pods it is asked 500 times a second.
 */
export class TableWatch {
	readonly #socket: OpenXtables;
	readonly #watched: readonly Watched[];
	#looks: number;

	private constructor(socket: OpenXtables, good: Fingerprint["tables"]) {
		this.#socket = socket;
		this.#watched = good.flatMap(({ table: { scope }, bytes }) =>
			scope === "inet" ? [] : [{ family: scope, info: copyOf(infoOf(socket, scope)), entries: bytes }],
		);
		// Not all at one look.
		turn = (turn + 1) % looksToWhole;
		this.#looks = turn;
	}

	/**
	 * In the namespace where the caller is. `good` is what the caller goes on to find them to be: a change since now is seen. Undefined
	 * where there is no socket to be had.
	 */
	static open(libc: Libc, good: Fingerprint["tables"]): TableWatch | undefined {
		const socket = OpenXtables.open(libc);
		return socket instanceof OpenXtables ? new TableWatch(socket, good) : undefined;
	}

	/** Whether nothing has changed, as far as is looked at this time; at every twentieth nothing is left out. */
	isSame(): boolean {
		this.#looks = (this.#looks + 1) % looksToWhole;
		return this.#watched.every((watched) => this.#isSame(watched));
	}

	#isSame({ family, info, entries }: Watched): boolean {
		const told = infoOf(this.#socket, family);
		if (info === undefined || told === undefined || Buffer.compare(info, told) !== 0) {
			return false;
		}
		return this.#looks > 0 || holdsEntries(family, entriesOf(this.#socket, family, info), entries, order);
	}

	close(): void {
		this.#socket.close();
	}
}

let turn = 0;

const order = words[machineOrder];
const request = toBytes(infoRequest);
/** For all answers, each of which is of use until the next one comes. */
const infoAnswer = Buffer.alloc(request.length);
let entriesAnswer = Buffer.alloc(0);

/** Undefined where the kernel does not tell. */
function infoOf(socket: OpenXtables, family: Family): Buffer | undefined {
	infoAnswer.set(request);
	return socket.askInPlace(family, "info", infoAnswer) ? infoAnswer : undefined;
}

function copyOf(bytes: Buffer | undefined): Buffer | undefined {
	return bytes && Buffer.from(bytes);
}

/** Nothing where the kernel does not tell. */
function entriesOf(socket: OpenXtables, family: Family, info: Buffer): Uint8Array {
	const asked = entriesRequest(readInfo(info.toString("latin1"), order), order);
	if (entriesAnswer.length < asked.length) {
		entriesAnswer = Buffer.alloc(asked.length);
	}
	const answer = entriesAnswer.subarray(0, asked.length);
	answer.write(asked, "latin1");
	return socket.askInPlace(family, "entries", answer) ? answer : answer.subarray(0, 0);
}
