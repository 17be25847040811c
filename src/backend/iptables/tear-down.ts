import type { Family } from "../../domain/family.ts";
import type { IptablesDialect } from "../../domain/mode.ts";
import type { Host } from "../../host/host.ts";
import { BackendError } from "../backend-error.ts";
import { nothing, type OwnState, sameState } from "./own-state.ts";
import { type IptablesTools, openTools } from "./tools.ts";
import { maxAttempts, maxRefusals, transaction } from "./transaction.ts";

/** Removes our chains and every rule that leads into them. Answers with the families that had any. */
export function tearDown(host: Host, dialect: IptablesDialect, families: readonly Family[]): Family[] {
	const tools = openTools(host, dialect, families, { wait: false });
	return families.filter((family) => tearDownFamily(tools, family));
}

/** As in setting up, a race that was lost shows as a refused transaction, and another attempt follows. */
function tearDownFamily(tools: IptablesTools, family: Family): boolean {
	let last: { readonly state: OwnState; readonly failure: BackendError } | undefined;
	let refusals = 0;
	for (let attempt = 0; attempt < maxAttempts; attempt++) {
		const state = readFamily(tools, family, last?.failure);
		if (state.chains.length === 0) {
			return last !== undefined;
		}
		refusals = last !== undefined && sameState(last.state, state) ? refusals + 1 : 0;
		if (last !== undefined && refusals >= maxRefusals(last.failure)) {
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

function readFamily(tools: IptablesTools, family: Family, earlier: BackendError | undefined): OwnState {
	const [state] = tools.read([family]);
	if (state === undefined || state instanceof BackendError) {
		throw earlier ?? state ?? new BackendError("refused", `${family}: nothing could be read`);
	}
	return state;
}
