import { harmless } from "../../domain/harmless.ts";
import { formatProblem, type Problem } from "../../domain/problem.ts";

/** What became of one object. */
export interface Entry {
	/** `deployment/web` */
	readonly label: string;
	readonly verdict: Verdict;
	/** Why, or what exactly. */
	readonly detail?: string;
	readonly warnings?: readonly string[];
	readonly problems?: readonly Problem[];
}

type Verdict =
	| "injected"
	| "upgraded"
	| "annotated"
	| "uninjected"
	| "skipped"
	| "unchanged"
	| "passed"
	| "refused";

/** How counts call it, and whether each object has its line. Objects that are none of our business only count. */
const verdicts: Readonly<Record<Verdict, { readonly counted: string; readonly silent?: true }>> = {
	injected: { counted: "injected" },
	upgraded: { counted: "injected again" },
	annotated: { counted: "annotated" },
	uninjected: { counted: "uninjected" },
	skipped: { counted: "skipped" },
	unchanged: { counted: "unchanged" },
	passed: { counted: "passed through", silent: true },
	refused: { counted: "refused" },
};

/** More lines than this say less than their sum does. */
export const manyObjects = 100;

interface ReportOptions {
	/** A line for every object, however many there are. */
	readonly verbose: boolean;
}

/** One line for each object, what to know of it below, and the counts last. Of many objects, those alike together. */
export function formatReport(entries: readonly Entry[], { verbose }: ReportOptions): string {
	const told = entries.filter(({ verdict }) => !verdicts[verdict].silent);
	const lines =
		verbose || told.length <= manyObjects ? told.flatMap(formatEntry) : formatGroups(groupsOf(told));
	const counts = (Object.keys(verdicts) as Verdict[]).flatMap((verdict) => {
		const count = entries.filter((entry) => entry.verdict === verdict).length;
		return count === 0 ? [] : [`${count} ${verdicts[verdict].counted}`];
	});
	return [...lines, ...(lines.length > 0 ? [""] : []), counts.join(", ") || "nothing found", ""].join("\n");
}

function formatEntry(entry: Entry): string[] {
	return [`${harmless(entry.label)} ${verdictOf(entry)}`, ...remarksOf(entry)];
}

function verdictOf({ verdict, detail }: Entry): string {
	return `${verdicts[verdict].counted}${detail === undefined ? "" : `: ${harmless(detail)}`}`;
}

function remarksOf({ warnings = [], problems = [] }: Entry): string[] {
	return [
		...problems.map((problem) => `  ${formatProblem(problem)}`),
		...warnings.map((warning) => `  warning: ${harmless(warning)}`),
	];
}

/** Objects of which the same is to be said. */
interface Group {
	readonly lines: readonly string[];
	readonly labels: readonly string[];
}

/** The largest first. */
function groupsOf(entries: readonly Entry[]): Group[] {
	const groups = new Map<string, { lines: string[]; labels: string[] }>();
	for (const entry of entries) {
		const lines = [verdictOf(entry), ...remarksOf(entry)];
		const key = lines.join("\n");
		const group = groups.get(key) ?? { lines, labels: [] };
		group.labels.push(entry.label);
		groups.set(key, group);
	}
	return [...groups.values()].toSorted((a, b) => b.labels.length - a.labels.length);
}

function formatGroups(groups: readonly Group[]): string[] {
	const others = groups.slice(manyGroups);
	const count = others.reduce((sum, { labels }) => sum + labels.length, 0);
	return [
		...groups
			.slice(0, manyGroups)
			.flatMap(({ lines: [verdict = "", ...remarks], labels }) => [
				`${labels.length} ${verdict}`,
				...remarks,
				`  ${formatLabels(labels)}`,
			]),
		...(count === 0 ? [] : [`${count} others, no two groups of them alike (--verbose has a line for each)`]),
	];
}

const manyGroups = 25;
const examples = 3;

function formatLabels(labels: readonly string[]): string {
	const others = labels.length - examples;
	const named = labels.slice(0, examples).map(harmless).join(", ");
	return others > 0 ? `${named} and ${others} more` : named;
}
