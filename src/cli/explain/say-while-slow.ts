import { Worker } from "node:worker_threads";

/** After so long without a word people think that a program hangs. */
const patienceMs = 2000;
/** And after so long again. */
const intervalMs = 10_000;

/**
 * Says on standard error what takes so long, until it is called off. Everything that `shunt explain` does is done
 * synchronously, so it takes a thread of its own to speak meanwhile: some 20 ms of CPU time to start, beside the work
 * and not before it. It speaks past the streams of Node, which are served by the thread that is busy.
 */
export function sayWhileSlow(text: string): () => void {
	try {
		const speaker = new Worker(program, { eval: true, workerData: { text, patienceMs, intervalMs } });
		// Without a thread to spare there is an answer all the same, later.
		speaker.on("error", () => undefined);
		speaker.unref();
		return () => void speaker.terminate();
	} catch {
		return () => undefined;
	}
}

/** As text, since the bundle is one file. A standard error that takes nothing is no reason to fail. */
const program = `
const { workerData: { text, patienceMs, intervalMs } } = require("node:worker_threads");
const { writeSync } = require("node:fs");
const say = () => { try { writeSync(2, text); } catch {} };
setTimeout(() => { say(); setInterval(say, intervalMs); }, patienceMs);
`;
