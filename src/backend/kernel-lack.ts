import type { Family } from "../domain/family.ts";
import type { Host } from "../host/host.ts";

/** A part of the kernel that can be missing, as whoever asked for it met it: many distributions make each a module of its own. */
export type Piece =
	| { readonly kind: "nf_tables" }
	/** The chain type `nat` of nf_tables. */
	| { readonly kind: "nat-chain" }
	/** Of a rule of nf_tables, by the kernel's name. */
	| { readonly kind: "expression"; readonly name: string }
	/** A match or target of x_tables, by its own name, and who was asked for it. */
	| { readonly kind: "extension"; readonly name: string; readonly through: "nf_tables" | "x_tables" }
	/** Something that a rule is made of, and nobody says what. */
	| {
			readonly kind: "part-of-rule";
			/** The module that it can be, where one alone can: but that may be compiled in, and then it is something else. */
			readonly perhaps?: string;
	  }
	/** ip_tables or ip6_tables itself. */
	| { readonly kind: "ip-tables"; readonly family: Family }
	/** Its table `nat`. */
	| { readonly kind: "nat-table"; readonly family: Family };

/** What a kernel lacks. */
export interface Lack {
	/** `kernel lacks nft_redir`. */
	readonly text: string;
	/** What modprobe(8) would load; none where no module is what is missing. */
	readonly modules: readonly string[];
}

/** What was said, and before it what that means. */
export function explained(said: string, lack: Lack | undefined): string {
	return lack === undefined ? said : `${lack.text}: ${said}`;
}

/** Of several failures with one cause or more; undefined where none has a known one. */
export function joinLacks(lacks: readonly (Lack | undefined)[]): Lack | undefined {
	const known = lacks.flatMap((lack) => (lack === undefined ? [] : [lack]));
	return known.length === 0
		? undefined
		: {
				text: [...new Set(known.map(({ text }) => text))].join("; "),
				modules: [...new Set(known.flatMap(({ modules }) => modules))],
			};
}

/**
 * What tells what is missing apart from what only needs it. /proc/modules and /proc/net/if_inet6 are the same in a pod as on its
 * node.
 */
export type Evidence = Pick<Host, "readFile" | "fileIdentity">;

/**
 * What a kernel lacks that would not take these pieces, all found in one go; undefined where there is none. Asking for a
 * piece makes the kernel load its module and what that needs, so that afterwards a module that is not in its list is either
 * compiled in or not to be had; and it cannot be compiled in where something that it needs is a module.
 */
export function lackOf(evidence: Evidence, pieces: readonly Piece[]): Lack | undefined {
	const loaded = loadedModules(evidence);
	const table = pieces.find(isOfLegacy);
	if (pieces.length === 0) {
		return undefined;
	}
	if (table?.family === "ipv6" && isWithoutIpv6(evidence)) {
		return { text: "IPv6 is off in this kernel (as ipv6.disable=1 makes it)", modules: [] };
	}
	if (pieces.some(({ kind }) => kind === "nf_tables")) {
		return { text: "kernel has no nf_tables", modules: ["nf_tables"] };
	}
	if (isWithoutTranslation(pieces, loaded)) {
		return { text: "kernel lacks nf_nat", modules: ["nf_nat"] };
	}
	if (table !== undefined && !loaded.has(ipTables[table.family])) {
		const [whole, nat] = [ipTables[table.family], natTables[table.family]];
		return { text: `kernel has no ${whole} with a nat table`, modules: [whole, nat] };
	}
	const modules = [...new Set(pieces.flatMap((piece) => moduleOf(piece, loaded) ?? []))];
	if (modules.length === 0) {
		return ofUnknownPart(pieces, loaded);
	}
	const doubt = isPerhapsTranslation(pieces, loaded) ? " (or nf_nat, which it needs)" : "";
	return { text: `kernel lacks ${listed(modules)}${doubt}`, modules };
}

function ofUnknownPart(pieces: readonly Piece[], loaded: ReadonlySet<string>): Lack {
	const guesses = pieces.flatMap((piece) => (piece.kind === "part-of-rule" ? (piece.perhaps ?? []) : []));
	const guess = guesses.find((name) => loaded.has("nf_tables") && !loaded.has(name));
	return guess === undefined
		? { text: "kernel lacks a module behind this rule", modules: [] }
		: { text: `kernel lacks ${guess} or another module behind this rule`, modules: [guess] };
}

/** Nothing else that translates was asked for, which would tell the two apart. */
function isPerhapsTranslation(pieces: readonly Piece[], loaded: ReadonlySet<string>): boolean {
	const isAlone = pieces.length === 1 && pieces.some(isOfLegacy);
	const isOfModule = loaded.has("nf_tables") && pieces.every(({ kind }) => kind === "nat-chain");
	return (isAlone || isOfModule) && !loaded.has("nf_nat");
}

/** What translates needs nf_nat: where two things that do are missing for another reason than each other, it is that. */
function isWithoutTranslation(pieces: readonly Piece[], loaded: ReadonlySet<string>): boolean {
	const isTable = pieces.some(({ kind }) => kind === "nat-chain" || kind === "nat-table");
	const isTarget = pieces.some(
		(piece) =>
			(piece.kind === "expression" && piece.name === "redir") ||
			(piece.kind === "extension" && piece.name === "REDIRECT"),
	);
	return isTable && isTarget && !loaded.has("nf_nat");
}

function isOfLegacy(piece: Piece): piece is Extract<Piece, { family: Family }> {
	return "family" in piece;
}

/** Undefined where it cannot be told. */
function moduleOf(piece: Piece, loaded: ReadonlySet<string>): string | undefined {
	switch (piece.kind) {
		case "part-of-rule":
			return undefined;
		case "nf_tables":
			return "nf_tables";
		case "nat-chain":
			return "nft_chain_nat";
		case "expression":
			return `nft_${piece.name}`;
		case "extension": {
			const isBridgeMissing =
				piece.through === "nf_tables" && loaded.has("nf_tables") && !loaded.has("nft_compat");
			// xt_tcpudp.c has the matches of both protocols.
			const own = piece.name === "tcp" || piece.name === "udp" ? "tcpudp" : piece.name;
			return isBridgeMissing ? "nft_compat" : `xt_${own}`;
		}
		case "ip-tables":
			return ipTables[piece.family];
		case "nat-table":
			return natTables[piece.family];
	}
}

const ipTables: Readonly<Record<Family, string>> = { ipv4: "ip_tables", ipv6: "ip6_tables" };
const natTables: Readonly<Record<Family, string>> = { ipv4: "iptable_nat", ipv6: "ip6table_nat" };

function listed(modules: readonly string[]): string {
	const last = modules.at(-1) ?? "";
	return modules.length < 2 ? last : `${modules.slice(0, -1).join(", ")} and ${last}`;
}

/** By the names of /proc/modules (proc(5)), which has `_` where a file's name may have `-`. */
function loadedModules({ readFile }: Evidence): ReadonlySet<string> {
	const lines = (readFile("/proc/modules") ?? "").split("\n");
	return new Set(lines.map((line) => line.split(" ", 1)[0] ?? ""));
}

/** The file is there in every network namespace of a kernel that has IPv6, also where no interface has an address. */
function isWithoutIpv6({ fileIdentity }: Evidence): boolean {
	return (
		fileIdentity("/proc/self/net/tcp") !== undefined && fileIdentity("/proc/self/net/if_inet6") === undefined
	);
}
