import type { BackendError } from "../backend-error.ts";

/**
 * How often a transaction is tried on what another look has found. A round is lost to others who changed the table
 * in between, and each of those is done after a few rounds of its own, so this is enough for a crowd of rivals.
 */
export const maxRounds = 100;

/**
 * How often a transaction may fail on a table that is as we believed. It may have been changed and changed back
 * between our transaction and our look (one program sets up while another cleans), so a refusal means little until
 * it repeats itself. Other failures are not about the table.
 */
export function patienceWith(failure: BackendError | undefined): number {
	return failure?.code === "refused" ? 8 : 1;
}
