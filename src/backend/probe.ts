import type { Family } from "../domain/family.ts";
import { type Dialect, dialects } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import type { BackendError } from "./backend-error.ts";
import { backendOf } from "./backends.ts";

/** What came of trying a dialect. */
export interface Trial {
	readonly dialect: Dialect;
	/** Undefined where it can be spoken. */
	readonly failure: BackendError | undefined;
}

/** Tries every dialect in this network namespace for these families. */
export function tryDialects(host: Host, families: readonly Family[]): Trial[] {
	return dialects.map((dialect) => ({ dialect, failure: backendOf(dialect).probe(host, families) }));
}

/** The dialects that can be spoken in this network namespace for these families, found by trying each. */
export function workingDialects(host: Host, families: readonly Family[]): Dialect[] {
	return tryDialects(host, families)
		.filter(({ failure }) => failure === undefined)
		.map(({ dialect }) => dialect);
}
