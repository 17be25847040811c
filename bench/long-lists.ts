import { spawnSync } from "node:child_process";
import { withNetns } from "../test/support/netns.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import { medianRatio, summarize } from "./statistics.ts";

const count = 20_000;
const programs = { Node: "bin/shunt", native: "dist/native/shunt" } as const;
const modes = ["legacy", "nft", "nftables"] as const;

/** No argument may be longer than 131,072 bytes (MAX_ARG_STRLEN in linux/binfmts.h), so long lists come in parts. */
const lists: Readonly<Record<string, readonly string[]>> = {
	"ports of one range": inParts("inbound-ports-to-ignore", (index) => `${20_000 + index}`),
	"scattered ports": inParts("inbound-ports-to-ignore", (index) => `${1 + 2 * index}`),
	subnets: inParts("outbound-subnets-to-ignore", (index) => `10.${index >> 8}.${index & 255}.0/25`),
};

const steps = ["first init", "second init", "status", "status with the flags"] as const;

/** What it costs to find that nothing has to be done, over lists of 20,000. */
export async function benchLongLists(rounds: number): Promise<string> {
	const rows: string[][] = [];
	for (const [title, list] of Object.entries(lists)) {
		for (const mode of modes) {
			for (const [name, program] of Object.entries(programs)) {
				process.stderr.write(`${count} ${title}, ${mode}, ${name}\n`);
				rows.push([`${title}, ${mode}, ${name}`, ...(await measure(program, mode, { list, rounds }))]);
			}
		}
	}
	const headings = ["", "first init: ms", ...steps.slice(1).map((step) => `${step}: times the first`)];
	return [
		"## Long lists",
		`${count.toLocaleString("en")} ports or subnets, both families, in a fresh network namespace for each round: an \`init\`, the same again,
and a \`status\` without and with the flags. Wall time; ratios are medians over the rounds.`,
		formatTable(headings, rows),
	].join("\n\n");
}

async function measure(
	program: string,
	mode: string,
	{ list, rounds }: { readonly list: readonly string[]; readonly rounds: number },
): Promise<string[]> {
	const times: number[][] = steps.map(() => []);
	const policy = ["-p", "4143", "-o", "4140", "-u", "2102", ...list];
	const init = ["init", ...policy, "--iptables-mode", mode, "--log-level", "warn"];
	for (let round = 0; round < rounds; round++) {
		await withNetns("lists", ({ path }) => {
			for (const [index, args] of [init, init, ["status"], ["status", ...policy]].entries()) {
				times[index]?.push(timed(program, [...args, "--netns", path]));
			}
		});
	}
	const [first = [], ...others] = times;
	return [
		formatNumber(summarize(first).median),
		...others.map((other) => formatNumber(medianRatio(other, first))),
	];
}

function timed(program: string, args: readonly string[]): number {
	const started = performance.now();
	const { status, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 30 });
	if (status !== 0) {
		throw new Error(`${program} ${args[0]}: exit status ${status}: ${stderr}`);
	}
	return performance.now() - started;
}

function inParts(flag: string, item: (index: number) => string): string[] {
	const items = Array.from({ length: count }, (_, index) => item(index));
	const parts = Array.from({ length: 4 }, (_, part) =>
		items.slice((part * count) / 4, ((part + 1) * count) / 4),
	);
	return parts.flatMap((part) => [`--${flag}`, part.join(",")]);
}
