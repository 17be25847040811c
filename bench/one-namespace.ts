import { type Contender, type ContenderId, contendersFor, dialects } from "./contenders.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import type { Meter } from "./meter.ts";
import { type Results, runRounds } from "./rounds.ts";
import { medianRatio, summarize } from "./statistics.ts";

/** The whole process in a fresh namespace, both families, every contender, in every dialect. */
export async function benchOneNamespace(meter: Meter, folder: string, rounds: number): Promise<string> {
	const parts: string[] = [];
	for (const dialect of dialects) {
		const contenders = contendersFor(dialect, folder);
		const measure = meter.measure.bind(meter);
		const results = await runRounds(contenders, { title: `one namespace, ${dialect}`, rounds, measure });
		parts.push(`### ${dialect}`, formatResults(contenders, results));
	}
	return [
		"## One namespace",
		`Whole process, IPv4 and IPv6, the flags that Linkerd's injector passes by default, a fresh network namespace each
time, ${rounds} runs in turn. Milliseconds. CPU time is that of all processes together. "Beyond empty" is the median
without that of an empty program, which is what starting and waiting for any process costs. "Of the bare" is wall time as
a multiple of what the same restores take side by side with nobody in charge, or the same transaction. The last three
columns say how many times as much the reference program takes, the very last of CPU time beyond an empty program's.
Ratios are medians over the rounds, and but for that one unadjusted.`,
		...parts,
	].join("\n\n");
}

export function formatResults(contenders: readonly Contender[], results: Results): string {
	const wallOf = (id: ContenderId) => results.get(id)?.map((sample) => sample.wall) ?? [];
	const cpuOf = (id: ContenderId) => results.get(id)?.map((sample) => sample.cpu) ?? [];
	const empty = summarize(wallOf("harness")).median;
	const bare = wallOf("together");
	const emptyCpu = summarize(cpuOf("harness")).median;
	const beyondEmpty = (id: ContenderId) => cpuOf(id).map((cpu) => cpu - emptyCpu);
	const rows = contenders.map(({ id, title }) => {
		const { median, min, max } = summarize(wallOf(id));
		return [
			title,
			formatNumber(median),
			`${formatNumber(min)}–${formatNumber(max)}`,
			id === "harness" ? "" : formatNumber(median - empty),
			formatRatio(medianRatio(wallOf(id), bare)),
			formatNumber(summarize(cpuOf(id)).median),
			formatRatio(medianRatio(wallOf("reference"), wallOf(id))),
			formatRatio(medianRatio(cpuOf("reference"), cpuOf(id))),
			id === "harness" ? "" : formatRatio(medianRatio(beyondEmpty("reference"), beyondEmpty(id))),
		];
	});
	return formatTable(headings, rows);
}

const headings = [
	...["", "wall", "min–max", "beyond empty", "of the bare", "CPU"],
	...["reference: wall", "reference: CPU", "reference: CPU beyond empty"],
];

/** Without the reference program there is none. */
function formatRatio(ratio: number): string {
	return Number.isNaN(ratio) ? "–" : `${formatNumber(ratio)}×`;
}
