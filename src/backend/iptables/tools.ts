import type { Family } from "../../domain/family.ts";
import { inputOf } from "../../host/command-input.ts";
import type { Command, CommandResult, Host } from "../../host/host.ts";
import { BackendError } from "../backend-error.ts";
import { toolFailure } from "../tool-failure.ts";
import { type OwnState, ownStateOf } from "./own-state.ts";
import { parseSave, type SavedTable } from "./saved-table.ts";
import { type Tools, takesWaitFlag, toolsOf, type Variant } from "./variant.ts";

/** One variant's programs, found and ready to run. */
export interface Toolbox {
	/** Applies each input to its family, as {@link Host.run} runs commands. Undefined where it worked. */
	restore(inputs: readonly FamilyInput[], meanwhile?: () => void): (BackendError | undefined)[];
	/** Reads each family's nat table. Changes nothing, but that the legacy tools make a table that was not there. */
	tables(families: readonly Family[]): (SavedTable | BackendError)[];
	/** The same, and only our part of it. */
	read(families: readonly Family[]): (OwnState | BackendError)[];
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
 * Some releases give up at once when the lock is held. Every holder is another short run like ours, so it is worth
 * waiting a little even when nobody asked for `-w`.
 */
const lockPatienceSeconds = 10;

/** Exit status 4 is RESOURCE_PROBLEM in xtables.h. */
function isLockHeld({ outcome, stderr }: CommandResult): boolean {
	return outcome.kind === "exited" && outcome.code === 4 && stderr.includes("xtables lock");
}

/** Nothing about the dialect, so no reason to try it again or to look for others. */
function neverFree({ argv }: Command): BackendError {
	const tool = argv[0].split("/").at(-1);
	return new BackendError(
		"no-answer",
		`${tool}: another program has been holding the xtables lock for more than ${lockPatienceSeconds} s`,
	);
}

/**
 * Throws {@link BackendError} that names every program that is not installed; where only those that read are missing,
 * not before one of them is needed or something would be applied.
 */
export function openToolbox(
	host: Host,
	variant: Variant,
	families: readonly Family[],
	{ wait }: { readonly wait: boolean },
): Toolbox {
	const named = (verb: keyof Tools) => families.map((family) => toolsOf(variant, family)[verb]);
	const restorers = locate(host, named("restore"), named("save"));
	let savers: Paths | undefined;
	const locateSavers = () => {
		savers ??= locate(host, named("save"));
		return savers;
	};
	const waitFlag = wait && takesWaitFlag(variant) ? ["-w"] : [];
	const pathOf = (paths: Paths, family: Family, verb: keyof Tools) => {
		const name = toolsOf(variant, family)[verb];
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

	const tables: Toolbox["tables"] = (wanted) => {
		const paths = locateSavers();
		const command = (family: Family): Command => ({
			argv: [pathOf(paths, family, "save"), "-t", "nat"],
			timeoutMs,
		});
		return zipRun(host, wanted, command).map(
			([command, result]) => toolFailure(host, command, result) ?? parseSave(result.stdout),
		);
	};

	return {
		tables,
		read: (wanted) =>
			tables(wanted).map((table) => (table instanceof BackendError ? table : ownStateOf(table))),
		restore(inputs, meanwhile) {
			const tried = zipRun(host, inputs, (input) => restoreCommand(input, waitFlag), meanwhile);
			return tried.map(([command, result, input]) => {
				if (wait || !isLockHeld(result)) {
					return toolFailure(host, command, result);
				}
				const patient = (same: FamilyInput) => restoreCommand(same, ["-w", `${lockPatienceSeconds}`]);
				return zipRun(host, [input], patient).map(([again, outcome]) =>
					isLockHeld(outcome) ? neverFree(again) : toolFailure(host, again, outcome),
				)[0];
			});
		},
	};
}

/** Each item with the command that was made of it and what came of that. */
function zipRun<T>(
	host: Host,
	items: readonly T[],
	commandFor: (item: T) => Command,
	meanwhile?: () => void,
): [Command, CommandResult, T][] {
	const commands = items.map(commandFor);
	const results = host.run(commands, meanwhile);
	return items.flatMap((item, index) => {
		const [command, result] = [commands[index], results[index]];
		return command === undefined || result === undefined ? [] : [[command, result, item]];
	});
}

/** By name. */
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
