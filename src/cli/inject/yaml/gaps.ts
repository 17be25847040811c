import type { Step } from "../../../inject/align.ts";

/** What lies between two items that stay: what goes, and what comes in its place. Positions are -1 at the ends. */
export interface Gap {
	/** The item before and the one after, by their old positions. */
	readonly after: number;
	readonly before: number;
	/** Old positions. */
	readonly removed: readonly number[];
	/** New positions. */
	readonly added: readonly number[];
}

/** The gaps in which something changes. */
export function gapsOf(steps: readonly Step[]): Gap[] {
	const keeps = steps.flatMap((step, index) => (step.kind === "keep" ? [index] : []));
	return [-1, ...keeps].flatMap((start, index) => {
		const end = keeps[index] ?? steps.length;
		const between = steps.slice(start + 1, end);
		const removed = between.flatMap((step) => (step.kind === "remove" ? [step.from] : []));
		const added = between.flatMap((step) => (step.kind === "add" ? [step.to] : []));
		return between.length === 0
			? []
			: [{ after: fromOf(steps[start]), before: fromOf(steps[end]), removed, added }];
	});
}

function fromOf(step: Step | undefined): number {
	return step?.kind === "keep" ? step.from : -1;
}
