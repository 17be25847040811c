import { expect } from "vitest";
import { raw } from "./api.ts";
import { apply, becomes, kubectl } from "./cluster.ts";
import { ready } from "./traffic.ts";
import { inject, pod, programSpec, serverSpec, service, workload } from "./workloads.ts";

/** What a client that asks without end has come to (pods/load.mjs). */
export interface Tally {
	readonly answered: number;
	readonly failed: number;
	readonly errors: readonly string[];
	readonly pods: Readonly<Record<string, number>>;
}

/** A meshed workload, and one client with a proxy and one without that ask it all the time, each four at once. */
export interface Load {
	/** Of each client, the meshed one first. */
	tallies(): Promise<Tally[]>;
	/** How many answers both have had together. */
	answered(): Promise<number>;
	/** Until both have had that many answers more, of which none may have failed. */
	goesOn(more?: number): Promise<void>;
}

const clients = ["meshed", "plain"] as const;

/** In a namespace that is there already: a Deployment and Service `server`, and pods `meshed` and `plain`. */
export async function startLoad(place: string): Promise<Load> {
	const named = { name: "server", namespace: place, annotations: inject(true) };
	const strategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
	await apply(
		workload("Deployment", named, serverSpec({ probed: true }), { replicas: 2, strategy }),
		service("server", place),
	);
	await kubectl("rollout", "status", "deployment/server", "-n", place, "--timeout=120s");
	const env = { URL: "http://server:8080/", WORKERS: "4", PORT: "9090" };
	const pods = clients.map((name) =>
		pod({ name, namespace: place, annotations: inject(name === "meshed") }, programSpec("load", [], env)),
	);
	await apply(...pods);
	await ready(place, ...clients);
	const tallies = () => Promise.all(clients.map((name) => tallyOf(place, name)));
	const answered = async () => sum(await tallies());
	return {
		tallies,
		answered,
		goesOn: async (more = 200) => {
			const before = await tallies();
			const after = await becomes(
				tallies,
				(seen) => seen.every((tally, index) => tally.answered >= before[index]!.answered + more),
				180,
			);
			expect(after.map(({ failed, errors }) => ({ failed, errors }))).toEqual(
				clients.map(() => ({ failed: 0, errors: [] })),
			);
		},
	};
}

async function tallyOf(place: string, name: string): Promise<Tally> {
	return JSON.parse(await raw(`/api/v1/namespaces/${place}/pods/${name}:9090/proxy/`));
}

function sum(tallies: readonly Tally[]): number {
	return tallies.reduce((total, { answered }) => total + answered, 0);
}
