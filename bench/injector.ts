import { writeFileSync } from "node:fs";
import { reviewOf, typicalPod } from "../test/injector/support/reviews.ts";
import { priorityWords } from "./injector/priority.ts";
import { coldStart, latency, memory, throughput } from "./injector/sections.ts";
import { startServers } from "./injector/servers.ts";

/** Measures the injector against the least that a Node webhook can do. */
export async function benchInjector(folder: string, rounds: number): Promise<string> {
	const review = JSON.stringify(reviewOf(typicalPod()));
	const body = `${folder}/review.json`;
	writeFileSync(body, review);
	const servers = await startServers(folder);
	try {
		const cold = await coldStart(servers, body);
		return [
			introduction(review),
			await throughput(servers, body, rounds),
			await latency(servers, body, { rounds, cold }),
			await memory(servers, body),
		].join("\n\n");
	} finally {
		await servers.stop();
	}
}

function introduction(review: string): string {
	return [
		"## The injector under load",
		`Debian's wrk posts one review of a typical pod (${Buffer.byteLength(review)} bytes; it is injected) over TLS 1.3 with connections that are kept. The injector runs at its default log level and has one processor (\`taskset -c 0\`), the load the other. "echo" is a bare Node HTTPS server that sends the body back: what TLS, HTTP and Node cost before anybody has decided anything. It takes turns with the injector on the same processor. ${priorityWords()}`,
	].join("\n\n");
}
