import { type Family, families } from "../../domain/family.ts";
import { type IptablesDialect, isIptables, type TableDialect } from "../../domain/mode.ts";
import type { Host } from "../../host/host.ts";
import { type Plan, rulesOf } from "../../rules/plan.ts";
import type { NatTable, Scope } from "../../rules/ruleset.ts";
import type {
	Backend,
	FoundDrift,
	KernelTable,
	Mark,
	Owner,
	OwnTable,
	SetUpOptions,
	Transaction,
} from "../backend.ts";
import { BackendError, caught, throwIfAny } from "../backend-error.ts";
import { eitherWay } from "../either-way.ts";
import { driftOfState, understoodIn } from "./drift.ts";
import { kernelWays } from "./kernel.ts";
import {
	chainNames,
	hookOfOwnChain,
	jumpSpec,
	nothing,
	ownStateOf,
	standsWithoutComments,
	wantedState,
} from "./own-state.ts";
import { wordsIn } from "./read.ts";
import { renderRules } from "./render.ts";
import { setUp } from "./set-up.ts";
import { tearDown } from "./tear-down.ts";
import { openTools, takesWaitFlag, toolsOf, waitFlags } from "./tools.ts";
import { transaction } from "./transaction.ts";

/** What every iptables dialect can do, by the kernel itself or by the programs of this one. */
export function iptablesBackend(dialect: IptablesDialect): Backend {
	const kernel = kernelWays[dialect];
	return {
		setUp: (host, plan, options) => {
			const { via, result } = eitherWay({
				kernel: kernel && (() => kernel.setUp(host, plan, options)),
				tools: () => setUp(host, dialect, plan, options),
			});
			return { via, families: result };
		},
		check: (host, plan, found) => check(found ?? readTables(host, dialect, plan.families), plan),
		tearDown: (host, among) =>
			eitherWay({
				kernel: kernel && (() => kernel.tearDown(host, among)),
				tools: () => tearDown(host, dialect, among),
			}).result,
		probe: (host, among, owner = 0) =>
			caught(() => {
				eitherWay({
					kernel: kernel && (() => throwIfAny(kernel.probe(host, among, owner))),
					tools: () => probe(host, dialect, among, owner),
				});
			}),
		transactions: (plan, options) =>
			plan.families.map((family) => freshTransaction(dialect, plan, family, options)),
		rules: (plan, mark) =>
			Object.fromEntries(plan.families.map((family) => [family, chainsOf(plan, family, mark)])),
		programs: families.map((family) => toolsOf(dialect, family).restore),
		hasLock: takesWaitFlag(dialect),
		tables: dialect === "plain" ? [...tablesOf("legacy"), ...tablesOf("nft")] : tablesOf(dialect),
		speaks: (host, existing) => (dialect === "plain" ? spokenByPlain(host, existing) : dialect),
		isInUse: (host, { scope }) => isInUse(host, dialect, scope),
		chainAt: (hook) => ({ chain: chainNames[hook].own }),
		ownsChain: (_, chain) => hookOfOwnChain(chain) !== undefined,
		ownTable,
	};
}

/** The legacy programs speak to x_tables, the others to nf_tables. */
function tablesOf(dialect: IptablesDialect & TableDialect): KernelTable[] {
	const subsystem = dialect === "legacy" ? "x_tables" : "nf_tables";
	return families.map((scope) => ({ dialect, scope, name: "nat", subsystem }));
}

type FoundTable = Pick<NatTable, "scope" | "chains" | "comments">;

function readTables(host: Host, dialect: IptablesDialect, among: readonly Family[]): FoundTable[] {
	const kernel = kernelWays[dialect];
	return eitherWay<FoundTable[]>({
		kernel: kernel && (() => kernel.tables(host, among)),
		tools: () => savedTables(host, dialect, among),
	}).result;
}

function savedTables(host: Host, dialect: IptablesDialect, among: readonly Family[]): FoundTable[] {
	const tables = openTools(host, dialect, among, { wait: false }).tables(among);
	return among.map((scope, index) => {
		const chains = tables[index];
		if (chains === undefined || chains instanceof BackendError) {
			throw chains ?? new BackendError("refused", `${scope}: nothing could be read`);
		}
		return { scope, chains };
	});
}

function check(found: readonly FoundTable[], plan: Plan): FoundDrift[] {
	return found.flatMap(({ scope, chains, comments }) => {
		if (scope === "inet" || !plan.families.includes(scope)) {
			return [];
		}
		const own = ownStateOf(chains);
		const isSame = comments === false && standsWithoutComments(own, wantedState(plan, scope));
		return [{ scope, drift: isSame ? [] : driftOfState(plan, scope, own) }];
	});
}

/** Whatever cannot be read may well hold rules: it is joined rather than doubled. */
function isInUse(host: Host, dialect: IptablesDialect, scope: Scope): boolean {
	let isUsed = true;
	caught(() => {
		const among = families.filter((family) => family === scope);
		isUsed = readTables(host, dialect, among).some(({ chains }) =>
			chains.some((chain) => wordsIn(chain).length > 0),
		);
	});
	return isUsed;
}

/**
 * Which dialect the distribution's default `iptables` speaks. Where only one of the two has a table, and rules of ours are
 * in, it is that one; otherwise its version says so in brackets, since 1.8.0.
 */
function spokenByPlain(host: Host, existing: readonly KernelTable[]): TableDialect {
	const candidates = new Set(existing.map((table) => table.dialect).filter(isIptables));
	const [only, ...others] = candidates;
	if (only !== undefined && others.length === 0) {
		return only;
	}
	const path = host.find(toolsOf("plain", "ipv4").restore);
	const [result] = path === undefined ? [] : host.run([{ argv: [path, "--version"], timeoutMs: 10_000 }]);
	return result?.stdout.includes("nf_tables") === true ? "nft" : "legacy";
}

function ownTable(table: NatTable): OwnTable | undefined {
	const own = ownStateOf(table.chains);
	return own.chains.length === 0 && own.jumps.length === 0
		? undefined
		: {
				table,
				count: own.chains.reduce((sum, { rules }) => sum + rules.length, own.jumps.length),
				chains: own.chains,
				// The text has to be the reference program's, which has no room for more.
				isRecorded: false,
				rules: () =>
					[...understoodIn(own)].flatMap(([hook, rules]) =>
						rules.flatMap((rule) => (typeof rule === "string" ? [] : [{ hook, rule }])),
					),
			};
}

/** What a fresh namespace's `iptables-restore --noflush` is given for one family of a plan. */
function freshTransaction(
	dialect: IptablesDialect,
	plan: Plan,
	family: Family,
	{ wait }: SetUpOptions,
): Transaction {
	const flags = wait && takesWaitFlag(dialect) ? ["--noflush", ...waitFlags] : ["--noflush"];
	const input = transaction(nothing, wantedState(plan, family));
	return { command: [toolsOf(dialect, family).restore, ...flags], input };
}

/** The kernel's chains with the one rule of ours in each, and our own. */
function chainsOf(plan: Plan, family: Family, mark: Mark): Record<string, readonly string[]> {
	const chains: Record<string, readonly string[]> = {};
	for (const chain of plan.chains) {
		const { builtIn, own } = chainNames[chain.hook];
		chains[builtIn] = [jumpSpec(chain.hook, mark)];
		chains[own] = renderRules(rulesOf(chain, family), mark);
	}
	return chains;
}

/**
 * Makes a chain that nothing leads into, with every kind of rule that we write, and removes it again. In two
 * transactions: rules that go in the one they came in never leave the tool, so that the kernel would not be asked. The chains
 * that the kernel enters are there in x_tables; in nf_tables each is made by the first rule that goes into it.
 */
function probe(host: Host, dialect: IptablesDialect, among: readonly Family[], owner: Owner): void {
	const tools = openTools(host, dialect, among, { wait: false });
	const entering = dialect === "legacy" ? [] : enteringRules;
	const failures = tools.restore(among.map((family) => ({ family, input: trial(owner, entering) })));
	const made = among.filter((_, index) => failures[index] === undefined);
	tools.restore(made.map((family) => ({ family, input: removal(entering) })));
	throwIfAny(failures.find((failure) => failure !== undefined));
}

/** They let pass what leaves or comes by an interface that nobody has, and what comes to the end of a chain passes anyway. */
const enteringRules = ["PREROUTING -i shunt-probe -j RETURN", "OUTPUT -o shunt-probe -j RETURN"];

function trial(owner: Owner, entering: readonly string[]): string {
	const ownerRules =
		owner === "nobody" ? [] : [`-m owner --uid-owner ${owner} -m comment --comment "shunt/probe" -j RETURN`];
	const rules = [
		...ownerRules,
		"-p tcp -m multiport --dports 1,2:3 -j RETURN",
		"-p tcp -m tcp --dport 1 -j REDIRECT --to-ports 1",
	];
	return transactionOf([
		":SHUNT_PROBE - [0:0]",
		...rules.map((rule) => `-A SHUNT_PROBE ${rule}`),
		...entering.map((rule) => `-A ${rule}`),
	]);
}

function removal(entering: readonly string[]): string {
	return transactionOf([...entering.map((rule) => `-D ${rule}`), "-F SHUNT_PROBE", "-X SHUNT_PROBE"]);
}

function transactionOf(lines: readonly string[]): string {
	return `${["*nat", ...lines, "COMMIT"].join("\n")}\n`;
}
