import { existsSync, statSync } from "node:fs";
import {
	bareTools,
	type Dialect,
	dialects,
	nativeProgram,
	nodeProgram,
	policyArgs,
	referenceProgram,
	single,
} from "./contenders.ts";
import { writeEmptyProgram } from "./empty-program.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import { peakOf } from "./memory.ts";
import type { Meter, Sample, Steps } from "./meter.ts";
import { summarize } from "./statistics.ts";
import { readInputs } from "./tool-inputs.ts";

/** Another build of the native program to be held against this one, by path. */
const baseline = process.env["SHUNT_BASELINE"];

/** 100m, as init containers often have: 10 ms of CPU time in every 100 ms. */
const quota = 10_000;
const runsUnderQuota = 100;

interface Runner {
	readonly title: string;
	readonly steps: Steps;
	/** Nothing but what every process costs, or a tool that a second run of would not be the same. */
	readonly hasSecond: boolean;
}

/** Who speaks to the kernel: we, the tools for us, the tools alone; a first run, and one that finds all in place. */
export async function benchTransport(meter: Meter, folder: string, rounds: number): Promise<string> {
	const empty = `${folder}/empty`;
	writeEmptyProgram(empty);
	const parts: string[] = [];
	for (const dialect of dialects) {
		const runners = runnersFor(dialect, empty, folder);
		const samples = await inTurn(meter, runners, { title: `transport, ${dialect}`, rounds });
		parts.push(`### ${dialect}`, formatTable(headings, rowsOf(runners, samples)));
	}
	return [
		"## Who speaks to the kernel",
		`The native program, both families, the flags that Linkerd's injector passes by default, in a fresh network namespace; and
once more over the rules that are there then. ${rounds} rounds in turn. Milliseconds beyond those of a static program that
does nothing but exit; the ratios are of such medians too.${baseline === undefined ? "" : ' "Before" is the build of 0d974f4, which ran the tools.'}`,
		...parts,
		`The file has ${formatNumber(statSync(nativeProgram).size / 1e6)} MB. The most memory that a run held at a time:
${peaks()}.`,
		await throttling(meter),
	].join("\n\n");
}

function runnersFor(dialect: Dialect, empty: string, folder: string): Runner[] {
	const args = ["--iptables-mode", dialect, ...policyArgs];
	const bare = bareTools(readInputs(nodeProgram, args), folder).slice(0, 1);
	const init = (program: string, ...more: string[]) => single(program, "init", ...args, ...more);
	return [
		{ title: "an empty program", steps: single(empty), hasSecond: false },
		{ title: "`shunt init`", steps: init(nativeProgram), hasSecond: true },
		{
			title: "`shunt init --transport tools`",
			steps: init(nativeProgram, "--transport", "tools"),
			hasSecond: true,
		},
		...(baseline !== undefined && existsSync(baseline)
			? [{ title: "before", steps: init(baseline), hasSecond: true }]
			: []),
		...[...bare, ...referenceProgram(dialect)].map(({ title, steps }) => ({
			title,
			steps,
			hasSecond: false,
		})),
	];
}

type Series = "first" | "second";
type Samples = ReadonlyMap<string, readonly Sample[]>;

/** Everybody in turn; each runs twice and the second time counts, as in rounds.ts. */
async function inTurn(
	meter: Meter,
	runners: readonly Runner[],
	{ title, rounds }: { readonly title: string; readonly rounds: number },
): Promise<Samples> {
	const samples = new Map<string, Sample[]>();
	for (let round = 1; round <= rounds; round++) {
		process.stderr.write(`${title}: round ${round} of ${rounds}\n`);
		for (const { title: runner, steps, hasSecond } of runners) {
			await meter.measure(steps);
			keep(samples, keyOf("first", runner), await meter.measure(steps));
			if (hasSecond) {
				keep(samples, keyOf("second", runner), await meter.measure(steps, steps));
			}
		}
	}
	return samples;
}

function keep(samples: Map<string, Sample[]>, key: string, sample: Sample): void {
	samples.set(key, [...(samples.get(key) ?? []), sample]);
}

function keyOf(series: Series, title: string): string {
	return `${series} ${title}`;
}

const headings = [
	"",
	"wall",
	"CPU",
	"`shunt init`: wall",
	"CPU",
	"second run: wall",
	"CPU",
	"`shunt init`: wall",
	"CPU",
];

function rowsOf(runners: readonly Runner[], samples: Samples): string[][] {
	const beyond = (series: Series, title: string, what: "wall" | "cpu") => {
		const median = (key: string) => summarize((samples.get(key) ?? []).map((sample) => sample[what])).median;
		return median(keyOf(series, title)) - median(keyOf("first", "an empty program"));
	};
	const cells = (series: Series, title: string) => {
		const numbers = (["wall", "cpu"] as const).map((what) => beyond(series, title, what));
		const ratios = (["wall", "cpu"] as const).map(
			(what) => beyond(series, "`shunt init`", what) / beyond(series, title, what),
		);
		return [...numbers.map(formatNumber), ...ratios.map((ratio) => `${formatNumber(ratio)}×`)];
	};
	return runners
		.slice(1)
		.map(({ title, hasSecond }) => [
			title,
			...cells("first", title),
			...(hasSecond ? cells("second", title) : ["", "", "", ""]),
		]);
}

function peaks(): string {
	return dialects
		.map((dialect) => {
			const [commands = []] = single(nativeProgram, "init", "--iptables-mode", dialect, ...policyArgs);
			const runs = Array.from({ length: 5 }, () => peakOf(commands));
			return `${formatNumber(summarize(runs).median)} MB (${dialect})`;
		})
		.join(", ");
}

async function throttling(meter: Meter): Promise<string> {
	try {
		const counts: string[] = [];
		for (const dialect of dialects) {
			counts.push(`${await throttledRuns(meter, dialect)} (${dialect})`);
		}
		return `Of ${runsUnderQuota} runs under a limit of 100m (10 ms in every 100 ms), so many had to wait for the next period: ${counts.join(", ")}.`;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return `Under a CPU limit: not measured, control groups cannot be made here (${reason}).`;
	}
}

async function throttledRuns(meter: Meter, dialect: Dialect): Promise<number> {
	const steps = single(nativeProgram, "init", "--iptables-mode", dialect, ...policyArgs);
	let count = 0;
	for (let run = 0; run < runsUnderQuota; run++) {
		const { throttled = 0 } = await meter.measureUnderQuota(steps, quota);
		count += throttled > 0 ? 1 : 0;
	}
	return count;
}
