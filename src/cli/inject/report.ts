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

export type Verdict =
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

/** One line for each object, what to know of it below, and the counts last. */
export function formatReport(entries: readonly Entry[]): string {
	const lines = entries.filter(({ verdict }) => !verdicts[verdict].silent).flatMap(formatEntry);
	const counts = (Object.keys(verdicts) as Verdict[]).flatMap((verdict) => {
		const count = entries.filter((entry) => entry.verdict === verdict).length;
		return count === 0 ? [] : [`${count} ${verdicts[verdict].counted}`];
	});
	return [...lines, ...(lines.length > 0 ? [""] : []), counts.join(", ") || "nothing found", ""].join("\n");
}

function formatEntry({ label, verdict, detail, warnings = [], problems = [] }: Entry): string[] {
	return [
		harmless(`${label} ${verdicts[verdict].counted}${detail === undefined ? "" : `: ${detail}`}`),
		...problems.map((problem) => `  ${formatProblem(problem)}`),
		...warnings.map((warning) => `  warning: ${harmless(warning)}`),
	];
}
