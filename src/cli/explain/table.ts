import { harmless } from "../../domain/harmless.ts";
import { shortened } from "../../domain/shortened.ts";
import type { Section } from "../../explain/ruleset-summary.ts";
import type { Step, Trace } from "../../explain/trace.ts";
import type { Report } from "./report.ts";

/** Marks texts for a terminal, or leaves them alone. Each text is made harmless first, so that no mark but ours is left. */
interface Paint {
	readonly plain: (text: string) => string;
	readonly bold: (text: string) => string;
	readonly dim: (text: string) => string;
	readonly hit: (text: string) => string;
}

/** ECMA-48's "select graphic rendition". */
export function paintFor(colours: boolean): Paint {
	const sgr = (on: number, off: number) => (text: string) =>
		colours ? `\u001b[${on}m${plain(text)}\u001b[${off}m` : plain(text);
	return { plain, bold: sgr(1, 22), dim: sgr(2, 22), hit: sgr(32, 39) };
}

/** What is long is whole in the output for programs. */
function plain(text: string): string {
	return harmless(shortened(text));
}

export function formatReports(reports: readonly Report[], paint: Paint): string {
	return reports.map((report) => formatReport(report, paint)).join("\n");
}

function formatReport({ subject, journey, summary }: Report, paint: Paint): string {
	return [
		`${paint.bold(subject.label)} (${paint.plain(subject.source)})`,
		"",
		...(journey === undefined ? summary.flatMap((section) => formatSection(section, paint)) : []),
		...(journey === undefined ? [] : formatJourney(journey, paint)),
		...subject.notes.map((note) => paint.plain(`Note: ${note}.`)),
		...(subject.notes.length > 0 ? [""] : []),
	].join("\n");
}

function formatJourney({ sentence, steps, asked }: Trace, paint: Paint): string[] {
	return [
		paint.bold(sentence),
		"",
		...(steps.length === 0 ? ["No rule was visited."] : formatSteps(steps, paint)),
		"",
		...(asked.assumed.length === 0
			? []
			: [
					"Assumed:",
					...columns(
						asked.assumed.map(({ field, value, because }) => [`  ${field}`, value, because]),
						paint,
					),
					"",
				]),
	];
}

function formatSteps(steps: readonly Step[], paint: Paint): string[] {
	const width = Math.max(...steps.map((step) => whereOf(step).length));
	return steps.flatMap((step) => {
		const mark = step.decides ? "→" : " ";
		const line = `${mark} ${whereOf(step).padEnd(width)}  ${fits[step.matched]}  ${step.rule}`;
		const origin = step.origin === undefined ? "" : ` (${step.origin})`;
		const why = `${" ".repeat(width + 11)}${step.why}${origin}`;
		return [step.decides ? paint.hit(line) : paint.plain(line), paint.dim(why)];
	});
}

const fits: Readonly<Record<Step["matched"], string>> = { yes: "fits ", no: "no   ", unknown: "maybe" };

function whereOf({ table, chain, position }: Step): string {
	return harmless(`${table === undefined ? "" : `${table} `}${chain} ${position}`);
}

function formatSection({ title, lead, rows }: Section, paint: Paint): string[] {
	return [
		paint.bold(title),
		...(lead === undefined ? [] : [`  ${paint.plain(lead)}`]),
		...columns(
			rows.map(({ what, outcome, origin }) => [`  ${what}`, outcome, origin]),
			paint,
		),
		"",
	];
}

/** The last column is as wide as it likes, and tells less than the others. */
function columns(rows: readonly (readonly [string, string, string])[], paint: Paint): string[] {
	const cells = rows.map(([first, second, last]) => [
		paint.plain(first),
		paint.plain(second),
		paint.dim(last),
	]);
	const widths = [0, 1].map((column) => Math.max(0, ...cells.map((row) => (row[column] ?? "").length)));
	return cells.map((row) =>
		row
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join("  ")
			.trimEnd(),
	);
}
