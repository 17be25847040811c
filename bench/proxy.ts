import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machineFacts } from "./machine.ts";
import { type ContenderId, contenders } from "./proxy/contenders.ts";
import { type Measure, measures, type Sample } from "./proxy/measures.ts";
import { type Memory, measureMemory } from "./proxy/memory.ts";
import { reportMeasure, reportMemory, type Samples } from "./proxy/report.ts";
import { World } from "./proxy/world.ts";

const memoryRuns = 3;

const { values } = parseArgs({
	options: {
		rounds: { type: "string", default: "20" },
		only: { type: "string", multiple: true, default: [...measures.map(({ id }) => id), "memory"] },
		/** Where the section goes. */
		output: { type: "string", default: fileURLToPath(new URL("proxy-results.md", import.meta.url)) },
	},
});
await main(values.only, Number(values.rounds), values.output);

async function main(only: readonly string[], rounds: number, output: string): Promise<void> {
	const folder = mkdtempSync(`${tmpdir()}/shunt-bench-proxy-`);
	const world = new World(folder);
	try {
		await world.start();
		const parts: string[] = [];
		for (const measure of measures.filter(({ id }) => only.includes(id))) {
			parts.push(reportMeasure(measure, await runRounds(world, measure, rounds)));
		}
		if (only.includes("memory")) {
			parts.push(reportMemory(await runMemory(world)));
		}
		const section = [introduction(rounds), ...parts, machineFacts()].join("\n\n");
		writeFileSync(output, `${section}\n`);
		console.log(section);
	} finally {
		await world.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Everybody in turn, so that whatever the machine does meanwhile meets all alike. The first round only warms up. */
async function runRounds(world: World, measure: Measure, rounds: number): Promise<Samples> {
	const samples = new Map<ContenderId, Sample[]>(measure.contenders.map(({ id }) => [id, []]));
	for (let round = 0; round <= rounds; round++) {
		process.stderr.write(
			`proxy, ${measure.id}: ${round === 0 ? "warming up" : `round ${round} of ${rounds}`}\n`,
		);
		for (const contender of measure.contenders) {
			const sample = await measure.run(world, contender);
			if (round > 0) {
				samples.get(contender.id)?.push(sample);
			}
		}
	}
	return samples;
}

async function runMemory(world: World): Promise<Map<ContenderId, Memory[]>> {
	const memory = new Map<ContenderId, Memory[]>();
	for (let run = 1; run <= memoryRuns; run++) {
		for (const contender of contenders.filter(({ proxyPort }) => proxyPort !== undefined)) {
			process.stderr.write(`proxy, memory: ${contender.title}, run ${run} of ${memoryRuns}\n`);
			memory.set(contender.id, [...(memory.get(contender.id) ?? []), await measureMemory(world, contender)]);
		}
	}
	return memory;
}

function introduction(rounds: number): string {
	return `## shunt proxy

\`npx tsx bench/proxy.ts\` repeats it after \`make build\`, in about five minutes; it needs root and Debian's haproxy, iperf3
and wrk, and leaves nothing behind. A client and a pod, in network namespaces joined by veth, IPv4; connections to the pod
are redirected to a proxy (\`REDIRECT\`, iptables-nft), which asks the kernel where they were going and carries them on to
a server in the pod. All proxies are up at once behind ports of their own and take turns: medians of ${rounds} short runs each,
ratios taken within a round. Client, server and proxy share the cores, so the rates say what is left beside the load
itself; without a proxy it goes as fast as the first row. CPU time is the proxy's alone. HAProxy has one thread, as Node
has, and logs nothing; \`shunt proxy\` writes its line for every connection. \`socket.pipe\` is the same job written with
streams and nothing else: no limits, no log, no metrics.`;
}
