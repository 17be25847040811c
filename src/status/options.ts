import { type CommandLine, parseCommandLine } from "../command/command-line.ts";
import { FlagValues } from "../command/flag-values.ts";
import { type NamedNetns, parseNetns, parsePid } from "../command/netns.ts";
import type { Dialect } from "../domain/mode.ts";
import { err, ok, type Result } from "../domain/problem.ts";
import { parseTransport, type Transport } from "../domain/transport.ts";
import { parseChoice } from "../domain/words.ts";
import { readMode } from "../init/mode-flags.ts";
import { readPolicy } from "../init/options.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { isModeFlag, isPolicyFlag, statusFlags } from "./flags.ts";

export interface StatusOptions {
	readonly target: Target;
	readonly transport: Transport;
	readonly output: "table" | "json";
	/** Absent when no flag of a policy is given. */
	readonly policy: RedirectPolicy | undefined;
	/** A file with a pod's stamp, or `-`. */
	readonly policyFile: string | undefined;
	/** Absent when any will do. */
	readonly mode: Dialect | undefined;
}

/** Which network namespaces are looked into. */
export type Target =
	| { readonly kind: "own" }
	| { readonly kind: "all" }
	| { readonly kind: "named"; readonly netns: NamedNetns };

export function parseStatusOptions(argv: readonly string[], program: string): Result<StatusOptions> {
	const known = statusFlags();
	const commandLine = parseCommandLine(argv, known, program);
	const flags = new FlagValues(commandLine, known);
	const options = {
		target: readTarget(flags),
		transport: flags.one("transport", parseTransport) ?? "auto",
		output: flags.one("output", parseChoice(["table", "json"] as const)) ?? "table",
		policy: anyGiven(commandLine, isPolicyFlag) ? readPolicy(flags) : undefined,
		policyFile: readPolicyFile(flags, anyGiven(commandLine, isPolicyFlag)),
		mode: namesMode(flags, commandLine) ? dialectAskedFor(flags) : undefined,
	};
	return flags.problems.length > 0 ? err(...flags.problems) : ok(options);
}

function readPolicyFile(flags: FlagValues, isPolicySpelled: boolean): string | undefined {
	const path = flags.isGiven("policy") ? flags.one("policy", parsePath) : undefined;
	if (path !== undefined && isPolicySpelled) {
		flags.problems.push({
			source: "--policy",
			value: path,
			complaint: "and flags of a policy exclude each other",
			accepted: "the one or the others",
		});
	}
	return path;
}

function parsePath(text: string, source: string): Result<string> {
	return text === ""
		? err({ source, value: text, complaint: "names no file", accepted: "a path, or -" })
		: ok(text);
}

function anyGiven({ given }: CommandLine, among: (name: string) => boolean): boolean {
	return [...given.keys()].some(among);
}

/** An empty mode is none, as in `shunt init`; there it leaves the default, and here whatever is found. */
function namesMode(flags: FlagValues, { given }: CommandLine): boolean {
	return [...given.keys()].some((name) => isModeFlag(name) && flags.one(name, ok) !== "");
}

/** Undefined for `auto`, since whatever that chose is right. */
function dialectAskedFor(flags: FlagValues): Dialect | undefined {
	const mode = readMode(flags);
	return mode === "auto" ? undefined : mode;
}

/** Reads `targetFlags`. */
export function readTarget(flags: FlagValues): Target {
	const netns = flags.isGiven("netns") ? flags.one("netns", parseNetns) : undefined;
	const process = flags.isGiven("pid") ? flags.one("pid", parsePid) : undefined;
	const all = flags.boolean("all");
	if ([netns !== undefined, flags.isGiven("pid"), all].filter(Boolean).length > 1) {
		flags.problems.push({
			source: "--netns, --pid, --all",
			complaint: "exclude each other",
			accepted: "at most one of them",
		});
	}
	const named = process ?? netns;
	return named === undefined ? { kind: all ? "all" : "own" } : { kind: "named", netns: named };
}
