import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { reviewOf, typicalPod } from "../test/injector/support/reviews.ts";
import { latency, memory, throughput } from "./injector/sections.ts";
import { startServers } from "./injector/servers.ts";
import { machineFacts } from "./machine.ts";

const file = fileURLToPath(new URL("injector-results.md", import.meta.url));
const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const rounds = Number(values.rounds);
const review = JSON.stringify(reviewOf(typicalPod()));

/** Measures the injector against the least that a Node webhook can do, and writes the results file anew. */
const folder = mkdtempSync(`${tmpdir()}/shunt-bench-`);
const servers = await startServers();
try {
	const body = `${folder}/review.json`;
	writeFileSync(body, review);
	const sections = [
		introduction(),
		await throughput(servers, body, rounds),
		await latency(servers, body, Math.ceil(rounds / 2)),
		await memory(servers, body),
	];
	writeFileSync(file, `${sections.join("\n\n")}\n`);
} finally {
	await servers.stop();
	rmSync(folder, { recursive: true, force: true });
}

function introduction(): string {
	return [
		"# The injector under load",
		`\`npx tsx bench/injector.ts\` repeats it and takes about three minutes as root; \`--rounds N\` changes that. ${machineFacts()}`,
		`Debian's wrk posts one review of a typical pod (${Buffer.byteLength(review)} bytes; it is injected) over TLS 1.3 with connections that are kept. The injector runs at its default log level and has one processor (\`taskset -c 0\`), the load the other. "echo" is a bare Node HTTPS server that sends the body back: what TLS, HTTP and Node cost before anybody has decided anything. It takes turns with the injector on the same processor. All of them have a niceness of -15, since others share the machine.`,
	].join("\n\n");
}
