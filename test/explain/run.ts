import { readFileSync } from "node:fs";
import { runExplain } from "../../src/cli/explain/explain-command.ts";
import type { ExplainIo } from "../../src/cli/explain/explain-io.ts";
import { createMemoryHost } from "../../src/host/memory.ts";

export interface Ran {
	readonly status: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Files by name; one of another name is read from the disk. */
export interface Inputs {
	readonly files?: Readonly<Record<string, string>>;
	readonly stdin?: string;
}

/** `shunt explain ARGS…` without a process. Nothing is written anywhere. */
export async function explained(
	args: readonly string[],
	{ files = {}, stdin = "" }: Inputs = {},
): Promise<Ran> {
	let stdout = "";
	let stderr = "";
	const world: ExplainIo = {
		readFile: (path) => files[path] ?? readFileSync(path, "utf8"),
		list: () => undefined,
		stdin: () => stdin,
		stdout: (text) => {
			stdout += text;
		},
		stderr: (text) => {
			stderr += text;
		},
		writeFile: () => {
			throw new Error("read-only");
		},
		isTerminal: false,
		env: {},
		sayWhileSlow: () => () => undefined,
		host: () => createMemoryHost(),
	};
	const status = await runExplain(args, world);
	return { status, stdout, stderr };
}

/** The same with `-o json`, parsed. */
export async function explainedAsJson(args: readonly string[], inputs?: Inputs) {
	const { status, stdout, stderr } = await explained([...args, "--output", "json"], inputs);
	if (status !== 0) {
		throw new Error(stderr);
	}
	return JSON.parse(stdout).subjects as readonly ExplainedSubject[];
}

export interface ExplainedSubject {
	readonly name: string;
	readonly source: string;
	readonly notes: readonly string[];
	readonly summary?: readonly { readonly title: string; readonly rows: readonly Record<string, string>[] }[];
	readonly fate?: { readonly kind: string; readonly port?: number };
	readonly sentence?: string;
	readonly assumed?: readonly Record<string, string>[];
	readonly rules?: readonly { readonly rule: string; readonly decides: boolean; readonly origin?: string }[];
}
