import { spawnSync } from "node:child_process";
import { asInjected, type ValidatedPod, validator, withValidatedPod } from "../test/support/validated-pod.ts";
import { policyArgs } from "./contenders.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import { summarize } from "./statistics.ts";

interface Contender {
	readonly title: string;
	readonly command: readonly string[];
}

const contenders: readonly Contender[] = [
	{ title: "an empty program", command: ["true"] },
	{ title: "an empty program for Node", command: [process.execPath, "-e", "0"] },
	{
		title: "as root: outbound, inbound, ports and the proxy's user",
		command: [validator, "validate", ...policyArgs],
	},
	{
		title: "as the injector has it run: outbound and ports",
		command: [...asInjected, validator, "validate", ...policyArgs],
	},
	{
		title: "as Linkerd's is called: one connection",
		command: [...asInjected, validator, "validate"],
	},
];

/** How long a validator that succeeds takes, in a pod with a gateway. */
export async function benchValidate(rounds: number): Promise<string> {
	const times = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
	await withValidatedPod((world) => {
		world.init("nft", policyArgs);
		for (let round = 0; round <= rounds; round++) {
			process.stderr.write(`shunt validate: ${round === 0 ? "warming up" : `round ${round} of ${rounds}`}\n`);
			for (const contender of contenders) {
				const milliseconds = timeOf(world, contender);
				if (round > 0) {
					times.get(contender)?.push(milliseconds);
				}
			}
		}
	});
	const rows = contenders.map((contender) => {
		const { median, min, max } = summarize(times.get(contender) ?? []);
		return [contender.title, formatNumber(median), `${formatNumber(min)}–${formatNumber(max)}`];
	});
	return [
		"## shunt validate",
		`Whole process on success, IPv4 and IPv6 (the single connection: IPv4), rules in mode nft, ${rounds} runs in turn,
\`ip netns exec\` included. Milliseconds. 30 of them are what a connection gets that is to arrive nowhere.`,
		formatTable(["", "median", "min–max"], rows),
	].join("\n\n");
}

function timeOf({ pod }: ValidatedPod, { title, command }: Contender): number {
	const started = performance.now();
	const { status, stderr } = spawnSync("ip", ["netns", "exec", pod.name, ...command], {
		encoding: "utf8",
		timeout: 60_000,
	});
	const milliseconds = performance.now() - started;
	if (status !== 0) {
		throw new Error(`${title}: exit status ${status}: ${stderr}`);
	}
	return milliseconds;
}
