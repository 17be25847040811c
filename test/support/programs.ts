import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { toolFolderPrefix } from "./tool-folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The program under test: the native one where SHUNT_PROGRAM names it, else the bundle in dist/. */
export const shuntProgram = process.env["SHUNT_PROGRAM"] ?? `${root}bin/shunt`;

/**
 * The way that the programs under test go where a test does not say: in the tier `tools` by the tools alone (SHUNT_TRANSPORT),
 * else the kernel is spoken to.
 */
export const way = process.env["SHUNT_TRANSPORT"] === "tools" ? "tools" : "kernel";

/** The commands that can be told to leave everything to the tools. */
const choosy: ReadonlySet<string | undefined> = new Set(["init", "clean", "status", "connections"]);

/**
 * Tests that decide which tools there are, and what these do (tool-folder.ts), are about the tools. SHUNT_TRANSPORT makes
 * all others go one way too.
 */
function byWay(args: readonly string[], env: NodeJS.ProcessEnv | undefined): readonly string[] {
	const transport = env?.["PATH"]?.includes(toolFolderPrefix) ? "tools" : process.env["SHUNT_TRANSPORT"];
	return transport === undefined || !choosy.has(args[0]) || args.includes("--transport")
		? args
		: [...args, "--transport", transport];
}

/** `shunt ARGS…`, to its end. */
export function runShunt(
	args: readonly string[],
	options: { env?: NodeJS.ProcessEnv; input?: string; maxBuffer?: number } = {},
) {
	checkBuilt();
	return spawnSync(shuntProgram, byWay(args, options.env), { encoding: "utf8", timeout: 60_000, ...options });
}

export interface Ended {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** `shunt ARGS…`, begun. It leads a process group of its own, to which its children belong. */
export function startShunt(args: readonly string[], options: { env?: NodeJS.ProcessEnv } = {}) {
	checkBuilt();
	const child = spawn(shuntProgram, byWay(args, options.env), {
		detached: true,
		timeout: 120_000,
		killSignal: "SIGKILL",
		stdio: ["ignore", "pipe", "pipe"],
		...options,
	});
	return { child, ended: ending(child) };
}

/** Ends whatever is left of a started program and its children. */
export function killGroup({ pid }: ChildProcess): void {
	try {
		process.kill(-(pid ?? Number.NaN), "SIGKILL");
	} catch {
		// Nothing is left.
	}
}

function ending(child: ChildProcess): Promise<Ended> {
	let stdout = "";
	let stderr = "";
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	child.stderr?.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (status) => resolve({ status, stdout, stderr }));
	});
}

function checkBuilt(): void {
	if (!existsSync(shuntProgram)) {
		throw new Error(`${shuntProgram} is not there: run "make build" first`);
	}
}
