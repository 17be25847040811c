import { formatNumber, formatTable } from "../markdown.ts";
import { medianRatio, summarize } from "../statistics.ts";
import { type ContenderId, contenders } from "./contenders.ts";
import type { Measure, Sample } from "./measures.ts";
import { heldConnections, type Memory } from "./memory.ts";

/** One after the other, in the order of the rounds. */
export type Samples = ReadonlyMap<ContenderId, readonly Sample[]>;

export function reportMeasure(measure: Measure, samples: Samples): string {
	const { title, rateUnit, cpuUnit } = measure;
	const ratesOf = (id: ContenderId) => (samples.get(id) ?? []).map(({ rate }) => rate * measure.rateScale);
	const cpuOf = (id: ContenderId) => (samples.get(id) ?? []).map(({ cpu }) => cpu * measure.cpuScale);
	const rows = measure.contenders.map(({ id, title: name }) => {
		const { median, min, max } = summarize(ratesOf(id));
		const cost = summarize(cpuOf(id)).median;
		return [
			name,
			formatNumber(median),
			`${formatNumber(min)}–${formatNumber(max)}`,
			`${formatNumber(medianRatio(ratesOf(id), ratesOf("haproxy")))}×`,
			...(cost > 0
				? [formatNumber(cost), `${formatNumber(medianRatio(cpuOf(id), cpuOf("haproxy")))}×`]
				: ["", ""]),
		];
	});
	return `### ${title}\n\n${formatTable(["", rateUnit, "min–max", "of HAProxy", cpuUnit, "of HAProxy"], rows)}`;
}

export function reportMemory(memory: ReadonlyMap<ContenderId, readonly Memory[]>): string {
	const rows = contenders.flatMap(({ id, title }) => {
		const runs = memory.get(id);
		if (runs === undefined) {
			return [];
		}
		const idle = summarize(runs.map((run) => run.idle)).median;
		const holding = summarize(runs.map((run) => run.holding)).median;
		return [
			[
				title,
				formatNumber(idle),
				formatNumber(holding),
				formatNumber(((holding - idle) * 1000) / heldConnections),
			],
		];
	});
	return `### Memory\n\n${formatTable(["", "MB at rest", `MB with ${heldConnections} connections`, "kB for each"], rows)}`;
}
