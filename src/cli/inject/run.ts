import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import { fail, ok, type Problem, type Result } from "../../domain/problem.ts";
import { formatRefusal } from "../../serving/strict-command.ts";
import { type Input, readInputs } from "./inputs.ts";
import { type Manifest, type OutputFormat, render } from "./output.ts";
import { type Entry, formatReport } from "./report.ts";
import { type Treatment, transform } from "./transform.ts";
import type { ManifestWorld } from "./world.ts";
import { type ManifestDocument, parseDocuments } from "./yaml-documents.ts";

export interface Run {
	/** As messages call it. */
	readonly program: string;
	readonly paths: readonly string[];
	readonly output: OutputFormat;
	/** Mistakes found before any file was read. */
	readonly problems: readonly Problem[];
	/** Told which documents there are, because some say something about others. */
	readonly treatment: (documents: readonly ManifestDocument[]) => Treatment;
}

/** Manifests in, manifests out, and a report beside. Where anything is refused nothing comes out at all. */
export function runOnManifests(
	{ program, paths, output, problems, treatment }: Run,
	world: ManifestWorld,
): ExitCode {
	// What should have been a path may have been taken for an unknown flag's value.
	const inputs = problems.length > 0 && paths.length === 0 ? ok([]) : readInputs(paths, world);
	const parsed = inputs.ok ? parseAll(inputs.value) : inputs;
	const mistakes = [...problems, ...(parsed.ok ? [] : parsed.problems)];
	if (mistakes.length > 0 || !parsed.ok) {
		world.stderr(formatRefusal(program, mistakes));
		return exitCodes.badInput;
	}
	const treat = treatment(parsed.value.flatMap(({ documents }) => documents));
	const entries: Entry[] = [];
	const manifests = parsed.value.map((file): Manifest => {
		const results = file.documents.map(({ value }) => transform(value, treat));
		const prefix = parsed.value.length > 1 ? `${file.name}: ` : "";
		entries.push(
			...results.flatMap((result) =>
				result.entries.map((entry) => ({ ...entry, label: `${prefix}${entry.label}` })),
			),
		);
		return { ...file, after: results.map(({ value }) => value) };
	});
	return finish(manifests, entries, output, world);
}

interface ParsedInput extends Input {
	readonly documents: readonly ManifestDocument[];
}

function parseAll(inputs: readonly Input[]): Result<readonly ParsedInput[]> {
	const parsed = inputs.map((input) => ({ ...input, ...parseDocuments(input.text, input.name) }));
	const problems = parsed.flatMap((input) => input.problems);
	return problems.length > 0 ? fail(...problems) : ok(parsed);
}

function finish(
	manifests: readonly Manifest[],
	entries: readonly Entry[],
	format: OutputFormat,
	world: ManifestWorld,
): ExitCode {
	const isRefused = entries.some(({ verdict }) => verdict === "refused");
	const { text, notes } = isRefused ? { text: "", notes: [] } : render(manifests, format);
	world.stdout(text);
	const last = isRefused ? "nothing was written, because something is refused\n" : "";
	world.stderr([...notes.map((note) => `${harmless(note)}\n`), formatReport(entries), last].join(""));
	return isRefused ? exitCodes.badInput : exitCodes.done;
}
