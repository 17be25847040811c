import type { Family } from "../domain/family.ts";
import { type Dialect, dialects } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { backendOf } from "./backends.ts";

/** The dialects that can be spoken in this network namespace for these families, found by trying each. */
export function workingDialects(host: Host, families: readonly Family[]): Dialect[] {
	return dialects.filter((dialect) => backendOf(dialect).probe(host, families) === undefined);
}
