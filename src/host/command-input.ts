import type { Command } from "./host.ts";

/** A command's standard input, for hosts that have all of it before the program starts. */
export function inputOf({ stdin = "" }: Pick<Command, "stdin">): string {
	return typeof stdin === "function" ? stdin() : stdin;
}
