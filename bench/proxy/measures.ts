import { type Contender, contenders } from "./contenders.ts";
import { podAddress, type World } from "./world.ts";

/** One short run: how much of something in a second, and what each of it cost the proxy. */
export interface Sample {
	readonly rate: number;
	/** Seconds of the proxy's CPU time for one; 0 without a proxy. */
	readonly cpu: number;
}

export interface Measure {
	readonly id: string;
	readonly title: string;
	/** What the rate counts. */
	readonly rateUnit: string;
	readonly cpuUnit: string;
	readonly rateScale: number;
	readonly cpuScale: number;
	readonly contenders: readonly Contender[];
	run(world: World, contender: Contender): Promise<Sample>;
}

const megabytesPerRun = 256;

/** Splicing is for many bytes. */
const withoutSplice = contenders.filter(({ id }) => id !== "splice");

export const measures: readonly Measure[] = [
	{
		id: "to-pod",
		title: "One connection, as many bytes as it carries, to the pod",
		...bulkUnits(),
		run: (world, contender) => bulk(world, contender),
	},
	{
		id: "from-pod",
		title: "One connection, as many bytes as it carries, from the pod",
		...bulkUnits(),
		run: (world, contender) => bulk(world, contender, "--reverse"),
	},
	{
		id: "connections",
		title: "A connection for every request, 16 clients",
		rateUnit: "connections/s",
		cpuUnit: "CPU µs each",
		rateScale: 1,
		cpuScale: 1e6,
		contenders: withoutSplice,
		run: (world, contender) => requests(world, contender, 16, "Connection: close"),
	},
	{
		id: "requests",
		title: "Small requests in 64 lasting connections",
		rateUnit: "requests/s",
		cpuUnit: "CPU µs each",
		rateScale: 1,
		cpuScale: 1e6,
		contenders: withoutSplice,
		run: (world, contender) => requests(world, contender, 64),
	},
];

function bulkUnits() {
	return { rateUnit: "Gbit/s", cpuUnit: "CPU s per GB", rateScale: 8e-9, cpuScale: 1e9, contenders };
}

async function bulk(world: World, { id, bulkPort }: Contender, ...flags: readonly string[]): Promise<Sample> {
	const target = ["--client", podAddress, "--port", `${bulkPort}`, "--bytes", `${megabytesPerRun}M`];
	const before = world.usage(id)?.cpuSeconds ?? 0;
	const report = JSON.parse(await world.runClient("iperf3", ...target, "--json", ...flags));
	const { bytes, seconds } = report.end.sum_received;
	return sample(world, id, before, bytes, seconds);
}

async function requests(
	world: World,
	{ id, webPort }: Contender,
	connections: number,
	...headers: readonly string[]
): Promise<Sample> {
	const load = ["--threads", "1", "--connections", `${connections}`, "--duration", "1s"];
	const flags = headers.flatMap((header) => ["--header", header]);
	const before = world.usage(id)?.cpuSeconds ?? 0;
	const report = await world.runClient("wrk", ...load, ...flags, `http://${podAddress}:${webPort}/`);
	const [, count, seconds] = /(\d+) requests in ([\d.]+)s/.exec(report) ?? [];
	if (/Socket errors|Non-2xx/.test(report)) {
		throw new Error(`not everything was answered: ${report}`);
	}
	return sample(world, id, before, Number(count), Number(seconds));
}

function sample(world: World, id: Contender["id"], before: number, count: number, seconds: number): Sample {
	const after = world.usage(id)?.cpuSeconds ?? 0;
	return { rate: count / seconds, cpu: (after - before) / count };
}
