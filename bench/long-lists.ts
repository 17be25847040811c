import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { withNetns } from "../test/support/netns.ts";
import { nativeProgram, single } from "./contenders.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import type { Meter, Steps } from "./meter.ts";
import { medianRatio, summarize } from "./statistics.ts";

const count = 20_000;
const programs = { Node: "bin/shunt", native: "dist/native/shunt" } as const;
const modes = ["legacy", "nft", "nftables"] as const;

/** No argument may be longer than 131,072 bytes (MAX_ARG_STRLEN in linux/binfmts.h), so long lists come in parts. */
const lists: Readonly<Record<string, readonly string[]>> = {
	"ports of one range": inParts("inbound-ports-to-ignore", count, (index) => `${20_000 + index}`),
	"scattered ports": scatteredPorts(count),
	subnets: subnets(count),
};

/** Another build of the native program to be held against this one, by path, as in transport.ts. */
const baseline = process.env["SHUNT_BASELINE"];

/** What the two builds are held against each other with. */
const shared: Readonly<Record<string, readonly string[]>> = {
	"1,000 ports": scatteredPorts(1_000),
	"10,000 ports": scatteredPorts(10_000),
	"10,000 subnets": subnets(10_000),
};

const steps = ["first init", "second init", "status", "status with the flags"] as const;

/** What it costs to find that nothing has to be done, over lists of 20,000. */
export async function benchLongLists(meter: Meter, rounds: number): Promise<string> {
	const rows: string[][] = [];
	for (const [title, list] of Object.entries(lists)) {
		for (const mode of modes) {
			for (const [name, program] of Object.entries(programs)) {
				process.stderr.write(`${count} ${title}, ${mode}, ${name}\n`);
				rows.push([`${title}, ${mode}, ${name}`, ...(await measure(program, mode, { list, rounds }))]);
			}
		}
	}
	const headings = ["", "first init: ms", ...steps.slice(1).map((step) => `${step}: times the first`)];
	return [
		"## Long lists",
		`${count.toLocaleString("en")} ports or subnets, both families, in a fresh network namespace for each round: an \`init\`, the same again,
and a \`status\` without and with the flags. Wall time; ratios are medians over the rounds.`,
		formatTable(headings, rows),
		...(baseline !== undefined && existsSync(baseline) ? [await besides(meter, baseline, rounds)] : []),
	].join("\n\n");
}

/** The native program beside that build: the CPU time of a first run, and of one that finds all in place. */
async function besides(meter: Meter, before: string, rounds: number): Promise<string> {
	const rows: string[][] = [];
	for (const [title, list] of Object.entries(shared)) {
		for (const mode of modes) {
			process.stderr.write(`${title}, ${mode}, beside another build\n`);
			const flags = ["-p", "4143", "-o", "4140", "-u", "2102", ...list, "--iptables-mode", mode];
			const [ours, theirs] = [nativeProgram, before].map((program) => single(program, "init", ...flags));
			rows.push([`${title}, ${mode}`, ...(await inTurn(meter, ours ?? [], theirs ?? [], rounds))]);
		}
	}
	return [
		`CPU time of the native program, and how many times that is of what the build of 0d974f4 took, which ran the tools; medians
of ${rounds} rounds.`,
		formatTable(["", "first init: ms", "of before", "second init: ms", "of before"], rows),
	].join("\n\n");
}

/** Of a first run and of a second one: our median, and its ratio to theirs. */
async function inTurn(meter: Meter, ours: Steps, theirs: Steps, rounds: number): Promise<string[]> {
	const cells: string[] = [];
	for (const isFirst of [true, false]) {
		const mine: number[] = [];
		const others: number[] = [];
		for (let round = 0; round < rounds; round++) {
			mine.push((await meter.measure(ours, isFirst ? [] : ours)).cpu);
			others.push((await meter.measure(theirs, isFirst ? [] : theirs)).cpu);
		}
		cells.push(formatNumber(summarize(mine).median), `${formatNumber(medianRatio(mine, others))}×`);
	}
	return cells;
}

async function measure(
	program: string,
	mode: string,
	{ list, rounds }: { readonly list: readonly string[]; readonly rounds: number },
): Promise<string[]> {
	const times: number[][] = steps.map(() => []);
	const policy = ["-p", "4143", "-o", "4140", "-u", "2102", ...list];
	const init = ["init", ...policy, "--iptables-mode", mode, "--log-level", "warn"];
	for (let round = 0; round < rounds; round++) {
		await withNetns("lists", ({ path }) => {
			for (const [index, args] of [init, init, ["status"], ["status", ...policy]].entries()) {
				times[index]?.push(timed(program, [...args, "--netns", path]));
			}
		});
	}
	const [first = [], ...others] = times;
	return [
		formatNumber(summarize(first).median),
		...others.map((other) => formatNumber(medianRatio(other, first))),
	];
}

function timed(program: string, args: readonly string[]): number {
	const started = performance.now();
	const { status, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 30 });
	if (status !== 0) {
		throw new Error(`${program} ${args[0]}: exit status ${status}: ${stderr}`);
	}
	return performance.now() - started;
}

function scatteredPorts(length: number): string[] {
	return inParts("inbound-ports-to-ignore", length, (index) => `${1 + 2 * index}`);
}

function subnets(length: number): string[] {
	return inParts("outbound-subnets-to-ignore", length, (index) => `10.${index >> 8}.${index & 255}.0/25`);
}

function inParts(flag: string, length: number, item: (index: number) => string): string[] {
	const items = Array.from({ length }, (_, index) => item(index));
	const parts = Array.from({ length: 4 }, (_, part) =>
		items.slice((part * length) / 4, ((part + 1) * length) / 4),
	);
	return parts.flatMap((part) => [`--${flag}`, part.join(",")]);
}
