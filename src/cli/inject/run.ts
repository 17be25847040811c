import { setFlagsFromString } from "node:v8";
import { formatRefusal } from "../../command/strict-command.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import { ok, type Problem } from "../../domain/problem.ts";
import type { Annotations } from "../../policy/annotations.ts";
import type { ManifestIo } from "../io.ts";
import { type Input, readInputs } from "./inputs.ts";
import { namespacesAmong } from "./namespaces.ts";
import { formOf, type OutputFormat, outputOf } from "./output.ts";
import { formatReport } from "./report.ts";
import type { Transform } from "./transform.ts";
import { transformFile } from "./transform-file.ts";

interface Run {
	/** As messages call it. */
	readonly program: string;
	readonly paths: readonly string[];
	readonly output: OutputFormat;
	/** Mistakes found before any file was read. */
	readonly problems: readonly Problem[];
	/** Told what the namespaces among the manifests say, because their workloads inherit it. */
	readonly transformOf: (namespaces: ReadonlyMap<string, Annotations>) => Transform;
	/** A line for every object, however many there are. */
	readonly verbose: boolean;
}

/** Manifests in, manifests out, and a report beside. Where anything is refused nothing comes out at all. */
export function runOnManifests(run: Run, io: ManifestIo): ExitCode {
	// What should have been a path may have been taken for an unknown flag's value.
	const isUnclear = run.problems.length > 0 && run.paths.length === 0;
	const inputs = isUnclear ? ok([]) : readInputs(run.paths, io);
	const texts = inputs.ok ? inputs.value : [];
	keepHeapSmall(texts);
	const transform = run.transformOf(namespacesAmong(texts));
	const files = texts.map((file) => {
		const form = formOf(file, run.output);
		return { ...transformFile(file, transform, form), form, name: file.name };
	});
	const mistakes = [
		...run.problems,
		...(inputs.ok ? [] : inputs.problems),
		...files.flatMap(({ problems }) => problems),
	];
	if (mistakes.length > 0) {
		io.stderr(formatRefusal(run.program, mistakes));
		return exitCodes.badInput;
	}
	const entries = files.flatMap(({ name, entries: own }) =>
		files.length > 1 ? own.map((entry) => ({ ...entry, label: `${name}: ${entry.label}` })) : own,
	);
	const isRefused = entries.some(({ verdict }) => verdict === "refused");
	if (!isRefused) {
		write(outputOf(files, run.output), io);
	}
	const notes = isRefused ? [] : files.flatMap(({ notes: own }) => own);
	const last = isRefused ? "nothing was written, because something is refused\n" : "";
	io.stderr([...notes.map((note) => `${harmless(note)}\n`), formatReport(entries, run), last].join(""));
	return isRefused ? exitCodes.badInput : exitCodes.done;
}

/**
 * Most of what is made for one document is garbage with the next. V8 makes room for more and more of it, up to 48 MB, and
 * gains nothing by it here.
 */
function keepHeapSmall(files: readonly Input[]): void {
	if (files.reduce((sum, { text }) => sum + text.length, 0) > 1_000_000) {
		setFlagsFromString("--semi-space-growth-factor=1");
	}
}

/** Not piece by piece, each of which would be a call to the system, and not all at once. */
function write(pieces: Iterable<string>, io: ManifestIo): void {
	let waiting: string[] = [];
	let length = 0;
	for (const piece of pieces) {
		waiting.push(piece);
		length += piece.length;
		if (length >= portion) {
			io.stdout(waiting.join(""));
			waiting = [];
			length = 0;
		}
	}
	io.stdout(waiting.join(""));
}

const portion = 256 * 1024;
