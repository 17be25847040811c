import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { makePods, type Pod } from "./cost-per-connection/pods.ts";
import { type Skips, skips } from "./cost-per-connection/skips.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import { type Panel, plot } from "./plot.ts";
import { medianRatio, summarize } from "./statistics.ts";

const dialects = ["legacy", "nft", "nftables"] as const;
const counts = [10, 100, 1_000, 10_000] as const;

/** Short, so that both sides of a ratio meet the same moment of the machine. */
const connectionsPerRun = 200;

const program = fileURLToPath(new URL("../dist/native/shunt", import.meta.url));
const picture = "docs/images/cost-per-connection.svg";

/** Of one dialect and number of skips, round by round. */
interface Cell {
	/** Connections per second without any nat table, by those with the rules. */
	readonly rate: number[];
	readonly bareRate: number[];
	/** Milliseconds of `shunt init`, the whole process. */
	readonly apply: number[];
}

type Cells = ReadonlyMap<string, Cell>;

/**
 * What a connection pays for rules that it passes by: none of the skips is meant for it, and it is not redirected
 * either, so that with and without rules it takes the same way.
 */
export async function benchCostPerConnection(rounds: number): Promise<string> {
	const cells = await measure(rounds);
	writeFileSync(fileURLToPath(new URL(`../${picture}`, import.meta.url)), draw(cells));
	return [
		"## Cost per connection",
		`Connections one after the other from a pod to a server outside, past so many skipped ports or subnets, none of which
is theirs, as a share of the rate without any rules; and the time that \`shunt init\` (native, the whole process) takes to
apply them. ${rounds} rounds in turn, ${connectionsPerRun} connections each, medians. A namespace without rules does not track connections
either, which is most of what the shortest lists cost.`,
		`![The same as curves](../${picture})`,
		...skips.map((kind) => [`### Skipped ${kind.what}`, table(kind, cells)].join("\n\n")),
	].join("\n\n");
}

/** Every dialect with every number of skips, in turn; each has a namespace of its own, beside one without rules. */
async function measure(rounds: number): Promise<Cells> {
	const cells = new Map<string, Cell>();
	const cases = skips.flatMap((kind) =>
		counts.flatMap((count) => dialects.map((dialect, index) => ({ kind, count, dialect, index }))),
	);
	const { pods, bare, close } = await makePods(dialects.length);
	try {
		for (let round = 0; round <= rounds; round++) {
			process.stderr.write(
				`cost per connection: ${round === 0 ? "warming up" : `round ${round} of ${rounds}`}\n`,
			);
			for (const { kind, count, dialect, index } of cases) {
				const flags = [...kind.flags(count), "--iptables-mode", dialect];
				const sample = await measureOne(bare, pods[index] ?? bare, flags);
				add(cells, keyOf(kind, count, dialect), round > 0 ? sample : undefined);
			}
		}
	} finally {
		close();
	}
	return cells;
}

async function measureOne(bare: Pod, pod: Pod, flags: readonly string[]) {
	const apply = applyRules(pod, flags);
	// What the kernel still does behind a transaction's back is not a connection's cost.
	await pod.connect(connectionsPerRun);
	const rate = rateOf(await pod.connect(connectionsPerRun));
	const bareRate = rateOf(await bare.connect(connectionsPerRun));
	run(["clean", "--netns", pod.netns.path]);
	return { apply, rate, bareRate };
}

function add(
	cells: Map<string, Cell>,
	key: string,
	sample: Awaited<ReturnType<typeof measureOne>> | undefined,
): void {
	const cell = cells.get(key) ?? { rate: [], bareRate: [], apply: [] };
	cells.set(key, cell);
	if (sample !== undefined) {
		cell.rate.push(sample.rate);
		cell.bareRate.push(sample.bareRate);
		cell.apply.push(sample.apply);
	}
}

/** Only a port that nobody uses is redirected. */
function applyRules(pod: Pod, flags: readonly string[]): number {
	const ports = ["-p", "4143", "-o", "4140", "--outbound-ports-to-redirect", "9", "--proxy-uid", "2102"];
	const began = performance.now();
	run(["init", ...ports, ...flags, "--log-level", "error", "--netns", pod.netns.path]);
	return performance.now() - began;
}

function run(args: readonly string[]): void {
	const { status, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 120_000 });
	if (status !== 0) {
		throw new Error(`shunt ${args[0]} failed: ${stderr.slice(0, 1_000)}`);
	}
}

function rateOf(milliseconds: number): number {
	return (connectionsPerRun / milliseconds) * 1_000;
}

function keyOf({ what }: Skips, count: number, dialect: string): string {
	return `${what} ${count} ${dialect}`;
}

function shareOf(cell: Cell | undefined): number {
	return cell === undefined ? Number.NaN : medianRatio(cell.rate, cell.bareRate);
}

function applyOf(cell: Cell | undefined): number {
	return summarize(cell?.apply ?? []).median;
}

function table(kind: Skips, cells: Cells): string {
	const rows = counts.map((count) => [
		count.toLocaleString("en"),
		...dialects.map((dialect) => `${formatNumber(100 * shareOf(cells.get(keyOf(kind, count, dialect))))} %`),
		...dialects.map((dialect) => `${formatNumber(applyOf(cells.get(keyOf(kind, count, dialect))))} ms`),
	]);
	return formatTable(
		[
			"skips",
			...dialects.map((dialect) => `rate, ${dialect}`),
			...dialects.map((dialect) => `apply, ${dialect}`),
		],
		rows,
	);
}

function draw(cells: Cells): string {
	const panels = (title: string, unit: string, of: (cell: Cell | undefined) => number): Panel[] =>
		skips.map((kind) => ({
			title: `${title}, by skipped ${kind.what}`,
			unit,
			curves: dialects.map((dialect) => ({
				name: dialect,
				points: counts.map((count) => ({ x: count, y: of(cells.get(keyOf(kind, count, dialect))) })),
			})),
		}));
	return plot([
		...panels("Connection rate", "% of that without rules", (cell) => 100 * shareOf(cell)).map((panel) => ({
			...panel,
			scale: { kind: "linear", from: 0, to: 110 } as const,
		})),
		...panels("Time to apply", "ms", applyOf).map((panel) => ({
			...panel,
			scale: { kind: "decades" } as const,
		})),
	]);
}
