import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { processFacts } from "./process-facts.ts";

export interface Target {
	readonly port: number;
	readonly pid: number;
}

export interface Load {
	readonly connections: number;
	/** One of the two ends it. */
	readonly seconds?: number;
	readonly requests?: number;
	/** In all; as many as go when absent. */
	readonly perSecond?: number;
}

export interface Measured {
	readonly perSecond: number;
	/** Processor time of the server for one request, user and system. */
	readonly cpuMicroseconds: number;
	readonly p50: number;
	readonly p99: number;
	readonly requests: number;
	/** Answers other than 200, and requests without an answer. */
	readonly failed: number;
}

const autocannon = new URL("../../node_modules/autocannon/autocannon.js", import.meta.url).pathname;
const run = promisify(execFile);

/** Posts a file as fast as it is answered, or at a rate, from the processor that the server does not have. */
export async function measure(target: Target, body: string, load: Load): Promise<Measured> {
	const cpuBefore = processFacts(target.pid).cpuSeconds;
	const { stdout } = await run(
		"taskset",
		["-c", "1", process.execPath, autocannon, ...flagsOf(load, body), `https://127.0.0.1:${target.port}/`],
		{
			maxBuffer: 64 * 1024 * 1024,
		},
	);
	const result = JSON.parse(stdout);
	const requests: number = result["2xx"];
	return {
		perSecond: requests / result.duration,
		cpuMicroseconds: ((processFacts(target.pid).cpuSeconds - cpuBefore) / requests) * 1e6,
		p50: result.latency.p50,
		p99: result.latency.p99,
		requests,
		failed: result.non2xx + result.errors + result.timeouts,
	};
}

function flagsOf({ connections, seconds, requests, perSecond }: Load, body: string): string[] {
	return [
		...["--json", "--no-progress", "--method", "POST", "--headers", "content-type=application/json"],
		...["--input", body, "--connections", `${connections}`],
		...(seconds === undefined ? [] : ["--duration", `${seconds}`]),
		...(requests === undefined ? [] : ["--amount", `${requests}`]),
		...(perSecond === undefined ? [] : ["--overallRate", `${perSecond}`]),
	];
}
