import type { Host } from "../host/host.ts";
import type { Ruleset } from "./ruleset.ts";

/**
 * Reads the nat tables of the network namespace that the host is in. Changes nothing, not even which tables exist, and
 * starts no process where there is none. What cannot be read becomes a gap; throws only what is a bug.
 */
export function readRuleset(_host: Host): Ruleset {
	throw new Error("not yet");
}
