import { loadavg } from "node:os";
import { formatNumber, formatTable } from "../markdown.ts";
import { medianRatio, summarize } from "../statistics.ts";
import { type Load, type Measured, measure, type Target } from "./load.ts";
import { processFacts } from "./process-facts.ts";
import type { Servers } from "./servers.ts";

interface Pair {
	readonly injector: Measured[];
	readonly echo: Measured[];
}

const connections = 16;

/** As much as goes, in turns with the echo server. */
export async function throughput({ injector, echo }: Servers, body: string, rounds: number): Promise<string> {
	const pair = await inTurn(rounds, injector, echo, (target) =>
		measure(target, body, { connections, seconds: 4 }),
	);
	const row = (name: string, measured: readonly Measured[]) => [
		name,
		median(measured, "perSecond"),
		median(measured, "cpuMicroseconds"),
		formatNumber(1e6 / summarize(measured.map(({ cpuMicroseconds }) => cpuMicroseconds)).median),
	];
	const ratio = medianRatio(
		pair.injector.map(({ cpuMicroseconds }) => cpuMicroseconds),
		pair.echo.map(({ cpuMicroseconds }) => cpuMicroseconds),
	);
	return [
		"### As many reviews as go",
		`Medians of ${rounds} rounds of 4 s, ${connections} connections.`,
		formatTable(
			["server", "reviews/s", "µs of processor each", "reviews per processor second"],
			[row("injector", pair.injector), row("echo", pair.echo)],
		),
		`An injector's review costs ${formatNumber(ratio)} times an echo (median of the rounds' ratios of processor time). ${loadOfTheMachine()}`,
	].join("\n\n");
}

/** The rate of a busy cluster. */
const usual: Load = { connections, seconds: 10, perSecond: 300 };

/** Right after the start, while code is still being compiled. */
export function coldStart({ injector }: Servers, body: string): Promise<Measured> {
	return measure(injector, body, usual);
}

export async function latency(
	{ injector, echo }: Servers,
	body: string,
	{ rounds, cold }: { readonly rounds: number; readonly cold: Measured },
): Promise<string> {
	const pair = await inTurn(rounds, injector, echo, (target) => measure(target, body, usual));
	const row = (name: string, measured: readonly Measured[]) => [
		name,
		...(["perSecond", "p50", "p99"] as const).map((key) => median(measured, key)),
		formatNumber(summarize(measured.map(({ p99 }) => p99)).max),
		formatNumber(summarize(measured.map(({ worst }) => worst)).max),
	];
	return [
		"### 300 reviews per second",
		`Medians of ${rounds} rounds of 10 s, ${connections} connections; milliseconds. ${loadOfTheMachine()}`,
		formatTable(
			["server", "reviews/s", "p50", "p99", "worst p99", "worst of all"],
			[
				row("injector", pair.injector),
				row("injector, just started (one round)", [cold]),
				row("echo", pair.echo),
			],
		),
	].join("\n\n");
}

/** 100,000 reviews, with files that change meanwhile. */
export async function memory({ injector }: Servers, body: string): Promise<string> {
	const rows: string[][] = [];
	let [failed, swaps] = [0, 0];
	const certificates = await Promise.all(Array.from({ length: 20 }, () => injector.authority.issue()));
	const swap = setInterval(() => {
		const { cert, key } = certificates[swaps % certificates.length] ?? { cert: "", key: "" };
		const values = JSON.stringify({ proxy: { uid: 3000 + swaps } });
		injector.mount.swap({ "values.yaml": values, "tls.crt": cert, "tls.key": key });
		swaps += 1;
	}, 1000);
	let [done, next] = [0, 10_000];
	while (done < 100_000) {
		// New connections each time, so that new certificates are served.
		const measured = await measure(injector, body, { connections, seconds: 2 });
		done += measured.requests;
		failed += measured.failed;
		if (done >= next) {
			const { residentMegabytes } = processFacts(injector.pid);
			rows.push([`${done}`, formatNumber(residentMegabytes), formatNumber(measured.perSecond)]);
			next += 10_000;
		}
	}
	clearInterval(swap);
	return [
		"### Memory over 100,000 reviews, files swapped every second",
		formatTable(["after reviews", "resident MB", "reviews/s"], rows),
		`Certificate and configuration were swapped ${swaps} times meanwhile, as a kubelet does it; failed requests: ${failed}. ${loadOfTheMachine()}`,
	].join("\n\n");
}

async function inTurn(
	rounds: number,
	injector: Target,
	echo: Target,
	run: (target: Target) => Promise<Measured>,
): Promise<Pair> {
	const pair: Pair = { injector: [], echo: [] };
	// The first round is for the compilers.
	for (let round = 0; round <= rounds; round++) {
		const measured = { injector: await run(injector), echo: await run(echo) };
		if (round > 0) {
			pair.injector.push(measured.injector);
			pair.echo.push(measured.echo);
		}
	}
	return pair;
}

function median(measured: readonly Measured[], key: "perSecond" | "cpuMicroseconds" | "p50" | "p99"): string {
	return formatNumber(summarize(measured.map((one) => one[key])).median);
}

/** On two cores, more than two means that others wanted them too. */
function loadOfTheMachine(): string {
	return `Load average of the machine at the end: ${formatNumber(loadavg()[0] ?? Number.NaN)}.`;
}
