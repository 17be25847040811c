import type { FoundDrift, KernelTable } from "../backend/backend.ts";
import { BackendError } from "../backend/backend-error.ts";
import { autoOrder, backendOf, kernelTables } from "../backend/backends.ts";
import { survey } from "../backend/tables.ts";
import { type Dialect, type Mode, tableDialects } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { driftInWords } from "../rules/diff.ts";
import type { Plan } from "../rules/plan.ts";
import { failureOf } from "./apply.ts";
import { CniError, errorCodes } from "./cni-error.ts";

/**
 * Holds what is in this network namespace against the plan; throws a {@link CniError} that says every difference. Where
 * nobody knows which dialect ADD chose, one that holds the plan will do.
 */
export function checkRules(host: Host, mode: Mode, plan: Plan): void {
	const attempts: Attempt[] = [];
	for (const dialect of mode === "auto" ? likeliest(host) : [mode]) {
		const attempt = look(host, dialect, plan);
		if (attempt.sentences?.length === 0) {
			return;
		}
		attempts.push(attempt);
	}
	const [nearest] = attempts
		.filter(({ sentences }) => sentences !== undefined)
		.sort((one, other) => (one.sentences?.length ?? 0) - (other.sentences?.length ?? 0));
	if (nearest?.sentences === undefined) {
		throw failureOf(attempts[0]?.failure, mode, "the rules could not be read");
	}
	const { dialect, sentences } = nearest;
	throw new CniError(
		errorCodes.drift,
		`the rules are not as they should be (mode ${dialect}): ${sentences[0]}`,
		sentences.slice(1),
	);
}

/** In the order in which mode auto tries them; one without tables of its own writes to those of the others. */
const order = autoOrder.filter((dialect) => (tableDialects as readonly Dialect[]).includes(dialect));

/** Not those whose table does not exist and would be made by looking into it, for as long as the network namespace is there. */
function likeliest(host: Host): readonly Dialect[] {
	const lasting = kernelTables.filter(({ subsystem }) => subsystem === "x_tables");
	const { existing, hidden } = survey(host, lasting);
	const there = [...existing, ...hidden];
	const isOf = (dialect: Dialect) => (table: KernelTable) => table.dialect === dialect;
	return order.filter((dialect) => !lasting.some(isOf(dialect)) || there.some(isOf(dialect)));
}

interface Attempt {
	readonly dialect: Dialect;
	/** Undefined where nothing could be read. */
	readonly sentences: readonly string[] | undefined;
	readonly failure?: BackendError;
}

function look(host: Host, dialect: Dialect, plan: Plan): Attempt {
	try {
		return { dialect, sentences: backendOf(dialect).check(host, plan).flatMap(sentencesOf) };
	} catch (error) {
		if (error instanceof BackendError) {
			return { dialect, sentences: undefined, failure: error };
		}
		throw error;
	}
}

function sentencesOf({ scope, drift }: FoundDrift): string[] {
	return drift.map((each) => `${scope}: ${driftInWords(each)}`);
}
