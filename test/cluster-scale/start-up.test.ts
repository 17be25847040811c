import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installAgents, removeAgents } from "../e2e-cluster/support/agents.ts";
import { apply } from "../e2e-cluster/support/cluster.ts";
import { figure } from "../e2e-cluster/support/figures.ts";
import { install, removeNamespaces, uninstall, upgrade } from "../e2e-cluster/support/release.ts";
import { namespace } from "../e2e-cluster/support/workloads.ts";
import { type Asker, askedSince, endOfAudit } from "./support/audit.ts";
import { meshedPods, type StartUp, startUp, takeAway, type Way } from "./support/start-up.ts";

const place = "scale";
const rounds = Number(process.env["SCALE_ROUNDS"] ?? 5);

/** Who makes the rules of the meshed pods. */
type Rules = "init container" | "CNI plugin";

beforeAll(async () => {
	await install("disableIPv6=false");
	await apply(namespace(place));
	// The first time files are read from the disk.
	await startUp(place, 2, "Shunt");
	await takeAway(place);
});

afterAll(async () => {
	await removeNamespaces(place);
	await uninstall();
	await removeAgents();
});

/** In turns, so that whatever else the machine does is shared. Keeps the medians, and those of each round's ratios. */
async function inTurns(
	count: number,
	times: number,
	{ ways = ["plain", "Shunt"], rules = "init container" }: { ways?: readonly Way[]; rules?: Rules } = {},
): Promise<void> {
	const measured: Record<Way, StartUp[]> = { plain: [], "two that do nothing": [], Shunt: [] };
	for (let round = 0; round < times; round++) {
		for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
			measured[way].push(await startUp(place, count, way));
			expect(await meshedPods(place)).toBe(way === "Shunt" ? count : 0);
			await takeAway(place);
		}
	}
	for (const way of ways) {
		keep(
			`${count} pods until ready, ${way === "Shunt" ? `Shunt, ${rules}` : way}`,
			measured[way],
			measured.plain,
		);
	}
}

function keep(what: string, measured: readonly StartUp[], plain: readonly StartUp[]): void {
	for (const kind of ["seconds", "processor"] as const) {
		const unit = kind === "seconds" ? "seconds" : "seconds of processor time";
		const values = measured.map((one) => one[kind]);
		figure(`${what}, ${unit} (median of ${values.length})`, median(values).toFixed(1));
		if (measured !== plain) {
			const ratios = values.map((value, round) => value / plain[round]![kind]);
			figure(`${what}, ${unit}, over plain (median of the rounds' ratios)`, median(ratios).toFixed(2));
		}
	}
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((one, other) => one - other);
	const middle = sorted.length / 2;
	return sorted.length % 2 === 0 ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!;
}

/** From the first request for a Deployment until it is ready and gone again. */
async function requestsPerPod(count: number, way: "plain" | Rules): Promise<void> {
	const start = endOfAudit();
	await startUp(place, count, way === "plain" ? "plain" : "Shunt");
	const asked = askedSince(start);
	await takeAway(place);
	for (const asker of ["kubelet", "injector", "agent"] satisfies Asker[]) {
		const all = Object.values(asked[asker]).reduce((sum, times) => sum + times, 0);
		const what = Object.entries(asked[asker])
			.map(([name, times]) => [name, times / count] as const)
			.filter(([, times]) => times >= 0.05)
			.sort(([, one], [, other]) => other - one)
			.map(([name, times]) => `${name} ${times.toFixed(1)}`);
		figure(
			`requests of the ${asker} for each pod, ${way}${what.length > 0 ? ` (${what.join(", ")})` : ""}`,
			(all / count).toFixed(2),
		);
	}
}

describe("scale, init containers", () => {
	it(`50 pods in turns, ${rounds} times: each gets ready`, () =>
		inTurns(50, rounds, { ways: ["plain", "two that do nothing", "Shunt"] }));
	it("what the API server is asked for each pod", async () => {
		await requestsPerPod(30, "plain");
		await requestsPerPod(30, "init container");
	});
	it("110 pods at once on one node: each gets ready", () => inTurns(110, Math.min(rounds, 2)));
});

describe("scale, CNI plugin", () => {
	it("50 pods in turns: each gets ready", async () => {
		await installAgents("repairController.enabled=true");
		await upgrade("disableIPv6=false", "cniEnabled=true");
		await inTurns(50, Math.ceil(rounds / 2), { rules: "CNI plugin" });
	});
	it("what the API server is asked for each pod", () => requestsPerPod(30, "CNI plugin"));
});
