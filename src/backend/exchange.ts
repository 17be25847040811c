import { type Answer, readAnswer } from "../wire/answers.ts";
import type { Batch } from "../wire/batch.ts";
import type { ByteOrder, Bytes } from "../wire/bytes.ts";
import { type Asking, readTables, type Snapshot, type Wanted } from "../wire/read-tables.ts";
import { exchangeFailure, KernelFailure, readingFailure, refusal } from "./kernel-failure.ts";

/** What speaking to the kernel takes. */
export interface KernelHost extends Asking {
	byteOrder(): ByteOrder;
}

/** Sends a request. Throws {@link KernelFailure} where nothing came of it. */
export function ask(host: Asking, request: Bytes): readonly Bytes[] {
	const answer = host.netlink(request);
	if ("name" in answer) {
		throw exchangeFailure(answer);
	}
	return answer;
}

/**
 * Sends a batch. Undefined where it was done, else why it was refused; throws {@link KernelFailure} where that cannot be
 * told.
 */
export function send(host: Asking, batch: Batch, order: ByteOrder): KernelFailure | undefined {
	const answer: Answer = readAnswer(ask(host, batch.bytes), batch, order);
	switch (answer.kind) {
		case "done":
			return undefined;
		case "refused":
			return refusal(answer.errors, batch, order);
		case "unclear":
			throw new KernelFailure(undefined, `nf_tables: ${answer.why}`);
	}
}

/** Throws {@link KernelFailure} where the tables cannot be read. */
export function readOrThrow(host: Asking, order: ByteOrder, isWanted: Wanted): Snapshot {
	const found = readTables(host, order, isWanted);
	if (found.kind === "not-read") {
		throw readingFailure(found);
	}
	return found;
}
