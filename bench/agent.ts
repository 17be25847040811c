import type { Mode } from "../src/domain/mode.ts";
import { BenchNode, flushedCount, type LoopHolds, podCount } from "./agent-node.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import { percentile, summarize } from "./statistics.ts";

const modes = ["nft", "nftables", "legacy"] as const satisfies readonly Mode[];
const newPods = 100;
const podsAtOnce = 50;
const mendingRounds = 3;

const everything = ["--watch-pods", "--repair", "--report-dialects"];

/** An agent on a node with as many meshed pods as a kubelet allows at most. */
export async function benchAgent(): Promise<string> {
	const idle: string[][] = [];
	const files: string[][] = [];
	const mending: string[][] = [];
	const held: string[][] = [];
	for (const mode of modes) {
		const node = await BenchNode.make(mode);
		try {
			mending.push([mode, ...(await measureMending(node, held))]);
			files.push(...(await measureFiles(node)));
			idle.push(...(await measureIdle(node)));
		} finally {
			await node.remove();
		}
	}
	return [
		"## The node's agent",
		`A node with ${podCount} meshed pods, each with a network namespace and rules of its own, and a pretended API server. Idle is half a
minute in which nothing happens; processor time is the agent's own, of one core.`,
		formatTable(["", "resident MB", "% of a core", "requests meanwhile"], idle),
		"### A new pod's file",
		"From a new pod's event to its file, in milliseconds, while the agent repairs too:",
		formatTable(["", "pods", "median", "99 %", "worst"], files),
		"### Flushed rules",
		`From the last of ${flushedCount} flushes, one right after the other, until all of those pods have their rules again, in seconds, of ${mendingRounds} rounds; looks
are a second apart. Before that an agent met all ${podCount} pods without rules and made them:`,
		formatTable(["", "median", "best", "worst", `all ${podCount}`], mending),
		"### The event loop",
		`How long the agent's event loop was held up at most, in milliseconds, and how long of that the agent itself was working in one go; the rest it
waited for a processor or the kernel.`,
		formatTable(["", "held", "working"], held),
	].join("\n\n");
}

async function measureMending(node: BenchNode, held: string[][]): Promise<string[]> {
	const { mode } = node;
	say(mode, `making the rules of ${podCount} pods`);
	const { agent, holds } = await node.startHeld(["--watch-pods", "--repair"]);
	const tell = (what: string, { heldMs, ranMs }: LoopHolds) =>
		held.push([`${mode}: ${what}`, formatNumber(heldMs), formatNumber(ranMs)]);
	const started = performance.now();
	await node.untilIntact(agent);
	const first = (performance.now() - started) / 1000;
	tell(`start, and rules of ${podCount} pods`, await holds());
	const seconds: number[] = [];
	for (let round = 0; round < mendingRounds; round++) {
		say(mode, `mending, round ${round + 1}`);
		seconds.push(await node.timeMending(agent));
	}
	tell(`mending ${flushedCount} pods`, await holds());
	await node.timeFiles(podsAtOnce, "at-once");
	tell(`${podsAtOnce} new pods`, await holds());
	await agent.stop();
	const { median, min, max } = summarize(seconds);
	return [median, min, max, first].map(formatNumber);
}

async function measureFiles(node: BenchNode): Promise<string[][]> {
	const { mode } = node;
	const agent = await node.start(["--watch-pods", "--repair"]);
	await node.untilIntact(agent);
	say(mode, "new pods");
	const row = (when: string, times: readonly number[]) => [
		`${mode}, ${when}`,
		`${times.length}`,
		...[summarize(times).median, percentile(times, 99), summarize(times).max].map(formatNumber),
	];
	const oneByOne = await node.timeFiles(newPods, "one-by-one");
	const atOnce = await node.timeFiles(podsAtOnce, "at-once");
	await agent.stop();
	return [row("one by one", oneByOne), row("all at once", atOnce)];
}

async function measureIdle(node: BenchNode): Promise<string[][]> {
	const { mode } = node;
	const variants = [
		...(mode === modes[0]
			? [
					{ title: "installs", flags: [] },
					{ title: "and `--watch-pods`", flags: ["--watch-pods"] },
				]
			: []),
		{ title: `and \`--repair\`, \`--report-dialects\`, ${mode}`, flags: everything },
	];
	const rows: string[][] = [];
	for (const { title, flags } of variants) {
		say(mode, title);
		const agent = await node.start(flags);
		const [megabytes, share, requests] = await node.idle(agent);
		rows.push([title, formatNumber(megabytes), formatNumber(share), `${requests}`]);
		await agent.stop();
	}
	return rows;
}

function say(mode: Mode, what: string): void {
	process.stderr.write(`agent: ${mode}: ${what}\n`);
}
