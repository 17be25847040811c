import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host } from "../../src/host/host.ts";
import type { Finding, Operation } from "./host-driver.ts";

/** A program that is `drive()` on the host under test. */
export interface Subject {
	readonly command: readonly [string, ...string[]];
}

/** What the program finds when it starts. */
export interface Surroundings {
	readonly env?: Readonly<Record<string, string>>;
	readonly stdin?: string;
	/** A line of sh in which `"$@"` is the program: for redirections, limits and pipes. */
	readonly shell?: string;
	/** In place of root. */
	readonly uid?: number;
	readonly folder?: string;
}

export interface Outcome {
	readonly findings: readonly Finding[];
	readonly status: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Performs the operations one after the other in a process of their own. */
export function perform(
	subject: Subject,
	operations: readonly Operation[],
	surroundings: Surroundings = {},
): Outcome {
	const folder = mkdtempSync(join(tmpdir(), "shunt-host-"));
	try {
		chmodSync(folder, 0o755);
		const files = [join(folder, "operations"), join(folder, "findings")] as const;
		writeFileSync(files[0], JSON.stringify(operations));
		writeFileSync(files[1], "[]");
		chmodSync(files[1], 0o666);
		const { status, signal, stdout, stderr, error } = start([...subject.command, ...files], surroundings);
		if (error !== undefined) {
			throw error;
		}
		return { findings: JSON.parse(readFileSync(files[1], "utf8")), status, signal, stdout, stderr };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function start(argv: readonly string[], { env, stdin, shell, uid, folder }: Surroundings) {
	const [file = "", ...args] = shell === undefined ? argv : ["/bin/sh", "-c", shell, "sh", ...argv];
	return spawnSync(file, args, {
		env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...env },
		encoding: "utf8",
		timeout: 60_000,
		killSignal: "SIGKILL",
		maxBuffer: 2 ** 26,
		...(stdin === undefined ? { stdio: ["ignore", "pipe", "pipe"] as const } : { input: stdin }),
		...(uid === undefined ? {} : { uid, gid: uid }),
		...(folder === undefined ? {} : { cwd: folder }),
	});
}

/** One call and what it returned. */
export function ask<Name extends keyof Host>(
	subject: Subject,
	call: Name,
	args: Parameters<Host[Name]>,
	surroundings: Surroundings = {},
): ReturnType<Host[Name]> {
	const { findings, status, stderr } = perform(subject, [{ call, with: args } as Operation], surroundings);
	const [finding] = findings;
	if (finding === undefined || "threw" in finding) {
		throw new Error(`${call}: ${JSON.stringify(finding)} (exit status ${status}) ${stderr}`);
	}
	return finding.returned as ReturnType<Host[Name]>;
}

/** One call and what it threw. */
export function askForTrouble<Name extends keyof Host>(
	subject: Subject,
	call: Name,
	args: Parameters<Host[Name]>,
	surroundings: Surroundings = {},
): { readonly name: string; readonly code?: string; readonly message: string } {
	const [finding] = perform(subject, [{ call, with: args } as Operation], surroundings).findings;
	if (finding === undefined || !("threw" in finding)) {
		throw new Error(`${call} should have thrown but gave ${JSON.stringify(finding)}`);
	}
	return finding.threw;
}
