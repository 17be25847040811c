import { type Contender, contendersFor, dialects } from "./contenders.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import type { Meter, Sample } from "./meter.ts";

const count = 250;
const widths = [1, 8];

/** A node that starts many pods: one after the other, and several at a time. */
export async function benchManyNamespaces(meter: Meter, folder: string): Promise<string> {
	const rows: string[][] = [];
	for (const dialect of dialects) {
		for (const contender of contendersFor(dialect, folder).filter(isWholeProgram)) {
			rows.push([`${dialect}: ${contender.title}`, ...(await measure(meter, contender))]);
		}
	}
	const headings = widths.flatMap((width) => [
		`${width} at a time: seconds`,
		"CPU seconds",
		"pods per second",
	]);
	return [
		"## Many namespaces",
		`${count} fresh network namespaces, both families. The time for making a namespace is in every row; the empty program
has little else.`,
		formatTable(["", ...headings], rows),
	].join("\n\n");
}

function isWholeProgram({ id }: Contender): boolean {
	return id === "harness" || id === "native" || id === "node" || id === "reference";
}

async function measure(meter: Meter, { title, steps }: Contender): Promise<string[]> {
	const [command] = steps.flat();
	if (command === undefined) {
		return [];
	}
	const cells: string[] = [];
	for (const parallel of widths) {
		process.stderr.write(`${count} namespaces, ${parallel} at a time: ${title}\n`);
		cells.push(...formatSample(await meter.measureMany({ command, count, parallel })));
	}
	return cells;
}

function formatSample({ wall, cpu }: Sample): string[] {
	return [wall / 1000, cpu / 1000, (count * 1000) / wall].map(formatNumber);
}
