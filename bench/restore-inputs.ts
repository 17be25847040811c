import { execFileSync } from "node:child_process";

/** What one family's restore program is given. */
export interface RestoreInput {
	readonly tool: string;
	readonly args: readonly string[];
	readonly text: string;
}

/** As `shunt init --simulate` prints them, so that everybody in the benchmark applies the very same rules. */
export function readRestoreInputs(shunt: string, args: readonly string[]): RestoreInput[] {
	const simulate = ["init", ...args, "--simulate", "--log-level", "error"];
	return parseSimulation(execFileSync(shunt, simulate, { encoding: "utf8", timeout: 30_000 }));
}

export function parseSimulation(output: string): RestoreInput[] {
	return [...output.matchAll(/^# (\S+) (.*)\n([^#]*COMMIT\n)/gm)].map(
		([, tool = "", args = "", text = ""]) => ({
			tool,
			args: args.split(" ").filter((arg) => arg !== ""),
			text,
		}),
	);
}
