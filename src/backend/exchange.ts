import { type Answer, readAnswer } from "../wire/answers.ts";
import type { Batch } from "../wire/batch.ts";
import type { ByteOrder, Bytes } from "../wire/bytes.ts";
import { type Asking, readTables, type Snapshot, type Wanted } from "../wire/read-tables.ts";
import { exchangeFailure, KernelFailure, readingFailure, refusal } from "./kernel-failure.ts";
import type { Evidence } from "./kernel-lack.ts";

/** What speaking to the kernel takes. */
export interface KernelHost extends Asking, Partial<Evidence> {
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
export function send(
	host: Asking & Partial<Evidence>,
	batch: Batch,
	order: ByteOrder,
): KernelFailure | undefined {
	const answer: Answer = readAnswer(ask(host, batch.bytes), batch, order);
	switch (answer.kind) {
		case "done":
			return undefined;
		case "refused":
			return refusal(answer.errors, batch, order, evidenceOf(host));
		case "unclear":
			throw new KernelFailure(undefined, `nf_tables: ${answer.why}`);
	}
}

/**
 * Like {@link send}, of what creates: where the kernel lacks something, a trial tells more of what that is, since what stands
 * in a chain that cannot be made is not looked at.
 */
export function sendNew(
	host: KernelHost,
	batch: Batch,
	tried: (host: KernelHost) => KernelFailure | undefined,
): KernelFailure | undefined {
	const failure = send(host, batch, host.byteOrder());
	return failure?.lack === undefined ? failure : (tried(host) ?? failure);
}

function evidenceOf({ readFile, fileIdentity }: Partial<Evidence>): Evidence {
	return { readFile: readFile ?? (() => undefined), fileIdentity: fileIdentity ?? (() => undefined) };
}

/** Throws {@link KernelFailure} where the tables cannot be read. */
export function readOrThrow(host: Asking, order: ByteOrder, isWanted: Wanted): Snapshot {
	const found = readTables(host, order, isWanted);
	if (found.kind === "not-read") {
		throw readingFailure(found);
	}
	return found;
}
