import { describe, expect, it } from "vitest";
import { createRandom } from "../recorder/random.ts";
import { adjusted, killMidway } from "../support/killed-run.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, startShunt } from "../support/programs.ts";
import { different, standard } from "../support/standard-policy.ts";

const kills = 20;
const modes = ["legacy", "nft", "nftables"] as const;
type Mode = (typeof modes)[number];

describe("nftables, killed at random moments", () => {
	it.each([
		["a fresh namespace", () => {}],
		["a namespace that holds another policy", (netns: Netns) => init(netns, different, "nftables")],
		["a namespace that holds the policy in mode nft", (netns: Netns) => init(netns, standard, "nft")],
		["a namespace that holds the policy in mode legacy", (netns: Netns) => init(netns, standard, "legacy")],
	])("%s: the table is as it was or whole, and the next run repairs", async (_what, prepare) => {
		const random = createRandom(3);
		const whole = await tableAfter((netns) => init(netns, standard, "nftables"));
		let duration = await durationOf(prepare);
		let interrupted = 0;
		for (let kill = 0; kill < kills; kill++) {
			await withNetns("killed", async (netns) => {
				prepare(netns);
				const before = table(netns);
				const delay = random.between(0, Math.ceil(duration * 1000)) / 1000;
				const wasInterrupted = await killMidway(netns, argsFor(netns, standard, "nftables"), delay);
				interrupted += wasInterrupted ? 1 : 0;
				duration = adjusted(duration, wasInterrupted);
				expect([before, whole]).toContain(table(netns));
				init(netns, standard, "nftables");
				expect(table(netns)).toBe(whole);
				expect(holders(netns)).toEqual(["nftables"]);
			});
		}
		expect(interrupted, "runs that were still under way").toBeGreaterThan(0);
	});
});

describe("switching among all three dialects", () => {
	it("leaves only the last, whatever came before", () =>
		withNetns("switching", (netns) => {
			const random = createRandom(4);
			for (let turn = 0; turn < 40; turn++) {
				const mode = modes[random.between(0, modes.length - 1)] ?? "nft";
				init(netns, random.chance(0.5) ? standard : different, mode);
				expect(holders(netns)).toEqual([mode]);
			}
			expect(runShunt(["clean", "--netns", netns.path]).status).toBe(0);
			expect(holders(netns)).toEqual([]);
		}));
});

function init(netns: Netns, policy: Pick<typeof standard | typeof different, "args">, mode: Mode): void {
	const { status, stderr } = runShunt(argsFor(netns, policy, mode));
	expect(status, stderr).toBe(0);
}

function argsFor(
	netns: Netns,
	policy: Pick<typeof standard | typeof different, "args">,
	mode: Mode,
): string[] {
	return ["init", ...policy.args, "--iptables-mode", mode, "--netns", netns.path, "--log-level", "error"];
}

/** The modes that hold anything of ours. */
function holders(netns: Netns): Mode[] {
	const holds = {
		legacy: (["ipv4", "ipv6"] as const).some((family) =>
			netns.natTable("legacy", family).join().includes("PROXY_INIT"),
		),
		nft: (["ipv4", "ipv6"] as const).some((family) =>
			netns.natTable("nft", family).join().includes("PROXY_INIT"),
		),
		nftables: table(netns) !== "",
	};
	return modes.filter((mode) => holds[mode]);
}

/** As nft lists it; empty where there is none. */
function table(netns: Netns): string {
	return netns.try("nft", ["list", "table", "inet", "shunt"]).stdout;
}

async function tableAfter(prepare: (netns: Netns) => void): Promise<string> {
	return await withNetns("whole", (netns) => {
		prepare(netns);
		return table(netns);
	});
}

async function durationOf(prepare: (netns: Netns) => void): Promise<number> {
	return await withNetns("measure", async (netns) => {
		prepare(netns);
		const began = performance.now();
		await startShunt(argsFor(netns, standard, "nftables")).ended;
		return performance.now() - began;
	});
}
