import type { Family } from "../../domain/family.ts";
import { type IptablesDialect, programOf } from "../../domain/mode.ts";
import { inputOf } from "../../host/command-input.ts";
import type { Command, CommandResult, Host } from "../../host/host.ts";
import type { NatChain } from "../../rules/ruleset.ts";
import { BackendError } from "../backend-error.ts";
import { toolFailure } from "../tool-failure.ts";
import { type OwnState, ownStateOf } from "./own-state.ts";
import { readChains } from "./read.ts";

/** The programs of one dialect, found and ready to run. */
export interface IptablesTools {
	/** Applies each input to its family, as {@link Host.run} runs commands. Undefined where it worked. */
	restore(inputs: readonly FamilyInput[], whileRunning?: () => void): (BackendError | undefined)[];
	/** Reads each family's nat table. Changes nothing, but that the legacy tools make a table that was not there. */
	tables(families: readonly Family[]): (readonly NatChain[] | BackendError)[];
	/** The same, and only our part of it. */
	read(families: readonly Family[]): (OwnState | BackendError)[];
}

/** The names under which distributions install one dialect's tools for one family. */
interface ToolNames {
	readonly restore: string;
	readonly save: string;
}

/** All variants read and print the same language; only the programs' names tell which kernel interface they use. */
export function toolsOf(dialect: IptablesDialect, family: Family): ToolNames {
	const name = programOf(dialect);
	const base = family === "ipv4" ? name : name.replace("iptables", "ip6tables");
	return { restore: `${base}-restore`, save: `${base}-save` };
}

/**
 * The nft variant has no lock to wait for: the kernel orders its transactions (iptables-nft(8)). `plain` may be
 * either, and its nft form accepts the option and ignores it.
 */
export function takesWaitFlag(dialect: IptablesDialect): boolean {
	return dialect !== "nft";
}

export interface FamilyInput {
	readonly family: Family;
	/** May be made while the tool starts, which takes longer. Nothing is applied before the last line, `COMMIT`. */
	readonly input: string | (() => string);
}

/**
 * Longer than any healthy run takes, short enough that a pod which waits for a lock that nobody will release
 * says so instead of hanging in `Init` for ever.
 */
const timeoutMs = 60_000;

/**
 * For how long a held lock is waited for: as `-w` asks, or else a little all the same, since every holder is another short
 * run like ours. The tools wait in silence, so the first seconds are a run of their own, and what follows begins with a
 * line in the log. They are always told how long: without `-w`, some releases give up at once and others, such as
 * iptables-legacy-restore 1.8.9, wait for ever.
 */
const lockPatience = { silent: 2, asked: 60, unasked: 10 } as const;

/** What the tools are given first where a lock is to be waited for. */
export const waitFlags: readonly string[] = ["-w", `${lockPatience.silent}`];

/** Exit status 4 is RESOURCE_PROBLEM in xtables.h. */
function isLockHeld({ outcome, stderr }: CommandResult): boolean {
	return outcome.kind === "exited" && outcome.code === 4 && stderr.includes("xtables lock");
}

/** Nothing about the dialect, so no reason to try it again or to look for others. */
function neverFree(host: Host, { argv }: Command, seconds: number): BackendError {
	const tool = argv[0].split("/").at(-1);
	return new BackendError(
		"no-answer",
		`${tool}: ${lockHolder(host)} has been holding the xtables lock for more than ${seconds} s`,
		{ obstacle: "held-lock" },
	);
}

/**
 * Throws {@link BackendError} that names every program that is not installed; where only those that read are missing,
 * not before one of them is needed or something would be applied.
 */
export function openTools(
	host: Host,
	dialect: IptablesDialect,
	families: readonly Family[],
	{ wait }: { readonly wait: boolean },
): IptablesTools {
	const named = (verb: keyof ToolNames) => families.map((family) => toolsOf(dialect, family)[verb]);
	const restorers = locate(host, named("restore"), named("save"));
	let savers: Paths | undefined;
	const locateSavers = () => {
		savers ??= locate(host, named("save"));
		return savers;
	};
	const waitFlag = takesWaitFlag(dialect) ? waitFlags : [];
	const pathOf = (paths: Paths, family: Family, verb: keyof ToolNames) => {
		const name = toolsOf(dialect, family)[verb];
		return paths.get(name) ?? name;
	};
	const restoreCommand = ({ family, input }: FamilyInput, flags: readonly string[]): Command => ({
		argv: [pathOf(restorers, family, "restore"), "--noflush", ...flags],
		stdin: () => {
			locateSavers();
			return inputOf({ stdin: input });
		},
		timeoutMs,
	});

	let hasSaid = false;
	// Once for both families, which wait for the same.
	const say = (line: string) => {
		if (!hasSaid) {
			host.log(line);
		}
		hasSaid = true;
	};

	const tables: IptablesTools["tables"] = (wanted) => {
		const paths = locateSavers();
		const command = (family: Family): Command => ({
			argv: [pathOf(paths, family, "save"), "-t", "nat"],
			timeoutMs,
		});
		return zipRun(host, wanted, command).map(
			([command, result, family]) =>
				toolFailure(host, command, result) ??
				unreadable(command, result, isThere(host, dialect, family)) ??
				readChains(result.stdout),
		);
	};

	return {
		tables,
		read: (wanted) =>
			tables(wanted).map((table) => (table instanceof BackendError ? table : ownStateOf(table))),
		restore(inputs, whileRunning) {
			const tried = zipRun(host, inputs, (input) => restoreCommand(input, waitFlag), whileRunning);
			const held = tried.flatMap(([, result, input]) => (isLockHeld(result) ? [input] : []));
			const waited = waitForLock(host, held, { wait, say, command: restoreCommand });
			return tried.map(([command, result, input]) =>
				isLockHeld(result) ? waited.get(input) : toolFailure(host, command, result),
			);
		},
	};
}

interface Waiting {
	readonly wait: boolean;
	readonly say: (line: string) => void;
	readonly command: (input: FamilyInput, flags: readonly string[]) => Command;
}

/**
 * Runs the restores again that found the lock held for as long as we wait in silence, all at once: they wait for the same.
 * The rest of our patience is said.
 */
function waitForLock(
	host: Host,
	held: readonly FamilyInput[],
	{ wait, say, command: commandFor }: Waiting,
): ReadonlyMap<FamilyInput, BackendError | undefined> {
	if (held.length === 0) {
		return new Map();
	}
	const patience = wait ? lockPatience.asked : lockPatience.unasked;
	const limit = wait ? "without --use-wait-flag 10 s" : "with --use-wait-flag 60 s";
	say(`waiting up to ${patience} s (${limit}) for the xtables lock, held by ${lockHolder(host)}`);
	const flags = ["-w", `${patience - lockPatience.silent}`];
	return new Map(
		zipRun(host, held, (input) => commandFor(input, flags)).map(([command, result, input]) => [
			input,
			isLockHeld(result) ? neverFree(host, command, patience) : toolFailure(host, command, result),
		]),
	);
}

/**
 * Of a table in which it does not know every rule, iptables-nft-save prints no more than that it is incompatible, and
 * succeeds (xtables_save_main in iptables/xtables-save.c): it may hold rules of ours all the same. So may a table of which
 * a program prints nothing at all, as one does that stands in for iptables and does nothing.
 */
function unreadable(
	{ argv }: Command,
	{ stdout }: CommandResult,
	isThere: boolean,
): BackendError | undefined {
	const tool = argv[0].split("/").at(-1);
	if (/^\*nat$/m.test(stdout)) {
		return undefined;
	}
	return /^# Table `nat' is incompatible/m.test(stdout)
		? new BackendError(
				"refused",
				`${tool}: table nat holds rules that iptables cannot show ("nft list ruleset" does): what is ours in it cannot be told from the rest; give those rules a table of their own, or take ours out with nft`,
			)
		: isThere
			? new BackendError("refused", `${tool}: printed nothing of table nat, which is there`)
			: undefined;
}

/** The legacy programs make the table that they are asked for; which of the two `plain` asks only shows by doing. */
function isThere(host: Host, dialect: IptablesDialect, scope: Family): boolean {
	return dialect === "nft"
		? host.nftTables()?.some(({ family, name }) => family === scope && name === "nat") === true
		: dialect === "legacy";
}

/** Each item with the command that was made of it and what came of that. */
function zipRun<T>(
	host: Host,
	items: readonly T[],
	commandFor: (item: T) => Command,
	whileRunning?: () => void,
): [Command, CommandResult, T][] {
	const commands = items.map(commandFor);
	const results = host.run(commands, whileRunning);
	return items.flatMap((item, index) => {
		const [command, result] = [commands[index], results[index]];
		return command === undefined || result === undefined ? [] : [[command, result, item]];
	});
}

/** The absolute path of each program, by its name. */
type Paths = ReadonlyMap<string, string>;

function locate(host: Host, names: readonly string[], neededLater: readonly string[] = []): Paths {
	const found = new Map<string, string>();
	for (const name of names) {
		const path = host.find(name);
		if (path !== undefined) {
			found.set(name, path);
		}
	}
	if (found.size < names.length) {
		const later = neededLater.filter((name) => host.find(name) === undefined);
		const missing = [...names.filter((name) => !found.has(name)), ...later];
		throw new BackendError(
			"missing-tool",
			`${missing.join(", ")}: not found in PATH (${host.env("PATH") ?? "which is not set"})`,
		);
	}
	return found;
}

/** Where iptables' tools have it (XT_LOCK_NAME, and xtables_lock in iptables/xshared.c for the variable). */
export function lockPath(host: Host): string {
	const given = host.env("XTABLES_LOCKFILE") ?? "";
	return given === "" ? "/run/xtables.lock" : given;
}

/**
 * Who holds the xtables lock, as far as the kernel tells: /proc/locks names each lock's process and file (proc(5)), but
 * none of a process that we do not see.
 */
export function lockHolder(host: Host): string {
	const inode = host.fileIdentity(lockPath(host))?.split(":").at(-1);
	const lock = (host.readFile("/proc/locks") ?? "")
		.split("\n")
		.find((line) => line.includes(" FLOCK ") && line.includes(`:${inode} `) && !line.includes(" -> "));
	const [, pid] = /(?:READ|WRITE)\s+(\d+)\s/.exec(lock ?? "") ?? [];
	const name = host.readFile(`/proc/${pid}/comm`)?.trim();
	if (inode === undefined || pid === undefined || pid === "0") {
		return "another program";
	}
	return name === undefined ? `process ${pid}` : `process ${pid} (${name})`;
}
