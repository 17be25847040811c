import type { Family } from "../../domain/family.ts";
import type { Host } from "../../host/host.ts";
import { BackendError } from "../backend-error.ts";
import { nothing, type OwnState, sameState } from "./own-state.ts";
import { maxRounds, patienceWith } from "./rounds.ts";
import { openToolbox, type Toolbox } from "./tools.ts";
import { transaction } from "./transaction.ts";
import type { Variant } from "./variant.ts";

/** Removes our chains and every rule that leads into them. Answers with the families that had any. */
export function tearDown(host: Host, variant: Variant, families: readonly Family[]): Family[] {
	const tools = openToolbox(host, variant, families, { wait: false });
	return families.filter((family) => tearDownFamily(tools, family));
}

/** As for setting up: a lost race shows as a refused transaction and is settled by another look. */
function tearDownFamily(tools: Toolbox, family: Family): boolean {
	let last: { readonly state: OwnState; readonly failure: BackendError } | undefined;
	let refusals = 0;
	for (let round = 0; round < maxRounds; round++) {
		const state = readFamily(tools, family, last?.failure);
		if (state.chains.length === 0) {
			return last !== undefined;
		}
		refusals = last !== undefined && sameState(last.state, state) ? refusals + 1 : 0;
		if (last !== undefined && refusals >= patienceWith(last.failure)) {
			break;
		}
		const [failure] = tools.restore([{ family, input: transaction(state, nothing) }]);
		if (failure === undefined) {
			return true;
		}
		last = { state, failure };
	}
	throw last?.failure ?? new BackendError("refused", `${family}: our chains kept coming back`);
}

function readFamily(tools: Toolbox, family: Family, earlier: BackendError | undefined): OwnState {
	const [state] = tools.read([family]);
	if (state === undefined || state instanceof BackendError) {
		throw earlier ?? state ?? new BackendError("refused", `${family}: nothing could be read`);
	}
	return state;
}
