import { err, ok, type Result } from "./problem.ts";

/** Who makes and reads rules: the kernel, spoken to by us, or the programs of a dialect. */
export type Via = "kernel" | "tools";

/** What a user can ask for: one of the two, or the kernel first and the programs where it does not do. */
export type Transport = Via | "auto";

export const transports: readonly Transport[] = ["auto", "kernel", "tools"];

export function parseTransport(text: string, source: string): Result<Transport> {
	const transport = transports.find((candidate) => candidate === text);
	return transport === undefined
		? err({
				source,
				value: text,
				complaint: "is not a way to make rules",
				accepted: `one of ${transports.join(", ")}`,
			})
		: ok(transport);
}
