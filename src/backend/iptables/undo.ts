import type { Family } from "../../domain/family.ts";
import { BackendError } from "../backend-error.ts";
import type { OwnState } from "./own-state.ts";
import type { Toolbox } from "./tools.ts";
import { transaction } from "./transaction.ts";

export interface Change {
	readonly family: Family;
	readonly before: OwnState;
}

/** Puts families back as they were, after another family failed. Answers with a sentence for each. */
export function undo(tools: Toolbox, changes: readonly Change[]): string[] {
	const now = tools.read(changes.map((change) => change.family));
	return changes.map(({ family, before }, index) => {
		const current = now[index];
		const failure =
			current === undefined || current instanceof BackendError
				? current
				: tools.restore([{ family, input: transaction(current, before) }])[0];
		return failure === undefined
			? `${family} was put back as it was`
			: `${family} could not be put back as it was (${failure.message}): run "shunt clean" in this network namespace`;
	});
}
