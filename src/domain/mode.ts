import { fail, ok, type Result } from "./problem.ts";

/** The dialect a user can ask for. */
export type Mode = "legacy" | "nft" | "plain";

/** The modes, in the order in which help texts and errors list them. */
export const modes: readonly Mode[] = ["legacy", "nft", "plain"];

/** `iptables` is another name for `legacy`, as in Linkerd's documentation. */
export function parseMode(text: string, source: string): Result<Mode> {
	const mode = text === "iptables" ? "legacy" : modes.find((candidate) => candidate === text);
	if (mode !== undefined) {
		return ok(mode);
	}
	return fail({
		source,
		value: text,
		complaint: "is not a mode",
		accepted: `one of ${modes.join(", ")} ("iptables" is another name for legacy)`,
	});
}
