import { autoOrder, backendOf } from "../backend/backends.ts";
import type { Dialect } from "../domain/mode.ts";
import type { Plan } from "../rules/plan.ts";
import type { InitOptions } from "./options.ts";

/** What a fresh namespace's tools would be given, each behind a comment with the command that would take it. */
export function formatSimulation(plan: Plan, options: InitOptions): string {
	const transactions = backendOf(simulatedDialect(options)).transactions(plan, options);
	return transactions.map(({ command, input }) => `# ${command.join(" ")}\n${input}`).join("");
}

/** What `auto` would choose shows only by trying; a simulation touches nothing, so it shows what would be tried first. */
export function simulatedDialect({ mode }: InitOptions): Dialect {
	return mode === "auto" ? autoOrder[0] : mode;
}
