import { execFileSync } from "node:child_process";

/** What a tool is given: that of one family, or of both where one transaction can hold them. */
export interface ToolInput {
	readonly tool: string;
	readonly args: readonly string[];
	readonly text: string;
}

/** As `shunt init --simulate` prints them, so that everybody in the benchmark makes the very same rules. */
export function readInputs(shunt: string, args: readonly string[]): ToolInput[] {
	const simulate = ["init", ...args, "--simulate", "--log-level", "error"];
	return parseSimulation(execFileSync(shunt, simulate, { encoding: "utf8", timeout: 30_000 }));
}

/** A comment line with the command, and then its input until the next such line. */
export function parseSimulation(output: string): ToolInput[] {
	return output
		.split(/^# /m)
		.slice(1)
		.map((part) => {
			const [command = "", ...lines] = part.split("\n");
			const [tool = "", ...args] = command.split(" ");
			return { tool, args, text: lines.join("\n") };
		});
}
