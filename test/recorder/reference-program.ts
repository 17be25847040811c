import { makeNetns, type Netns } from "../support/netns.ts";
import type { RecordedCase } from "./recorded-case.ts";

export type Attempt = Pick<RecordedCase, "args" | "mode">;

/** Runs the program in a namespace of its own and writes down what came of it. */
export function record(program: string, attempt: Attempt): RecordedCase {
	return inFreshNetns((netns) => {
		const { status, stderr, error } = netns.try(program, attempt.args);
		if (status === null) {
			throw error ?? new Error(`${program} was killed: ${attempt.args.join(" ")}`);
		}
		return {
			...attempt,
			exit: status,
			error: stderr.split("\n").find((line) => line.startsWith("Error:")) ?? "",
			...tablesOf(netns, attempt.mode),
		};
	});
}

/** Both families' nat tables in one dialect. */
export function tablesOf(
	netns: Netns,
	mode: RecordedCase["mode"],
): { ipv4: readonly string[]; ipv6: readonly string[] } {
	return { ipv4: netns.natTable(mode, "ipv4"), ipv6: netns.natTable(mode, "ipv6") };
}

export function inFreshNetns<T>(use: (netns: Netns) => T): T {
	const netns = makeNetns("record");
	try {
		return use(netns);
	} finally {
		netns.remove();
	}
}
