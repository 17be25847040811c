import { harmless } from "../domain/harmless.ts";
import { shortened, shortList } from "../domain/shortened.ts";
import { describeTable } from "../rules/ruleset.ts";
import type { Examination, Held, Verdict } from "./examine.ts";
import type { Namespace } from "./namespaces.ts";
import { policyArgs } from "./recover-policy.ts";
import { type NamespaceReport, verdictOf } from "./report.ts";

export interface Style {
	readonly colors: boolean;
	/** Whether there is more than one namespace to tell apart. */
	readonly showsNamespaces: boolean;
}

/** For people: a table with a line for each of our tables, and below it whatever there is to say. */
export function formatTable(reports: readonly NamespaceReport[], style: Style): string {
	const head = [
		...(style.showsNamespaces ? ["NAMESPACE", "PROCESS"] : []),
		"MODE",
		"FAMILY",
		"RULES",
		"STATE",
	];
	const rows = reports.flatMap((report) =>
		rowsOf(report).map((row) => ({
			cells: [...(style.showsNamespaces ? namesOf(report.namespace) : []), ...row].map(harmless),
			verdict: verdictOf(report),
		})),
	);
	const widths = head.map((title, column) =>
		Math.max(title.length, ...rows.map(({ cells }) => (cells[column] ?? "").length)),
	);
	const line = (cells: readonly string[]) =>
		cells
			.map((cell, column) => cell.padEnd(column === cells.length - 1 ? 0 : (widths[column] ?? 0)))
			.join("  ");
	const table = [line(head), ...rows.map(({ cells, verdict }) => paint(line(cells), verdict, style))];
	const details = reports.flatMap((report) => detailsOf(report, style));
	const unsure = style.showsNamespaces ? reports.flatMap(notRuledOutIn) : [];
	return `${[...table, ...details, ...doubts([...new Set(unsure)])].join("\n")}\n`;
}

const colors: Record<Verdict, number> = { "in-sync": 32, drift: 31, unknown: 33, "no-rules": 39 };

function paint(text: string, verdict: Verdict, style: Style): string {
	return style.colors ? `\u001b[${colors[verdict]}m${text}\u001b[39m` : text;
}

/** How a namespace is called, and its oldest process; `-` where it has none. */
export function namesOf({ name, inode, process }: Namespace): [string, string] {
	const owner = process === undefined ? "-" : `${process.pid} ${process.command}`;
	const where = process?.pod === undefined ? (process?.container ?? "") : `pod ${process.pod}`;
	return [name ?? inode, where === "" ? owner : `${owner} (${where})`];
}

function rowsOf(report: NamespaceReport): string[][] {
	if ("failure" in report) {
		return [["-", "-", "-", report.failure.messages[0] ?? "failed"]];
	}
	const { examination } = report;
	const { held, drift, verdict } = examination;
	if (held.length === 0) {
		const state = verdict === "unknown" ? "not all could be read" : "no rules of ours";
		return [["-", "-", "0", drift.length > 0 ? `${state}, and there should be` : state]];
	}
	return held.map((one) => [one.dialect, one.scope, `${one.rules}`, stateOf(one, examination)]);
}

/** What is said of a whole dialect counts for each of its families. */
function stateOf({ dialect, scope }: Held, { drift }: Examination): string {
	const differences = drift.filter(
		(finding) => finding.dialect === dialect && (finding.scope === scope || finding.scope === "inet"),
	).length;
	if (differences === 0) {
		return "in sync";
	}
	return differences === 1 ? "1 difference" : `${differences} differences`;
}

function detailsOf(report: NamespaceReport, style: Style): string[] {
	if ("failure" in report) {
		return [];
	}
	const { namespace, examination } = report;
	const sections = [
		...basis(examination, style),
		...section(
			"Differences",
			examination.drift.map(({ dialect, scope, sentence }) => `${dialect} ${scope}: ${sentence}`),
		),
		...section("Rules of others that come before ours", examination.foreignFirst.map(describeForeign)),
		...(style.showsNamespaces ? [] : section("Other nat rules", examination.others.flatMap(describeOther))),
		...section(
			"Not read",
			examination.notRead.map(({ table, why, ...rest }) =>
				table === undefined
					? `rules of ${rest.dialect} for ${rest.scope}: ${why}`
					: `${describeTable({ ...rest, name: table })}: ${why}`,
			),
		),
		...section("Worth knowing", examination.remarks),
		...(style.showsNamespaces ? [] : doubts(examination.notRuledOut)),
	];
	const title =
		style.showsNamespaces && sections.length > 0
			? [
					"",
					`${namesOf(namespace)
						.filter((name) => name !== "-")
						.map(harmless)
						.join(", ")}:`,
				]
			: [];
	return [...title, ...sections];
}

function notRuledOutIn(report: NamespaceReport): readonly string[] {
	return "failure" in report ? [] : report.examination.notRuledOut;
}

/** In sync with themselves is all that some rules can be seen to be. */
function doubts(notRuledOut: readonly string[]): string[] {
	const title =
		"Not ruled out, since nothing tells how the rules were made (flags of the policy would, or --policy)";
	return section(title, notRuledOut);
}

const bases: Readonly<Record<NonNullable<Examination["comparedWith"]>, string>> = {
	flags: "the flags",
	stamp: "the pod's stamp",
	record: "what the table records of how they were made",
	rules: "what the rules themselves say",
};

function basis({ comparedWith, stamp, policy }: Examination, style: Style): string[] {
	if (comparedWith === undefined || policy === undefined || style.showsNamespaces) {
		return [];
	}
	const against = `${bases[comparedWith]}${stamp === undefined ? "" : ` (${stamp})`}`;
	const shown = policyArgs(policy, shortList);
	// No argument has a blank in it but where a list says how much more there is.
	const isShortened = shown.some((argument) => argument.includes(" "));
	return [
		"",
		`Compared with ${harmless(against)}. The rules that are there are those of${isShortened ? " (long lists shortened, whole in --output json)" : ""}:`,
		`  shunt init ${harmless(shown.join(" "))}`,
	];
}

function section(title: string, lines: readonly string[]): string[] {
	if (lines.length === 0) {
		return [];
	}
	const shown = lines.slice(0, mostLines).map((line) => `  ${harmless(shortened(line))}`);
	const more = lines.length - shown.length;
	return ["", `${title}:`, ...shown, ...(more > 0 ? [`  and ${more} more, which --output json lists`] : [])];
}

const mostLines = 50;

function describeForeign({
	comes,
	hook,
	position,
	chain,
	table,
	rule,
	...rest
}: Examination["foreignFirst"][number]): string {
	const place = `${hook}, rule ${position} of chain ${chain} in ${describeTable({ ...rest, name: table })}`;
	const order = comes === "perhaps" ? " (perhaps: both stand at one priority)" : "";
	return `${place}${order}: ${rule}`;
}

function describeOther({
	table,
	rules,
	programs,
	notUnderstood,
	...rest
}: Examination["others"][number]): string[] {
	const owners = programs.length === 0 ? "" : `, of ${programs.join(" and ")} by their names`;
	return [
		`${describeTable({ ...rest, name: table })}: ${rules} ${rules === 1 ? "rule" : "rules"}${owners}`,
		...notUnderstood.slice(0, mostShown).map((rule) => `  not understood: ${rule}`),
		...(notUnderstood.length > mostShown
			? [`  and ${notUnderstood.length - mostShown} more, which --output json lists`]
			: []),
	];
}

/** A node's own namespace has thousands of which a part is left to chance. */
const mostShown = 5;
