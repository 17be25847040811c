import { err, ok, type Result } from "./problem.ts";

/** A way to speak to the kernel, named after the programs that speak it. */
export type Dialect = "legacy" | "nft" | "plain" | "nftables";

/** What a user can ask for: a dialect, or the first that works. */
export type Mode = Dialect | "auto";

/** The dialects that have tables in the kernel: `plain` speaks one of the others, whichever the distribution chose. */
export type TableDialect = Exclude<Dialect, "plain">;

/** What is to be known of a dialect besides the code that speaks it (backend/backends.ts). */
interface Traits {
	/** How the programs' names begin: `iptables-nft` of `iptables-nft-restore` and `iptables-nft-save`. */
	readonly program: string;
	/** Those of iptables share a language, a table `nat` and the chains in it. */
	readonly isIptables: boolean;
}

/** In the order in which help texts and errors list them. */
const traits: Readonly<Record<Dialect, Traits>> = {
	legacy: { program: "iptables-legacy", isIptables: true },
	nft: { program: "iptables-nft", isIptables: true },
	plain: { program: "iptables", isIptables: true },
	nftables: { program: "nft", isIptables: false },
};

export const dialects = Object.keys(traits) as readonly Dialect[];

export const tableDialects: readonly TableDialect[] = dialects.filter((dialect) => dialect !== "plain");

export const modes: readonly Mode[] = [...dialects, "auto"];

/** What the absence of any mode has always meant. */
export const defaultMode = "legacy" satisfies Mode;

export function programOf(dialect: Dialect): string {
	return traits[dialect].program;
}

/** The dialects that are iptables in one form or another. */
export type IptablesDialect = Exclude<Dialect, "nftables">;

export function isIptables(mode: Mode): mode is IptablesDialect {
	return mode !== "auto" && traits[mode].isIptables;
}

export const iptablesDialects: readonly IptablesDialect[] = dialects.filter(isIptables);

/** `iptables` is another name for the default, as in Linkerd's documentation. */
export function parseMode(text: string, source: string): Result<Mode> {
	const mode = text === "iptables" ? defaultMode : modes.find((candidate) => candidate === text);
	if (mode !== undefined) {
		return ok(mode);
	}
	return err({
		source,
		value: text,
		complaint: "is not a mode",
		accepted: `one of ${modes.join(", ")} ("iptables" is another name for legacy)`,
	});
}

/** Why a dialect could not do what was asked. */
export type BackendErrorCode =
	/** A program that speaks the dialect is not installed. */
	| "missing-tool"
	/** The kernel said that we may not. */
	| "not-permitted"
	/** The tool ran and said no. */
	| "refused"
	/** The tool did not come to an end by itself, or could not begin because others held its lock. */
	| "no-answer"
	/** A signal ended the tool, which says something about this tool and nothing about the next. */
	| "crashed"
	/** The tool is there, and the system could not start it: too many processes, descriptors, too little memory. */
	| "not-started";

/** Whether only its programs know what a mode speaks, so that they have to be there. */
export function needsTools(mode: Mode): boolean {
	return mode === "plain";
}
