import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installAgents, removeAgents } from "../e2e-cluster/support/agents.ts";
import { apply } from "../e2e-cluster/support/cluster.ts";
import { figure } from "../e2e-cluster/support/figures.ts";
import { install, removeNamespaces, uninstall, upgrade } from "../e2e-cluster/support/release.ts";
import { namespace } from "../e2e-cluster/support/workloads.ts";
import { type Asker, askedSince, endOfAudit } from "./support/audit.ts";
import { meshedPods, secondsToReady, takeAway } from "./support/start-up.ts";

const place = "scale";
const rounds = Number(process.env["SCALE_ROUNDS"] ?? 5);

/** Of the ways in which pods can be made: none of ours, with an init container, with the CNI plugin. */
type Way = "plain" | "init container" | "CNI plugin";

beforeAll(async () => {
	await install("disableIPv6=false");
	await apply(namespace(place));
	// The first time files are read from the disk.
	await secondsToReady(place, 2, true);
	await takeAway(place);
});

afterAll(async () => {
	await removeNamespaces(place);
	await uninstall();
	await removeAgents();
});

/** In turns, so that whatever else the machine does is shared. Answers the ratio of each round. */
async function inTurns(count: number, times: number, way: Way): Promise<void> {
	const plain: number[] = [];
	const meshed: number[] = [];
	for (let round = 0; round < times; round++) {
		const order = round % 2 === 0 ? [false, true] : [true, false];
		for (const isMeshed of order) {
			(isMeshed ? meshed : plain).push(await secondsToReady(place, count, isMeshed));
			expect(await meshedPods(place)).toBe(isMeshed ? count : 0);
			await takeAway(place);
		}
	}
	const ratios = meshed.map((seconds, round) => seconds / plain[round]!);
	figure(`${count} pods until ready, plain, seconds (median of ${times})`, median(plain).toFixed(1));
	figure(`${count} pods until ready, ${way}, seconds (median of ${times})`, median(meshed).toFixed(1));
	figure(
		`${count} pods until ready, ${way} over plain (median of ${times} rounds)`,
		median(ratios).toFixed(2),
	);
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((one, other) => one - other);
	const middle = sorted.length / 2;
	return sorted.length % 2 === 0 ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!;
}

/** From the first request for a Deployment until it is ready and gone again. */
async function requestsPerPod(count: number, way: Way): Promise<void> {
	const start = endOfAudit();
	await secondsToReady(place, count, way !== "plain");
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
	it(`50 pods in turns, ${rounds} times: each gets ready`, () => inTurns(50, rounds, "init container"));
	it("110 pods at once on one node: each gets ready", () => inTurns(110, 2, "init container"));
	it("what the API server is asked for each pod", async () => {
		await requestsPerPod(30, "plain");
		await requestsPerPod(30, "init container");
	});
});

describe("scale, CNI plugin", () => {
	it("50 pods in turns: each gets ready", async () => {
		await installAgents("repairController.enabled=true");
		await upgrade("disableIPv6=false", "cniEnabled=true");
		await inTurns(50, Math.ceil(rounds / 2), "CNI plugin");
	});
	it("what the API server is asked for each pod", () => requestsPerPod(30, "CNI plugin"));
});
