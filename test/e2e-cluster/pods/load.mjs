// Runs in a pod: asks $URL without end, $WORKERS requests at once: half of them over connections that are kept, half each
// over one of its own. Says on $PORT how many were answered, by which pods, and what went wrong.
import { Agent, createServer, get } from "node:http";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

const { URL: url, WORKERS: workers, PORT: port } = process.env;
const tally = { answered: 0, failed: 0, errors: [], pods: {} };
const kept = new Agent({ keepAlive: true });

createServer((_, response) => response.end(JSON.stringify(tally))).listen(Number(port));
process.on("SIGTERM", () => process.exit(0));
await Promise.all(
	Array.from({ length: Number(workers) }, (_, worker) => work(worker % 2 === 0 ? kept : false)),
);

async function work(agent) {
	for (;;) {
		try {
			const { pod } = JSON.parse(await ask(agent));
			tally.answered++;
			tally.pods[pod] = (tally.pods[pod] ?? 0) + 1;
		} catch (error) {
			tally.failed++;
			if (tally.errors.length < 20) {
				tally.errors.push(
					`${new Date().toISOString()} ${agent ? "kept" : "own"}: ${error.code ?? error.message}`,
				);
			}
		}
		await sleep(20);
	}
}

function ask(agent) {
	return new Promise((resolve, reject) => {
		const request = get(url, { agent, timeout: 10_000 }, (response) => {
			response.toArray().then((chunks) => resolve(Buffer.concat(chunks).toString()), reject);
		});
		request.on("timeout", () => request.destroy(new Error("timeout")));
		request.on("error", reject);
	});
}
