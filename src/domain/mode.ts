import { err, ok, type Result } from "./problem.ts";

/** A way to speak to the kernel, named after the programs that speak it. */
export type Dialect = "legacy" | "nft" | "plain" | "nftables";

/** What a user can ask for: a dialect, or the first that works. */
export type Mode = Dialect | "auto";

/** The dialects, in the order in which help texts and errors list them. */
export const dialects: readonly Dialect[] = ["legacy", "nft", "plain", "nftables"];

export const modes: readonly Mode[] = [...dialects, "auto"];

/** `iptables` is another name for `legacy`, as in Linkerd's documentation. */
export function parseMode(text: string, source: string): Result<Mode> {
	const mode = text === "iptables" ? "legacy" : modes.find((candidate) => candidate === text);
	if (mode !== undefined) {
		return ok(mode);
	}
	return err({
		source,
		value: text,
		complaint: "is not a mode",
		accepted: `one of ${modes.join(", ")} ("iptables" is another name for legacy)`,
	});
}
