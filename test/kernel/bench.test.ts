import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import { linkerdCni } from "../../bench/cni-add.ts";
import { contendersFor, dialects } from "../../bench/contenders.ts";
import { type Command, Meter, type Steps } from "../../bench/meter.ts";
import { findProgram } from "../../bench/programs.ts";
import { referencePluginSteps } from "../../bench/reference-plugin.ts";
import { startStubApi } from "../../bench/stub-api.ts";

const folder = mkdtempSync(`${tmpdir()}/shunt-bench-test-`);
const meter = new Meter(folder);

afterAll(() => {
	meter.stop();
	rmSync(folder, { recursive: true });
});

const sh = (script: string): Command => ({ argv: [findProgram("sh"), "-c", script] });
const busy = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
const idle = "sleep 0.5";

describe("the meter", () => {
	it("counts the CPU time of processes that processes start, and waiting as none", async () => {
		const alone = await meter.measure([[sh(busy)]]);
		const nested = await meter.measure([[sh(`sh -c '${busy}'; sh -c '${busy}'; true`)]]);
		const waiting = await meter.measure([[sh(idle)]]);
		expect(nested.cpu).toBeGreaterThan(1.4 * alone.cpu);
		expect(waiting.cpu).toBeLessThan(alone.cpu / 2);
		expect(waiting.wall).toBeGreaterThan(500);
	});

	it("runs the commands of a step side by side and steps one after the other", async () => {
		const together = await meter.measure([[sh(idle), sh(idle)]]);
		const apart = await meter.measure([[sh(idle)], [sh(idle)]]);
		expect(together.wall).toBeLessThan(950);
		expect(apart.wall).toBeGreaterThan(1000);
	});

	it("gives every run a network namespace of its own", async () => {
		const add = sh("ip link add shunt-a type veth peer name shunt-b");
		await meter.measure([[add]]);
		await meter.measure([[add]]);
		await expect(meter.measure([[add], [add]])).rejects.toThrow(/1 of these failed/);
		await meter.measureMany({ command: add, count: 5, parallel: 2 });
	});

	it("takes no failure for a result", async () => {
		await expect(meter.measure([[sh("exit 3")]])).rejects.toThrow(/1 of these failed/);
		await expect(meter.measure([[{ argv: ["/nonexistent"] }]])).rejects.toThrow(/No such file/);
		await expect(meter.measure([[sh("true")]])).resolves.toMatchObject({ failures: 0 });
	});
});

it.each(dialects)("every contender makes the same rules in dialect %s", async (dialect) => {
	// The reference program knows no nftables and makes other rules there; it is compared for its time.
	const others = dialect === "nftables" ? /^(harness|empty-node|reference)$/ : /^(harness|empty-node)$/;
	const makers = contendersFor(dialect, folder).filter(({ id }) => !others.test(id));
	const ours = dialect === "nftables" ? ["together", "node"] : ["together", "apart", "node", "one-by-one"];
	expect(makers.map(({ id }) => id)).toEqual(expect.arrayContaining(ours));
	const listings = new Set<string>();
	for (const { steps } of makers) {
		const file = `${folder}/listing`;
		await meter.measure([...steps, [sh(`{ ${listing[dialect]}; } >${file}`)]]);
		listings.add(readFileSync(file, "utf8").replaceAll(/^#.*\n| \[\d+:\d+\]/gm, ""));
	}
	expect([...listings]).toHaveLength(1);
	expect([...listings][0]).toMatch(/4567.*proxy-init\/ignore-port/);
});

it.each(["legacy", "nft"] as const)(
	"what stands for linkerd-cni, and itself where it is there, calls the API server six times and makes the same rules (%s)",
	async (dialect) => {
		const api = await startStubApi(folder);
		try {
			const file = `${folder}/listing`;
			const listed = async (steps: Steps) => {
				await meter.measure([...steps, [sh(`{ ${listing[dialect]}; } >${file}`)]]);
				return readFileSync(file, "utf8").replaceAll(/^#.*\n| \[\d+:\d+\]/gm, "");
			};
			const together = contendersFor(dialect, folder).find(({ id }) => id === "together")?.steps ?? [];
			const itself = linkerdCni(dialect, dialect, { folder, api }).map(({ steps }) => steps);
			for (const steps of [referencePluginSteps(dialect, folder, api), ...itself]) {
				const before = api.requests();
				const theirs = await listed(steps);
				expect(api.requests() - before).toBe(6);
				expect(theirs).toBe(await listed(together));
				expect(theirs).toMatch(/4567.*proxy-init\/ignore-port/);
			}
		} finally {
			api.stop();
		}
	},
);

const listing = {
	legacy: "iptables-legacy-save -t nat; ip6tables-legacy-save -t nat",
	nft: "iptables-nft-save -t nat; ip6tables-nft-save -t nat",
	nftables: "nft list table inet shunt",
};
