import { runClean } from "../init/clean.ts";
import { overview } from "../init/help.ts";
import { seldomOfInit } from "../init/run-init.ts";

/** What few runs of the native program come to, in a bundle that is loaded when it is asked for. */
export function main() {
	return { ...seldomOfInit, overview, clean: runClean };
}
