import { fileURLToPath } from "node:url";
import { exitCodes } from "../src/domain/exit-code.ts";
import type { Mode } from "../src/domain/mode.ts";
import { type Ended, run } from "./commands.ts";
import { namespaceOf } from "./namespaces.ts";

/** The program that the demo demonstrates, as seen from dist/demo. */
export const shunt = fileURLToPath(new URL("../../bin/shunt", import.meta.url));

const netns = () => ["--netns", `/run/netns/${namespaceOf("application")}`];

export type Applied =
	| {
			readonly kind: "applied";
			/** The mode itself, unless that leaves the choice to the program. */
			readonly used: string;
			/** Programming the kernel alone, and the whole process. */
			readonly milliseconds: number;
			readonly wholeMilliseconds: number;
	  }
	/** This kernel or these tools do not have the dialect. */
	| { readonly kind: "unusable"; readonly reason: string };

/** `shunt init` in the application's pod. */
export async function apply(mode: Mode, args: readonly string[]): Promise<Applied> {
	const given = ["init", ...netns(), "--iptables-mode", mode, "--output", "json", ...args];
	const ended = await run(shunt, given);
	if (ended.status === exitCodes.noDialect) {
		return { kind: "unusable", reason: firstMessage(ended) };
	}
	succeed("shunt init", ended);
	const { mode: modes, milliseconds } = JSON.parse(ended.stdout);
	return { kind: "applied", used: modes.used, milliseconds, wholeMilliseconds: ended.milliseconds };
}

/** `shunt clean` in the application's pod. */
export async function clean(): Promise<void> {
	succeed("shunt clean", await run(shunt, ["clean", ...netns()]));
}

function firstMessage({ stderr }: Ended): string {
	const [line = ""] = stderr.trim().split("\n");
	return line.replace(/^shunt init: /, "");
}

function succeed(what: string, { status, stderr }: Ended): void {
	if (status !== exitCodes.done) {
		throw new Error(`${what} exited with ${status}:\n${stderr.trim()}`);
	}
}
