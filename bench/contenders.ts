import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { splitWords } from "../src/backend/iptables/words.ts";
import { findReference } from "../test/recorder/find-reference.ts";
import type { Command, Steps } from "./meter.ts";
import { findProgram } from "./programs.ts";
import { type RestoreInput, readRestoreInputs } from "./restore-inputs.ts";

/** The two whose tables every machine can have at the same time. */
export type Dialect = "legacy" | "nft";

export const dialects: readonly Dialect[] = ["legacy", "nft"];

/** Something that puts the same rules into both families' nat tables. */
export interface Contender {
	readonly id: ContenderId;
	readonly title: string;
	readonly steps: Steps;
}

export type ContenderId =
	| "harness"
	| "empty-node"
	| "together"
	| "apart"
	| "native"
	| "node"
	| "reference"
	| "one-by-one";

/** What Linkerd's injector passes when nothing is configured. */
export const policyArgs: readonly string[] = [
	...["--incoming-proxy-port", "4143", "--outgoing-proxy-port", "4140", "--proxy-uid", "2102"],
	...["--inbound-ports-to-ignore", "4190,4191,4567,4568", "--outbound-ports-to-ignore", "4567,4568"],
];

const root = fileURLToPath(new URL("..", import.meta.url));
export const nodeProgram = `${root}bin/shunt`;
export const nativeProgram = `${root}dist/native/shunt`;

/** All that can run here, cheapest first. `folder` is for files that they read. */
export function contendersFor(dialect: Dialect, folder: string): Contender[] {
	const args = ["--iptables-mode", dialect, ...policyArgs];
	const inputs = readRestoreInputs(nodeProgram, args);
	const restores = inputs.map((input) => restoreCommand(input, folder));
	const reference = findReference(process.env);
	const single = (program: string, ...rest: string[]): Steps => [[{ argv: [program, ...rest] }]];
	return [
		{ id: "harness", title: "an empty program", steps: single(findProgram("true")) },
		{ id: "together", title: "the bare restores, side by side", steps: [restores] },
		{ id: "apart", title: "the bare restores, one after the other", steps: restores.map((one) => [one]) },
		...(existsSync(nativeProgram)
			? [
					{
						id: "native",
						title: "`shunt init`, native",
						steps: single(nativeProgram, "init", ...args),
					} as const,
				]
			: []),
		{ id: "empty-node", title: "an empty program for Node", steps: single(process.execPath, "-e", "0") },
		{ id: "node", title: "`shunt init` on Node", steps: single(nodeProgram, "init", ...args) },
		...(reference === undefined
			? []
			: [{ id: "reference", title: "the reference program", steps: single(reference, ...args) } as const]),
		{ id: "one-by-one", title: "one process per rule", steps: inputs.flatMap(ruleCommands) },
	];
}

function restoreCommand({ tool, args, text }: RestoreInput, folder: string): Command {
	const stdin = `${folder}/${tool}.input`;
	writeFileSync(stdin, text);
	return { argv: [findProgram(tool), ...args], stdin };
}

/** `-A CHAIN …` is both a line of restore input and the arguments of a process of its own. */
function ruleCommands({ tool, text }: RestoreInput): Command[][] {
	const program = findProgram(tool.replace(/-restore$/, ""));
	const rules = text.split("\n").filter((line) => line.startsWith("-"));
	return rules.map((rule) => [{ argv: [program, "-t", "nat", ...splitWords(rule)] }]);
}
