import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChart } from "../../../src/cli/chart/chart-folder.ts";
import { checkCommand } from "../../../src/cli/check/check-command.ts";
import type { CheckIo } from "../../../src/cli/io.ts";
import type { ApiServer } from "../../support/api-server/api-server.ts";

export interface Checked {
	readonly status: number | undefined;
	readonly stdout: string;
	readonly stderr: string;
}

/** One check as `-o json` has it. */
export interface JsonCheck {
	readonly id: string;
	readonly description: string;
	readonly result: "ok" | "warning" | "failed" | "skipped";
	readonly message?: string;
	readonly note?: string;
	readonly hint?: string;
	readonly details?: readonly string[];
	readonly data?: unknown;
}

export interface JsonCategory {
	readonly name: string;
	readonly checks: readonly JsonCheck[];
}

export interface Circumstances {
	readonly world?: Partial<CheckIo>;
	/** More variables of the environment. */
	readonly env?: Readonly<Record<string, string>>;
	/** Called with all that was said on standard error each time more is. */
	readonly onProgress?: (said: string) => unknown;
}

/** `shunt check ARGS…` against the cluster, in this process. Nothing is waited for unless the arguments say so. */
export async function check(
	api: ApiServer,
	args: readonly string[],
	{ world = {}, env = {}, onProgress }: Circumstances = {},
): Promise<Checked> {
	const folder = mkdtempSync(join(tmpdir(), "shunt-check-"));
	const kubeconfig = join(folder, "kubeconfig");
	writeFileSync(kubeconfig, api.kubeconfig);
	const said = { stdout: "", stderr: "" };
	let status: number | undefined;
	const command = checkCommand(
		(ended) => {
			status = ended;
		},
		{
			env: { HOME: folder, KUBECONFIG: kubeconfig, ...env },
			chart: () => findChart("shunt"),
			readFile: (path) => readFileSync(path, "utf8"),
			stdin: () => "",
			stdout: (text) => {
				said.stdout += text;
			},
			stderr: (text) => {
				said.stderr += text;
				onProgress?.(said.stderr);
			},
			now: Date.now,
			isTerminal: false,
			sleep: () => new Promise((resolve) => setTimeout(resolve, 10)),
			onStop: () => () => undefined,
			...world,
		},
	);
	try {
		await command.parseAsync(["--wait", "0", "--request-timeout", "30s", ...args], { from: "user" });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	return { status, ...said };
}

/** The same as programs get it. */
export async function checkJson(
	api: ApiServer,
	args: readonly string[],
	circumstances: Circumstances = {},
): Promise<Checked & { readonly success: boolean; readonly categories: readonly JsonCategory[] }> {
	const checked = await check(api, [...args, "-o", "json"], circumstances);
	return { ...checked, ...JSON.parse(checked.stdout) };
}

export function find(
	{ categories }: { readonly categories: readonly JsonCategory[] },
	id: string,
): JsonCheck {
	const found = categories.flatMap(({ checks }) => checks).find((one) => one.id === id);
	if (found === undefined) {
		throw new Error(`there is no check ${id} in this run`);
	}
	return found;
}

/** The checks that are not as they should be. */
export function shortcomings({ categories }: { readonly categories: readonly JsonCategory[] }): string[] {
	return categories
		.flatMap(({ checks }) => checks)
		.filter(({ result }) => result !== "ok")
		.map(({ id, result }) => `${id}: ${result}`);
}
