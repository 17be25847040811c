import type { Family } from "../../domain/family.ts";
import type { Mode } from "../../domain/mode.ts";
import type { Host } from "../../host/host.ts";
import { BackendError } from "../backend-error.ts";
import { nothing } from "./own-state.ts";
import { openToolbox, type Toolbox } from "./tools.ts";
import { transaction } from "./transaction.ts";

/** Removes our chains and every rule that leads into them. Answers with the families that had any. */
export function tearDown(host: Host, mode: Mode, families: readonly Family[]): Family[] {
	const tools = openToolbox(host, mode, families, { wait: false });
	return families.filter((family) => tearDownFamily(tools, family));
}

/** As for setting up: a lost race shows as a refused transaction and is settled by another look. */
const maxRounds = 8;

function tearDownFamily(tools: Toolbox, family: Family): boolean {
	let failure: BackendError | undefined;
	for (let round = 0; round < maxRounds; round++) {
		const [state] = tools.read([family]);
		if (state === undefined || state instanceof BackendError) {
			throw failure ?? state ?? new BackendError("refused", `${family}: nothing could be read`);
		}
		if (state.chains.length === 0) {
			return round > 0;
		}
		[failure] = tools.restore([{ family, input: transaction(state, nothing) }]);
		if (failure === undefined) {
			return true;
		}
	}
	throw failure ?? new BackendError("refused", `${family}: our chains kept coming back`);
}
