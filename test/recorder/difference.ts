import type { RecordedCase } from "./recorded-case.ts";

/** What `shunt init` did with a case's arguments. */
export interface Outcome {
	readonly exit: number;
	readonly said: string;
	readonly ipv4: readonly string[];
	readonly ipv6: readonly string[];
}

/** Lines for people to read. */
export type Difference = readonly string[];

/**
 * Undefined when we did as the reference program did. Where that fails it may leave half its rules behind; we must
 * fail too, whatever the words, and leave nothing.
 */
export function differenceOf(recorded: RecordedCase, ours: Outcome): Difference | undefined {
	const lines =
		recorded.exit === 0 && ours.exit === 0
			? [...tableLines("ipv4", recorded.ipv4, ours.ipv4), ...tableLines("ipv6", recorded.ipv6, ours.ipv6)]
			: failureLines(recorded, ours);
	return lines.length > 0 ? lines : undefined;
}

function failureLines(recorded: RecordedCase, ours: Outcome): string[] {
	if (recorded.exit === 0) {
		return [`the reference program accepts this; ours exits ${ours.exit}: ${ours.said}`];
	}
	if (ours.exit === 0) {
		return [`ours accepts this; the reference program exits ${recorded.exit}: ${recorded.error}`];
	}
	const left = [...ours.ipv4, ...ours.ipv6].filter((line) => line.includes("PROXY_INIT"));
	return left.map((line) => `ours failed and left: ${line}`);
}

function tableLines(family: string, theirs: readonly string[], ours: readonly string[]): string[] {
	if (JSON.stringify(theirs) === JSON.stringify(ours)) {
		return [];
	}
	const missing = theirs.filter((line) => !ours.includes(line)).map((line) => `${family}: - ${line}`);
	const extra = ours.filter((line) => !theirs.includes(line)).map((line) => `${family}: + ${line}`);
	const changes = [...missing, ...extra];
	return changes.length > 0 ? changes : [`${family}: the same lines in another order`];
}
