import {
	chmodSync,
	existsSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is the whole PATH of a program under test, so that a test decides which tools exist and what they do. */
export interface ToolFolder {
	readonly path: string;
	/** With a lock file of its own for the legacy tools, so that no other test makes them wait. */
	readonly env: NodeJS.ProcessEnv;
	/** Makes the real tools available. */
	link(...names: readonly string[]): void;
	/** The same, and each use is written down. */
	record(...names: readonly string[]): void;
	/** Puts a shell script in a tool's place. `$real` is the real tool, and its use is written down too. */
	script(name: string, body: string): void;
	/** Leaves a tool's file there, but not executable. */
	disable(name: string): void;
	/** The uses so far, in order: a tool's name and its arguments. */
	calls(): string[];
	remove(): void;
}

/** How such folders are called, by which the programs under test are known to be about tools. */
export const toolFolderPrefix = "shunt-tools-";

export function makeToolFolder(): ToolFolder {
	const path = mkdtempSync(join(tmpdir(), toolFolderPrefix));
	const log = join(path, "calls");
	const folder: ToolFolder = {
		path,
		env: { PATH: path, XTABLES_LOCKFILE: join(path, "xtables.lock") },
		link: (...names) => {
			for (const name of names) {
				symlinkSync(realTool(name), join(path, name));
			}
		},
		record: (...names) => {
			for (const name of names) {
				folder.script(name, 'exec "$real" "$@"');
			}
		},
		script: (name, body) => {
			const file = join(path, name);
			rmSync(file, { force: true });
			const lines = ["#!/bin/sh", `real=${realTool(name)}`, `printf '%s\\n' "${name} $*" >>${log}`, body, ""];
			writeFileSync(file, lines.join("\n"));
			chmodSync(file, 0o755);
		},
		disable: (name) => chmodSync(join(path, name), 0o644),
		calls: () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : []),
		remove: () => rmSync(path, { recursive: true, force: true }),
	};
	// What bin/shunt begins with; the native program needs neither.
	symlinkSync(process.execPath, join(path, "node"));
	return folder;
}

/** Hands a fresh folder to `use` and removes it afterwards, also when `use` fails. */
export async function withToolFolder<T>(use: (tools: ToolFolder) => T | Promise<T>): Promise<T> {
	const tools = makeToolFolder();
	try {
		return await use(tools);
	} finally {
		tools.remove();
	}
}

export function realTool(name: string): string {
	const folders = (process.env["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/"));
	const found = folders.map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));
	if (found === undefined) {
		throw new Error(
			`${name} is not installed: the kernel tests need iptables, nftables, iproute2 and util-linux`,
		);
	}
	return found;
}
