import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import { createRandom, type Random } from "../recorder/random.ts";
import { type Dialect, dialects, otherThan, tablesOf, toolOf, toolsOf } from "../support/dialect.ts";
import { adjusted, becomesEmpty, killMidway } from "../support/killed-run.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, startShunt } from "../support/programs.ts";
import { different, emptyTable, hold, standard, tableOf } from "../support/standard-policy.ts";
import { withToolFolder } from "../support/tool-folder.ts";

const killsPerState = 34;

type Prepare = (netns: Netns, dialect: Dialect) => void;

const [none, other, all] = [emptyTable, tableOf(different), tableOf(standard)];
const holdNothing: Prepare = () => {};

/** `sound` is what a family may hold afterwards: in the dialect asked for, and in the other one. */
const states = [
	{
		name: "a fresh namespace",
		prepare: holdNothing,
		sound: [
			[none, none],
			[all, none],
		],
	},
	{
		name: "a namespace that holds another policy",
		prepare: (netns: Netns, dialect: Dialect) => hold(netns, dialect, different),
		sound: [
			[other, none],
			[all, none],
		],
	},
	{
		name: "a namespace that holds the policy in the other dialect",
		prepare: (netns: Netns, dialect: Dialect) => hold(netns, otherThan(dialect), standard),
		sound: [
			[none, all],
			[all, all],
			[all, none],
		],
	},
];

describe.each(dialects)("%s, killed while a tool takes its input", (dialect) => {
	it("leaves nothing of the part that it was given, and the next run works", () =>
		withNetns("killed", (netns) =>
			withToolFolder(async (tools) => {
				const tool = toolOf(dialect, "ipv4", "restore");
				tools.link("head", "cat", ...toolsOf(dialect));
				tools.script(
					tool,
					'head -c 100000 >"$0.part"; kill -KILL $PPID; cat "$0.part" - | "$real" "$@"; echo "$?" >"$0.status"',
				);
				const run = startShunt([...argsFor(netns, dialect), ...manySubnets], { env: tools.env });
				expect((await run.ended).status).not.toBe(0);
				await becomesEmpty(netns);
				expect(readFileSync(`${tools.path}/${tool}.status`, "utf8")).not.toBe("0\n");
				expect(netns.natTable(dialect, "ipv4")).toEqual(none);
				expect(runShunt(argsFor(netns, dialect)).status).toBe(0);
				expect(tablesOf(netns, dialect)).toEqual([all, all]);
			}),
		));
});

/** Two megabytes of rules, more than a pipe holds; in three flags, since one argument may have 128 kB. */
const manySubnets = [1, 2, 3].map((first) => {
	const subnets = Array.from({ length: 7000 }, (_, index) => `${first}.${index >> 8}.${index & 255}.0/24`);
	return `--subnets-to-ignore=${subnets.join(",")}`;
});

describe.each(dialects)("%s, killed at random moments", (dialect) => {
	it.each(states)("$name: each family is as it was or whole, and the next run repairs", async (state) => {
		const random = createRandom(dialect === "legacy" ? 1 : 2);
		let duration = await measure(dialect, state.prepare);
		let interrupted = 0;
		for (let kill = 0; kill < killsPerState; kill++) {
			await withNetns("killed", async (netns) => {
				state.prepare(netns, dialect);
				const wasInterrupted = await killMidway(netns, argsFor(netns, dialect), pick(random, duration));
				interrupted += wasInterrupted ? 1 : 0;
				duration = adjusted(duration, wasInterrupted);
				for (const family of families) {
					const held = [dialect, otherThan(dialect)].map((each) => netns.natTable(each, family));
					expect(state.sound).toContainEqual(held);
				}
				expect(runShunt(argsFor(netns, dialect)).status).toBe(0);
				expect(tablesOf(netns, dialect)).toEqual([all, all]);
				expect(tablesOf(netns, otherThan(dialect))).toEqual([none, none]);
			});
		}
		expect(interrupted, "runs that were still under way").toBeGreaterThan(killsPerState / 10);
	});
});

/** Milliseconds that a whole run takes on this machine just now. */
async function measure(dialect: Dialect, prepare: Prepare): Promise<number> {
	const durations: number[] = [];
	for (let run = 0; run < 5; run++) {
		await withNetns("measure", async (netns) => {
			prepare(netns, dialect);
			const started = performance.now();
			const { status } = await startShunt(argsFor(netns, dialect)).ended;
			durations.push(performance.now() - started);
			expect(status).toBe(0);
		});
	}
	return durations.toSorted((a, b) => a - b)[2] ?? 0;
}

/** Spread over the whole run; half of them over its second half, where the namespace is touched. */
function pick(random: Random, duration: number): number {
	const microseconds = Math.ceil(duration * 1000);
	return random.between(random.chance(0.5) ? 0 : Math.floor(microseconds / 2), microseconds) / 1000;
}

function argsFor(netns: Netns, dialect: Dialect): string[] {
	return ["init", ...standard.args, "--iptables-mode", dialect, "--netns", netns.path, "--log-level", "warn"];
}
