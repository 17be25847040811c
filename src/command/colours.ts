import type { Host } from "../host/host.ts";

/** Whether standard output is a terminal whose user has not said no to colours (no-color.org). */
export function wantsColours(host: Pick<Host, "isTerminal" | "env">): boolean {
	return host.isTerminal() && (host.env("NO_COLOR") ?? "") === "" && host.env("TERM") !== "dumb";
}
