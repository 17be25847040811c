import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { on } from "./priority.ts";
import { processFacts } from "./process-facts.ts";

export interface Target {
	readonly port: number;
	readonly pid: number;
}

export interface Load {
	readonly connections: number;
	readonly seconds: number;
	/** In all; as many as go when absent. */
	readonly perSecond?: number;
}

export interface Measured {
	readonly perSecond: number;
	/** Processor time of the server for one request, user and system. */
	readonly cpuMicroseconds: number;
	/** Milliseconds. */
	readonly p50: number;
	readonly p99: number;
	readonly worst: number;
	readonly requests: number;
	/** Answers other than 200, and requests without an answer. */
	readonly failed: number;
}

const script = fileURLToPath(new URL("load.lua", import.meta.url));
const run = promisify(execFile);

/**
 * Posts a file with wrk, from the processor that the server does not have. A rate is kept by pauses of each connection,
 * since the tools that know a rate send a second's requests at its beginning, and what they measure is that queue.
 */
export async function measure(target: Target, body: string, load: Load): Promise<Measured> {
	const { connections, seconds, perSecond } = load;
	const cpuBefore = processFacts(target.pid).cpuSeconds;
	const wrk = ["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", script];
	const pause = perSecond === undefined ? 0 : (1000 * connections) / perSecond;
	const [program = "", ...args] = [...on(1), ...wrk, `https://127.0.0.1:${target.port}/`];
	const { stdout } = await run(program, args, {
		env: { ...process.env, REVIEW: body, MEAN_PAUSE_MS: `${Math.round(pause)}` },
	});
	const [, json = "{}"] = /^JSON(.*)$/m.exec(stdout) ?? [];
	const { requests, microseconds, failed, p50, p99, worst } = JSON.parse(json);
	return {
		perSecond: requests / (microseconds / 1e6),
		cpuMicroseconds: ((processFacts(target.pid).cpuSeconds - cpuBefore) / requests) * 1e6,
		p50: p50 / 1000,
		p99: p99 / 1000,
		worst: worst / 1000,
		requests,
		failed,
	};
}
