import { Worker } from "node:worker_threads";
import { harmless } from "../domain/harmless.ts";

/** After so long without a word people think that a program hangs. */
const patienceMs = 2000;
/** And after so long again. */
const intervalMs = 10_000;

/**
 * As {@link Host.sayWhileSlow}. What takes long is done synchronously here, so it takes a thread of its own to speak
 * meanwhile: some 20 ms of CPU time to start, beside the work and not before it. It speaks past the streams of Node, which
 * are served by the thread that is busy.
 */
export function sayWhileSlow(line: string | undefined): void {
	if (line === undefined) {
		void speaker?.terminate();
		speaker = undefined;
		return;
	}
	const text = `${harmless(line)}\n`;
	if (speaker === undefined) {
		speaker = start(text);
	} else {
		speaker.postMessage(text);
	}
}

let speaker: Worker | undefined;

function start(text: string): Worker | undefined {
	try {
		const started = new Worker(program, { eval: true, workerData: { text, patienceMs, intervalMs } });
		// Without a thread to spare there is an answer all the same, later.
		started.on("error", () => undefined);
		started.unref();
		return started;
	} catch {
		return undefined;
	}
}

/** As text, since the bundle is one file. A standard error that takes nothing is no reason to fail. */
const program = `
const { parentPort, workerData: { text, patienceMs, intervalMs } } = require("node:worker_threads");
const { writeSync } = require("node:fs");
let line = text;
parentPort.on("message", (next) => { line = next; });
const say = () => { try { writeSync(2, line); } catch {} };
setTimeout(() => { say(); setInterval(say, intervalMs); }, patienceMs);
`;
