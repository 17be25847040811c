import type { Family } from "../../domain/family.ts";
import type { Host } from "../../host/host.ts";
import type { Drift } from "../../rules/diff.ts";
import type { Plan } from "../../rules/plan.ts";
import type { IpTable } from "../../wire/ip-table.ts";
import { natTableOf } from "../../wire/ip-words.ts";
import type { FamilyOutcome, Owner } from "../backend.ts";
import { BackendError, caught } from "../backend-error.ts";
import { driftOfState } from "./drift.ts";
import { isSameTable, ownHooks, standsAsSent, withOursOf, withoutOurs, withPlan } from "./legacy-chains.ts";
import { encodeRules } from "./legacy-rule.ts";
import {
	type LegacyTable,
	orderOf,
	ownStateIn,
	type Replaced,
	readLegacyTable,
	replaceLegacyTable,
} from "./legacy-table.ts";
import { type FamilyTable, standsWithoutComments } from "./own-state.ts";
import { probeChain, probeRules } from "./probe-rules.ts";
import { maxAttempts } from "./transaction.ts";
import { withXtablesLock } from "./xtables-lock.ts";

/**
 * Makes every family hold exactly the plan, without any tool: as the backend of iptables does in its variant "legacy".
 * A family is one replacement of its table; the families are one after the other, under the lock of iptables' tools, and
 * where one fails those before it are put back. Throws {@link BackendError}.
 */
export function applyLegacy(host: Host, plan: Plan, { wait }: { readonly wait: boolean }): FamilyOutcome[] {
	return withXtablesLock(host, wait, () => {
		const done: Applied[] = [];
		for (const family of plan.families) {
			try {
				done.push(applyTo(host, plan, family));
			} catch (error) {
				throw error instanceof BackendError ? withUndone(host, error, done) : error;
			}
		}
		return done.map(({ family, outcome, isBare }) => ({
			family,
			outcome,
			...(isBare ? { comments: false } : {}),
		}));
	});
}

/** Removes our chains and every rule that leads into them. Answers with the families that had any. */
export function removeLegacy(host: Host, families: readonly Family[]): Family[] {
	return withXtablesLock(host, false, () =>
		families.filter((family) => {
			const { before } = change(host, family, ({ table }) =>
				ownHooks(table).length === 0 ? undefined : withoutOurs(table),
			);
			return ownHooks(before.table).length > 0;
		}),
	);
}

/** The nat tables of these families as they are. Makes those that are not there, as the tools do. */
export function legacyTables(host: Host, families: readonly Family[]): FamilyTable[] {
	return families.map((scope) => {
		const found = readLegacyTable(host, scope);
		const { chains } = natTableOf(found.table, orderOf(host));
		return { scope, chains, ...(found.isBare ? { comments: false } : {}) };
	});
}

/**
 * Why the kernel does not take every kind of rule that we write; undefined where it does. It looks at the rules of a
 * replacement before it counts those that were to be there, so that one which has the number wrong is looked at and
 * refused (do_replace and __do_replace in net/ipv4/netfilter/ip_tables.c).
 */
export function probeLegacy(host: Host, families: readonly Family[], owner: Owner): BackendError | undefined {
	// It changes nothing, and yet without a lock to be had no change would ever be made.
	return caught(() =>
		withXtablesLock(host, false, () => {
			for (const family of families) {
				tryRules(host, family, owner);
			}
		}),
	);
}

function tryRules(host: Host, family: Family, owner: Owner): void {
	const { table, entryCount } = readLegacyTable(host, family);
	const rules = encodeRules(probeRules(owner), family, orderOf(host));
	const trial = { family, chains: [...table.chains, { name: probeChain, rules }] };
	// Nobody makes that many rules at this very moment.
	const wrongCount = entryCount + 4096;
	if (replaceLegacyTable(host, { entryCount: wrongCount }, trial)) {
		// gVisor does not count.
		replaceLegacyTable(host, { entryCount }, table);
	}
}

/** How a family differs from a plan. Changes nothing. */
export function driftInLegacy(host: Host, plan: Plan, family: Family): Drift[] {
	const found = readLegacyTable(host, family);
	const order = orderOf(host);
	return standsAsSent(found, plan, order)
		? []
		: driftIn(host, plan, found.table, withPlan(found.table, plan, order));
}

function driftIn(host: Host, plan: Plan, table: IpTable, wanted: IpTable): Drift[] {
	return isSameTable(table, wanted) ? [] : driftOfState(plan, table.family, ownStateIn(host, table));
}

interface Applied extends FamilyOutcome {
	readonly before: LegacyTable;
	/** Whether the rules have no comments, since the kernel takes none. */
	readonly isBare: boolean;
}

function applyTo(host: Host, plan: Plan, family: Family): Applied {
	let isThere = false;
	const order = orderOf(host);
	const { before, replaced } = change(host, family, (found) => {
		isThere = standsAsSent(found, plan, order);
		if (isThere) {
			return undefined;
		}
		const { table } = found;
		const wanted = withPlan(table, plan, order);
		isThere =
			ownHooks(table).length > 0 &&
			(isSame(host, found, wanted) || driftIn(host, plan, table, wanted).length === 0);
		return isThere ? undefined : wanted;
	});
	const isBare = replaced === "without-comments" || (isThere && before.isBare);
	return { family, before, isBare, outcome: isThere ? "unchanged" : outcomeOver(before.table) };
}

/** Of a table without comments, which do not tell whether it is. */
function isSame(host: Host, { isBare, table }: LegacyTable, wanted: IpTable): boolean {
	return isBare && standsWithoutComments(ownStateIn(host, table), ownStateIn(host, wanted));
}

function outcomeOver(table: IpTable): FamilyOutcome["outcome"] {
	return ownHooks(table).length === 0 ? "created" : "replaced";
}

/** Replaces a table by what is made of it, if anything. Answers with what it was, and how that was done. */
function change(
	host: Host,
	family: Family,
	make: (found: LegacyTable) => IpTable | undefined,
): { readonly before: LegacyTable; readonly replaced: Replaced | undefined } {
	for (let round = 0; round < maxAttempts; round++) {
		const before = readLegacyTable(host, family);
		const wanted = make(before);
		const replaced = wanted && replaceLegacyTable(host, before, wanted);
		if (wanted === undefined || replaced !== undefined) {
			return { before, replaced };
		}
	}
	throw new BackendError("refused", `${family}: the table kept changing while it was being programmed`);
}

function withUndone(host: Host, error: BackendError, done: readonly Applied[]): BackendError {
	const undone = done.filter(({ outcome }) => outcome !== "unchanged").map((each) => undo(host, each));
	return undone.length === 0
		? error
		: new BackendError(error.code, [error.message, ...undone].join("; "), error);
}

function undo(host: Host, { family, before }: Applied): string {
	try {
		change(host, family, ({ table }) => withOursOf(table, before.table));
		return `${family} was put back as it was`;
	} catch (error) {
		if (error instanceof BackendError) {
			return `${family} could not be put back as it was (${error.message}): run "shunt clean" in this network namespace`;
		}
		throw error;
	}
}
