import { harmless, harmlessJson } from "../../domain/harmless.ts";
import type { Paints } from "../paint.ts";
import type { Check, Outcome } from "./check.ts";
import { type CategoryResult, type CheckResult, isSuccess } from "./run-checks.ts";

export const outputFormats = ["table", "json", "short"] as const;
export type OutputFormat = (typeof outputFormats)[number];

export function formatResults(run: readonly CategoryResult[], format: OutputFormat, paints: Paints): string {
	return format === "json" ? formatJson(run) : formatTable(run, format, paints);
}

/** Where the hints are. */
function hintOf({ id }: Check): string {
	return `docs/checks.md#${id}`;
}

/** `short` leaves out what is as it should be. */
function formatTable(run: readonly CategoryResult[], format: "table" | "short", paints: Paints): string {
	const sections = run.flatMap(({ name, results }) => {
		const shown = results.filter(({ outcome }) => format === "table" || isShort(outcome));
		if (shown.length === 0) {
			return [];
		}
		const title = [paints.strong(name), paints.faint("-".repeat(name.length))];
		return [[...title, ...shown.flatMap((result) => formatResult(result, paints)), ""].join("\n")];
	});
	return `${[...sections, formatSummary(run, paints)].join("\n")}\n`;
}

function isShort({ kind }: Outcome): boolean {
	return kind === "failed" || kind === "warning";
}

function formatResult({ check, outcome }: CheckResult, paints: Paints): string[] {
	const indent = (lines: readonly string[] = []) => lines.map((line) => `    ${harmless(line)}`);
	switch (outcome.kind) {
		case "ok": {
			const note = outcome.note === undefined ? "" : paints.faint(`: ${harmless(outcome.note)}`);
			return [`${paints.good("√")} ${check.description}${note}`, ...indent(outcome.details)];
		}
		case "skipped":
			return [paints.faint(`- ${check.description}: ${harmless(outcome.reason)}`)];
		default: {
			const mark = outcome.kind === "failed" ? paints.bad("×") : paints.doubtful("‼");
			const lines = [outcome.message, ...(outcome.details ?? []), `see ${hintOf(check)}`];
			return [`${mark} ${check.description}`, ...indent(lines)];
		}
	}
}

function formatSummary(run: readonly CategoryResult[], paints: Paints): string {
	const count = (kind: Outcome["kind"]) =>
		run.flatMap(({ results }) => results).filter(({ outcome }) => outcome.kind === kind).length;
	const parts = [
		`${count("ok")} passed`,
		`${count("warning")} to look at`,
		`${count("failed")} failed`,
		...(count("skipped") > 0 ? [`${count("skipped")} skipped`] : []),
	].join(", ");
	return isSuccess(run) ? `${paints.good("√")} ${parts}` : `${paints.bad("×")} ${parts}`;
}

function formatJson(run: readonly CategoryResult[]): string {
	const all = {
		success: isSuccess(run),
		categories: run.map(({ name, results }) => ({
			name,
			checks: results.map(({ check, outcome }) => ({
				id: check.id,
				description: check.description,
				result: outcome.kind,
				...(isShort(outcome) ? { hint: hintOf(check) } : {}),
				...factsOf(outcome),
			})),
		})),
	};
	return `${harmlessJson(all, 2)}\n`;
}

function factsOf(outcome: Outcome) {
	switch (outcome.kind) {
		case "ok":
			return { note: outcome.note, details: filled(outcome.details), data: outcome.data };
		case "skipped":
			return { message: outcome.reason };
		default:
			return { message: outcome.message, details: filled(outcome.details), data: outcome.data };
	}
}

/** JSON.stringify leaves out what is undefined. */
function filled(lines: readonly string[] | undefined): readonly string[] | undefined {
	return lines !== undefined && lines.length > 0 ? lines : undefined;
}
