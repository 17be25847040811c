import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { meshed } from "../test/support/cni/cni-call.ts";
import { makePluginFolder } from "../test/support/cni/plugin-folder.ts";
import { podNetwork } from "../test/support/cri/containerd-config.ts";
import type { Machine } from "../test/support/cri/machine.ts";
import { type Pod, startPod } from "../test/support/cri/pod.ts";
import { listWithPlugin, rulesIn, useList } from "../test/support/cri/pod-network.ts";
import { startShuntMachineOn } from "../test/support/cri/shunt-machine.ts";
import { dialects } from "./contenders.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import { medianRatio, summarize } from "./statistics.ts";

const perRound = 25;
const rounds = 10;
const parallel = 8;

interface Contender {
	readonly title: string;
	readonly list: string;
	readonly hasRules: boolean;
}

/** What a node that starts many pods notices of the plugin: the same sandboxes with and without it, in turn. */
export async function benchCniSandboxes(): Promise<string> {
	const portmap = { type: "portmap", capabilities: { portMappings: true } };
	const contenders: readonly Contender[] = [
		{ title: "bridge and portmap", list: podNetwork.config("pods", [portmap], "1.0.0"), hasRules: false },
		...dialects.map((mode) => ({
			title: `and \`shunt-cni\`, mode ${mode}`,
			list: listWithPlugin({ mode }),
			hasRules: true,
		})),
	];
	const folder = mkdtempSync(join(tmpdir(), "shunt-bench-sandboxes-"));
	const plugins = join(folder, "bin");
	makePluginFolder(plugins, "native");
	// The program itself, where tests have a script that calls it.
	copyFileSync(
		fileURLToPath(new URL("../dist/native/shunt-cni", import.meta.url)),
		join(plugins, "shunt-cni"),
	);
	const machine = await startShuntMachineOn({ plugins, list: contenders[0]?.list ?? "" });
	try {
		return report(contenders, await measureInTurn(machine, contenders));
	} finally {
		await machine.remove();
		rmSync(folder, { recursive: true });
	}
}

/** Milliseconds of each contender's rounds. One round before counts for nobody: it fills the caches. */
async function measureInTurn(machine: Machine, contenders: readonly Contender[]): Promise<number[][]> {
	const walls = contenders.map((): number[] => []);
	for (let round = 0; round <= rounds; round++) {
		process.stderr.write(`sandboxes: round ${round} of ${rounds}\n`);
		// Nobody is always the first after somebody else's clearing up.
		for (let turn = 0; turn < contenders.length; turn++) {
			const index = (turn + round) % contenders.length;
			const contender = contenders[index];
			if (contender !== undefined) {
				const wall = await makeSandboxes(machine, contender);
				walls[index]?.push(...(round === 0 ? [] : [wall]));
			}
		}
	}
	return walls;
}

/** How long it took until all were there; they are looked at and taken away afterwards. */
async function makeSandboxes(machine: Machine, { list, hasRules }: Contender): Promise<number> {
	await useList(machine, list);
	const pods: Pod[] = [];
	let begun = 0;
	const started = performance.now();
	const worker = async () => {
		while (begun < perRound) {
			begun += 1;
			pods.push(await startPod(machine, "bench", meshed));
		}
	};
	await Promise.all(Array.from({ length: parallel }, worker));
	const wall = performance.now() - started;
	const [sample] = pods;
	if (sample !== undefined && (await rulesIn(machine, sample)).length > 0 !== hasRules) {
		throw new Error("a sandbox is not as it should be");
	}
	await Promise.all(pods.map((pod) => pod.remove()));
	return wall;
}

function report(contenders: readonly Contender[], walls: readonly (readonly number[])[]): string {
	const [without = []] = walls;
	const rows = contenders.map(({ title }, index) => {
		const own = walls[index] ?? [];
		const { median, min, max } = summarize(own.map((wall) => wall / perRound));
		return [
			title,
			formatNumber(own.reduce((sum, wall) => sum + wall, 0) / 1000),
			formatNumber(median),
			`${formatNumber(min)}–${formatNumber(max)}`,
			index === 0 ? "" : `${formatNumber(medianRatio(own, without))}×`,
		];
	});
	return [
		"## Sandboxes with a CNI plugin",
		`${perRound * rounds} pod sandboxes each, ${parallel} at a time, made by a real containerd over the CRI socket behind Debian's
bridge, host-local and portmap, for pods that Linkerd's defaults are stamped on: ${rounds} rounds of ${perRound}, all in turn.
Milliseconds are those of a round by its sandboxes. "Of without" is the median of the rounds' ratios.`,
		formatTable(["", "seconds in all", "ms each", "min–max", "of without"], rows),
	].join("\n\n");
}
