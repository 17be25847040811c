import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeProgram } from "./contenders.ts";
import { findHelm } from "./find-helm.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import type { Meter, Sample } from "./meter.ts";
import { findProgram } from "./programs.ts";
import { summarize } from "./statistics.ts";

const chart = fileURLToPath(new URL("../charts/shunt", import.meta.url));
const memoryRuns = 5;

type Argv = readonly [string, ...string[]];

interface Renderer {
	readonly title: string;
	readonly argv: Argv;
}

/** What users wait for between typing a command and kubectl's first line, beside Helm on the same chart. */
export async function benchRendering(meter: Meter, rounds: number): Promise<string> {
	const renderers = contenders();
	const samples = await measure(renderers, meter, rounds);
	const rows = renderers.map(({ title, argv }, index) => {
		const taken = samples[index] ?? [];
		const { median, min, max } = summarize(taken.map(({ wall }) => wall));
		return [
			title,
			formatNumber(median),
			`${formatNumber(min)}–${formatNumber(max)}`,
			formatNumber(summarize(taken.map(({ cpu }) => cpu)).median),
			formatNumber(peakOf(argv)),
		];
	});
	return [
		"## Rendering the chart",
		`The whole process, the chart's default values or those for high availability, no cluster, ${rounds} runs in turn.
Wall and CPU time in milliseconds; memory is the largest resident set, in MB, median of ${memoryRuns} runs.`,
		formatTable(["", "wall", "min–max", "CPU", "memory"], rows),
	].join("\n\n");
}

/** Without Helm the others stand alone. */
function contenders(): Renderer[] {
	const ha = `${chart}/values-ha.yaml`;
	const helm = findHelm();
	const template =
		helm === undefined ? undefined : ([helm, "template", "shunt", chart, "-n", "shunt"] as const);
	return [
		{ title: "empty Node program", argv: [findProgram("node"), "--eval", "0"] },
		{ title: "`shunt install`", argv: [nodeProgram, "install", "--ignore-cluster"] },
		...(template === undefined ? [] : [{ title: "`helm template`", argv: template }]),
		{ title: "`shunt install --ha`", argv: [nodeProgram, "install", "--ignore-cluster", "--ha"] },
		...(template === undefined
			? []
			: [{ title: "`helm template -f values-ha.yaml`", argv: [...template, "-f", ha] as const }]),
	];
}

/** Everybody in turn; the first round only warms up the caches. */
async function measure(
	renderers: readonly Renderer[],
	meter: Meter,
	rounds: number,
): Promise<readonly (readonly Sample[])[]> {
	if (!existsSync(nodeProgram)) {
		throw new Error(`${nodeProgram} is not built`);
	}
	const samples: Sample[][] = renderers.map(() => []);
	for (let round = 0; round <= rounds; round++) {
		process.stderr.write(`rendering: ${round === 0 ? "warming up" : `round ${round} of ${rounds}`}\n`);
		for (const [index, { argv }] of renderers.entries()) {
			const sample = await meter.measure([[{ argv }]]);
			if (round > 0) {
				samples[index]?.push(sample);
			}
		}
	}
	return samples;
}

/** In megabytes of a million bytes, as GNU time has it. */
function peakOf(argv: Argv): number {
	const peaks = Array.from({ length: memoryRuns }, () => {
		const { stderr, status } = spawnSync(findProgram("time"), ["-f", "peak %M", ...argv], {
			encoding: "utf8",
			timeout: 60_000,
		});
		const [, kilobytes] = /^peak (\d+)$/m.exec(stderr) ?? [];
		if (status !== 0 || kilobytes === undefined) {
			throw new Error(`memory could not be measured: ${stderr}`);
		}
		return (Number(kilobytes) * 1024) / 1e6;
	});
	return summarize(peaks).median;
}
