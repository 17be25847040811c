import { injectCommand } from "../../src/cli/inject/inject-command.ts";
import { uninjectCommand } from "../../src/cli/inject/uninject-command.ts";
import type { ManifestIo } from "../../src/cli/io.ts";
import type { ExitCode } from "../../src/domain/exit-code.ts";

export interface Finished {
	readonly status: ExitCode | undefined;
	readonly stdout: string;
	readonly stderr: string;
}

/** Folders and files that exist only here: `{ "a/b.yml": "text" }`. */
export type Files = Readonly<Record<string, string>>;

/** `shunt inject ARGS…` with standard input, over files that are given. */
export function runInject(args: readonly string[], stdin: string, files: Files = {}): Finished {
	return run(injectCommand, args, stdin, files);
}

export function runUninject(args: readonly string[], stdin: string, files: Files = {}): Finished {
	return run(uninjectCommand, args, stdin, files);
}

function run(
	command: typeof injectCommand | typeof uninjectCommand,
	args: readonly string[],
	stdin: string,
	files: Files,
): Finished {
	const written = { stdout: "", stderr: "" };
	let status: ExitCode | undefined;
	const world: ManifestIo = {
		readFile: (path) => files[path] ?? missing(path),
		list: (path) => listOf(files, path),
		stdin: () => stdin,
		stdout: (text) => {
			written.stdout += text;
		},
		stderr: (text) => {
			written.stderr += text;
		},
	};
	command((code) => {
		status = code;
	}, world).parse([...args], { from: "user" });
	return { status, ...written };
}

function listOf(files: Files, path: string): string[] | undefined {
	if (Object.hasOwn(files, path)) {
		return undefined;
	}
	const folder = path.replace(/\/*$/, "/");
	const below = Object.keys(files).filter((name) => name.startsWith(folder));
	return below.length === 0
		? missing(path)
		: [...new Set(below.map((name) => name.slice(folder.length).split("/")[0] ?? ""))];
}

function missing(path: string): never {
	throw Object.assign(new Error(`no such file: ${path}`), { code: "ENOENT" });
}
