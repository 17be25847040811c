import type { Flag } from "./flag.ts";
import { isOnItsOwn } from "./wants.ts";

interface Usage {
	/** As the user called it, such as `shunt init`. */
	readonly program: string;
	readonly summary: string;
	readonly flags: readonly Flag[];
	/** What it does, and the arguments for it. */
	readonly examples: readonly (readonly [string, string])[];
	/** What a flag's line has no room for. */
	readonly notes?: string;
	/** Where it is not that of the programs that make rules. */
	readonly exitStatus?: string;
}

export function formatHelp(usage: Usage): string {
	const { program, summary, flags, examples, notes, exitStatus = ordinaryExitStatus } = usage;
	const rows = flags.map((flag): [string, string] => [flagColumn(flag), `${flag.help}${defaultOf(flag)}`]);
	const all: [string, string][] = [
		...rows,
		...(isOnItsOwn(program) ? [["  -V, --version", "print the version"] as [string, string]] : []),
		["  -h, --help", "print this text"],
	];
	const width = Math.max(...all.map(([left]) => left.length));
	return [
		summary,
		"",
		`Usage:\n  ${program} [flags]`,
		"",
		"Flags:",
		...all.map(([left, right]) => `${left.padEnd(width)}  ${right}`),
		"",
		"Lists are separated by commas and may be given more than once; of other flags the last one counts. A truth value",
		...(flags.some(({ emptyIsNone }) => emptyIsNone)
			? [
					"stands behind an equals sign (--flag=false), and no flag takes an empty value but those that name the mode, which",
					"are not given then.",
				]
			: ["stands behind an equals sign (--flag=false), and no flag takes an empty value."]),
		"",
		"Examples:",
		...examples.map(([what, args]) => `  # ${what}\n  ${program} ${args}`),
		"",
		...(notes === undefined ? [] : [notes, ""]),
		`Exit status: ${exitStatus}`,
		"",
	].join("\n");
}

const ordinaryExitStatus = "0 done, 1 failed, 64 bad input, 69 no usable dialect, 77 not permitted";

function flagColumn(flag: Flag): string {
	const short = flag.short === undefined ? "    " : `-${flag.short}, `;
	return `  ${short}--${flag.name}${flag.placeholder === undefined ? "" : ` ${flag.placeholder}`}`;
}

function defaultOf(flag: Flag): string {
	const isSilent = flag.default === "" || (flag.kind === "boolean" && flag.default === "false");
	return isSilent ? "" : ` (default ${flag.default})`;
}
