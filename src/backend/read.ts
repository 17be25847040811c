import { isIptables } from "../domain/mode.ts";
import type { Host, NftTable } from "../host/host.ts";
import { chainOf, type Gap, type NatTable, type Ruleset } from "../rules/ruleset.ts";
import { type Answer, askTools } from "./ask-tools.ts";
import type { KernelTable, OwnTable, PlanOf } from "./backend.ts";
import { backendOf, kernelTables } from "./backends.ts";
import {
	isWithheld,
	type SavedTable,
	savedTable,
	saveQuestion,
	unsavedTable,
	withheldTable,
} from "./iptables/saved.ts";
import { confirmed } from "./nftables/confirm.ts";
import {
	hasFlags,
	type Listed,
	listQuestions,
	noListing,
	readListed,
	unclear,
	unconfirmed,
	unlisted,
} from "./nftables/list.ts";
import type { ListedTable } from "./nftables/read.ts";
import { translated } from "./nftables/translate.ts";
import { type KernelReading, readKernel } from "./read-kernel.ts";
import { existingTables, survey } from "./tables.ts";

/** What was read of a network namespace: of those tables that exist, and of no others. */
export interface Reading {
	/** What steers packets, and what of that nobody could read. */
	readonly ruleset: Ruleset;
	/** The tables with something of ours, also where it is switched off. */
	readonly own: readonly OwnTable[];
	/** Tables that iptables-save should have printed and did not; nft may have listed what iptables-nft could not. */
	readonly unsaved: readonly Gap[];
}

/**
 * Reads the nat tables of the network namespace that the host is in. Changes nothing, not even which tables exist, and
 * starts no process where there is none. What cannot be read becomes a gap; throws only what is a bug.
 */
export function readRuleset(host: Host): Ruleset {
	return readTables(host, { isOursTold: true }).ruleset;
}

export interface ReadOptions {
	readonly isOursTold: boolean;
	readonly whenListed?: () => void;
	/** What to hold tables of ours against before their rules are read. */
	readonly planOf?: PlanOf;
}

/**
 * The same, of which more can be asked. The kernel is asked first, and tools for what it does not tell: all at the same time. The legacy tools make the table that they are asked
 * for, so none is asked for one that does not exist. What iptables-nft cannot read in a table of its name, nft is asked for,
 * and also where the table holds rules that are not ours: iptables-nft-save leaves out of a rule of nft's what it has no
 * word for, and does not say so. Where nobody wants to be told our own table's rules in nft's words (`isOursTold`: false),
 * nft lists it once.
 */
export function readTables(host: Host, { isOursTold, whenListed, planOf }: ReadOptions): Reading {
	const existing = existingTables(host);
	const told = readKernel(host, existing, planOf);
	const inNftables = told.nfTables === undefined ? (host.nftTables() ?? []) : [];
	const wanted = existing.filter((table) => isIptables(table.dialect) && !isTold(table, told));
	const others = inNftables.filter((table) => !isOfIptables(table));
	const withWords = isOursTold || !others.every(isOurTable);
	const first = others.length === 0 ? [] : listQuestions({ withWords });
	const answers = askTools(host, [...wanted.map(saveQuestion), ...first]);
	whenListed?.();
	const asked = wanted.map((table, index) => ({ table, answer: answers[index] }));
	const saved = asked.flatMap(({ table, answer }) => savedTable(table, answer));
	const open = openTables(inNftables, saved);
	const answered = answers.slice(wanted.length);
	const isEnough =
		first.length > 0 &&
		(withWords || ([...open.unread, ...open.doubtful].every(isOurTable) && !answered.some(hasFlags)));
	const more = open.unread.length + open.doubtful.length > 0 ? listQuestions({ withWords: true }) : [];
	const listed = readListed(host, isEnough ? answered : askTools(host, more), inNftables);
	return assemble(host, { told, asked, saved, listed, open });
}

/** Whether the kernel itself has shown a table. */
function isTold({ subsystem, dialect, scope }: KernelTable, { nfTables, xTables }: KernelReading): boolean {
	return subsystem === "nf_tables"
		? nfTables !== undefined
		: xTables.some((table) => table.dialect === dialect && table.scope === scope);
}

/** What the tools were asked and what they answered. */
interface Told {
	readonly told: KernelReading;
	readonly asked: readonly { readonly table: KernelTable; readonly answer: Answer | undefined }[];
	readonly saved: readonly SavedTable[];
	readonly listed: Listed;
	readonly open: OpenTables;
}

/** What nft is to be asked about. */
interface OpenTables {
	readonly unread: readonly NftTable[];
	/** Tables that were read by a program that may have left out something. */
	readonly doubtful: readonly NftTable[];
}

function openTables(inNftables: readonly NftTable[], saved: readonly SavedTable[]): OpenTables {
	const savedAs = (wanted: NftTable) => saved.find(({ table }) => isTheSame(wanted, table));
	const unread = inNftables.filter((table) => savedAs(table)?.isWhole !== true);
	const doubtful = inNftables.filter(
		(table) => !unread.includes(table) && savedAs(table)?.hasForeignRules === true,
	);
	return { unread, doubtful };
}

function assemble(host: Host, { told, asked, saved, listed, open }: Told): Reading {
	const savedTables = saved.map(({ table }) => table);
	const listedTables = listed.kind === "listed" ? listed.tables : [];
	const printed = combine(savedTables, listedTables);
	const { nfTables = [], xTables, proven } = told;
	const steering = nfTables.flatMap(({ table, isOff }) =>
		isOff === true || table.chains.every(({ base }) => base === undefined) ? [] : [table],
	);
	const withheld = asked.filter(
		({ table, answer }) => isWithheld(table, answer) && listedTables.some((one) => isOursIn(one, table)),
	);
	const unsaved = asked.flatMap(({ table, answer }) => unsavedTable(table, answer));
	const spoilt = listed.kind === "listed" ? listed.spoilt : [];
	return {
		ruleset: {
			tables: [...xTables, ...steering, ...printed.tables],
			gaps: [
				...hiddenTables(host),
				...unsaved.filter((gap) => !inKernel("nf_tables").some(({ dialect }) => dialect === gap.dialect)),
				...(listed.kind === "failed" ? open.unread.map((table) => unlisted(table, listed)) : []),
				...spoilt.filter((table) => open.unread.includes(table)).map((table) => unlisted(table)),
				...(listed.kind === "garbled" ? [noListing] : []),
				...printed.gaps,
			],
			unconfirmed: listed.kind === "failed" ? open.doubtful.map((table) => unconfirmed(table, listed)) : [],
		},
		own: [
			...xTables,
			...nfTables.map(({ table }) => table),
			...savedTables,
			...listedTables.map(({ table }) => table),
		].flatMap((table) => proven.get(table) ?? backendOf(table.dialect).ownTable(table) ?? []),
		unsaved: [...unsaved, ...withheld.map(({ table }) => withheldTable(table))],
	};
}

/** What steers packets of the tables that iptables-save and nft told of, each once, and which may or may not. */
export function combine(
	saved: readonly NatTable[],
	listed: readonly ListedTable[],
): { readonly tables: readonly NatTable[]; readonly gaps: readonly Gap[] } {
	const steering = listed.filter(({ table }) => table.chains.some(({ base }) => base !== undefined));
	const live = steering.flatMap(({ table, isOff }) => (isOff === false ? [table] : []));
	const twinOf = (table: NatTable) =>
		isListable(table)
			? live.find(({ scope, name }) => scope === table.scope && name === table.name)
			: undefined;
	const twins = saved.map((table) => ({ table, twin: twinOf(table) }));
	return {
		tables: [
			...twins.map(({ table, twin }) => (twin === undefined ? table : confirmed(table, twin))),
			...live.flatMap((table) => withoutSaved(table, twins.find(({ twin }) => twin === table)?.table)),
		],
		gaps: steering.flatMap(({ table, isOff }) => (isOff === undefined ? [unclear(table)] : [])),
	};
}

/** A table that iptables-nft-save has printed is listed once more, and matters for the base chains that it left out. */
function withoutSaved(listed: NatTable, saved: NatTable | undefined): NatTable[] {
	const chains = listed.chains.map((chain) => {
		const isSaved = saved?.chains.some(({ name }) => name === chain.name) === true;
		return chainOf(chain.name, isSaved ? undefined : chain.base, () => chain.rules.map(translated));
	});
	return chains.some(({ base }) => base !== undefined) ? [{ ...listed, chains }] : [];
}

function inKernel(subsystem: KernelTable["subsystem"]): readonly KernelTable[] {
	return kernelTables.filter((table) => table.subsystem === subsystem);
}

/** Whether nf_tables keeps it, so that nft lists it too. */
function isListable({ dialect }: NatTable): boolean {
	return inKernel("nf_tables").some((table) => table.dialect === dialect);
}

function isTheSame({ family, name }: NftTable, table: NatTable): boolean {
	return isListable(table) && table.scope === family && table.name === name;
}

function tablesNamed({ family, name }: NftTable): readonly KernelTable[] {
	return inKernel("nf_tables").filter((table) => table.scope === family && table.name === name);
}

function isOfIptables(table: NftTable): boolean {
	return tablesNamed(table).some(({ dialect }) => isIptables(dialect));
}

function isOurTable(table: NftTable): boolean {
	return tablesNamed(table).some(({ dialect }) => !isIptables(dialect));
}

/** Whether a listed table is this one, and has a chain of ours in the sense of its dialect. */
function isOursIn({ table: listed }: ListedTable, { dialect, scope, name }: KernelTable): boolean {
	return (
		listed.scope === scope &&
		listed.name === name &&
		listed.chains.some((chain) => backendOf(dialect).ownsChain(listed, chain.name))
	);
}

/** Where it cannot be seen whether there is a table; of nf_tables in one word for all of its dialects. */
function hiddenTables(host: Host): Gap[] {
	return survey(host)
		.hidden.filter(({ subsystem, scope }) => subsystem === "x_tables" || scope === "inet")
		.map(({ dialect, scope, why, code }) => ({ dialect, scope, why, code }));
}
