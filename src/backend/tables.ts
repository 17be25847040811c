import type { Family } from "../domain/family.ts";
import type { Dialect } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import type { Scope } from "../rules/ruleset.ts";
import { infoRequest } from "../wire/ip-table-requests.ts";
import type { KernelTable } from "./backend.ts";
import type { BackendErrorCode } from "./backend-error.ts";
import { backendOf, kernelTables } from "./backends.ts";

/** A table of which we may not see whether it exists, so that nobody knows. */
export interface HiddenTable extends KernelTable {
	/** A clause that says what is in the way. */
	readonly why: string;
	readonly code: Extract<BackendErrorCode, "not-permitted" | "refused">;
}

export interface Survey {
	readonly existing: readonly KernelTable[];
	readonly hidden: readonly HiddenTable[];
}

/**
 * Which of the tables exist in this network namespace, learnt without starting a process. A table that does not exist is
 * not looked into, since the legacy tools would make it exist; what cannot be seen is not taken for absent.
 */
export function survey(host: Host, among = kernelTables): Survey {
	const nft = among.some(({ subsystem }) => subsystem === "nf_tables") ? viewOfNfTables(host) : undefined;
	const existing: KernelTable[] = [];
	const hidden: HiddenTable[] = [];
	for (const table of among) {
		const view = table.subsystem === "nf_tables" ? nft : viewOfXTables(host, table.scope);
		if (view?.why !== undefined) {
			hidden.push({ ...table, why: view.why, code: view.code });
		} else if (view?.holds(table) === true) {
			existing.push(table);
		}
	}
	return { existing, hidden };
}

/** Those tables of a {@link survey} that can be seen to exist. */
export function existingTables(host: Host): readonly KernelTable[] {
	return survey(host).existing;
}

/**
 * The dialects in which somebody, be it us, has nat rules in this network namespace already. Two dialects' rules in one
 * namespace run one after the other, so what is there is better joined than doubled. No process is started where no
 * table exists, as in any fresh pod.
 */
export function dialectsInUse(host: Host): ReadonlySet<Dialect> {
	return new Set(
		existingTables(host)
			.filter((table) => backendOf(table.dialect).isInUse(host, table))
			.map(({ dialect }) => dialect),
	);
}

/** What one part of the kernel tells of its tables. */
interface View {
	/** Undefined where one can look. */
	readonly why: string | undefined;
	readonly code: HiddenTable["code"];
	holds(table: KernelTable): boolean;
}

function viewOfNfTables(host: Host): View {
	const tables = host.nftTables();
	const hidden = tables === undefined ? host.hiddenNftTables() : undefined;
	return {
		why: hidden?.why,
		code: hidden?.code ?? "refused",
		holds: ({ scope, name }) =>
			tables?.some((table) => table.family === scope && table.name === name) === true,
	};
}

/**
 * The list is there for all to see and for root alone to read (xt_proto_init in net/netfilter/x_tables.c), as soon as there
 * are ip_tables. gVisor has no such list, and its tables always: where there is none nobody makes a table by asking for one.
 */
function viewOfXTables(host: Host, scope: Scope): View {
	const path = `/proc/self/net/${scope === "ipv4" ? "ip" : "ip6"}_tables_names`;
	const names = host.readFile(path);
	const isHidden = names === undefined && host.fileIdentity(path) !== undefined;
	const isListed = names !== undefined || isHidden || scope === "inet";
	if (!isListed) {
		return unlistedView(host, scope);
	}
	// What all may read beside it tells want of permission apart from want of anything else, as of descriptors.
	const isDenied = isHidden && host.readFile("/proc/self/net/protocols") !== undefined;
	return {
		why: isHidden
			? `${path}: ${isDenied ? "permission denied, only root is told whether there are any" : "not read, for want of descriptors or memory"}`
			: undefined,
		code: isDenied ? "not-permitted" : "refused",
		holds: ({ name }) => names?.split("\n").includes(name) === true,
	};
}

/** Where there is no /proc at all, no list says nothing of the tables; the kernel is asked, and has to answer. */
function unlistedView(host: Host, scope: Family): View {
	const answer = host.xtables(scope, "info", infoRequest);
	const isThere = typeof answer === "string";
	const isTold = isThere || absence.has(answer.name) || host.fileIdentity("/proc/self/status") !== undefined;
	return {
		why: isTold ? undefined : `/proc is not mounted here, and ip_tables: ${answer.message}`,
		code: !isThere && answer.name === "EPERM" ? "not-permitted" : "refused",
		holds: ({ name }) => isThere && name === "nat",
	};
}

/** What a kernel says that has no such table, or no such family. */
const absence: ReadonlySet<string> = new Set(["ENOPROTOOPT", "ENOENT", "EAFNOSUPPORT"]);

/** A sentence for each thing that is in the way: `whether there are rules in mode A or B could not be seen: …`. */
export function describeHidden(hidden: readonly HiddenTable[]): string[] {
	return [...new Set(hidden.map(({ why }) => why))].map((why) => {
		const dialects = new Set(hidden.filter((table) => table.why === why).map(({ dialect }) => dialect));
		return `whether there are rules in mode ${[...dialects].join(" or ")} could not be seen: ${why}`;
	});
}
