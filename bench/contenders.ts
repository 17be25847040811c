import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { splitWords } from "../src/backend/iptables/read.ts";
import { findReference } from "../test/recorder/find-reference.ts";
import type { Command, Steps } from "./meter.ts";
import { findProgram } from "./programs.ts";
import { readInputs, type ToolInput } from "./tool-inputs.ts";

/** `plain` is one of these under another name. */
export type Dialect = "legacy" | "nft" | "nftables";

export const dialects: readonly Dialect[] = ["legacy", "nft", "nftables"];

/** Something that makes the same rules for both families. */
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
	const inputs = readInputs(nodeProgram, args);
	return [
		{ id: "harness", title: "an empty program", steps: single(findProgram("true")) },
		...bareTools(inputs, folder),
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
		...referenceProgram(dialect),
		...(dialect === "nftables"
			? []
			: [{ id: "one-by-one", title: "one process per rule", steps: inputs.flatMap(ruleCommands) } as const]),
	];
}

export function single(program: string, ...args: readonly string[]): Steps {
	return [[{ argv: [program, ...args] }]];
}

export function bareTools(inputs: readonly ToolInput[], folder: string): Contender[] {
	const commands = inputs.map((input) => toolCommand(input, folder));
	if (commands.length === 1) {
		return [{ id: "together", title: "the bare transaction", steps: [commands] }];
	}
	return [
		{ id: "together", title: "the bare restores, side by side", steps: [commands] },
		{ id: "apart", title: "the bare restores, one after the other", steps: commands.map((one) => [one]) },
	];
}

/** It knows no nftables; there its nft mode stands beside ours. */
export function referenceProgram(dialect: Dialect): Contender[] {
	const program = findReference(process.env);
	const mode = dialect === "legacy" ? "legacy" : "nft";
	const title = mode === dialect ? "the reference program" : `the reference program, mode ${mode}`;
	const args = ["--iptables-mode", mode, ...policyArgs];
	return program === undefined ? [] : [{ id: "reference", title, steps: single(program, ...args) }];
}

function toolCommand({ tool, args, text }: ToolInput, folder: string): Command {
	const stdin = `${folder}/${tool}.input`;
	writeFileSync(stdin, text);
	return { argv: [findProgram(tool), ...args], stdin };
}

/** `-A CHAIN …` is both a line of restore input and the arguments of a process of its own. */
function ruleCommands({ tool, text }: ToolInput): Command[][] {
	const program = findProgram(tool.replace(/-restore$/, ""));
	const rules = text.split("\n").filter((line) => line.startsWith("-"));
	return rules.map((rule) => [{ argv: [program, "-t", "nat", ...splitWords(rule)] }]);
}
