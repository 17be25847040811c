import { describe, expect, it } from "vitest";
import { HostError } from "../../host/host.ts";
import type { RedirectPolicy } from "../../policy/redirect-policy.ts";
import type { MeshedPod } from "./meshed-pod.ts";
import type { Found } from "./pod-namespaces.ts";
import type { RulesOutcome } from "./pod-rules.ts";
import { Repair } from "./repair.ts";

const policy = { families: ["ipv4"] } as unknown as RedirectPolicy;
const pod: MeshedPod = {
	...{ uid: "u", namespace: "shop", name: "web-0", policy },
	...{ addresses: ["\n\0\0\x01"], validatorFailures: 0, hasController: true },
};

/** A node with one pod, whose rules are as the test says. */
class Node {
	pods: readonly MeshedPod[] = [pod];
	generation = 1;
	time = 1000;
	isSound = true;
	isStill = true;
	found: Found = { kind: "found", path: "/netns/a" };
	mending: RulesOutcome = { kind: "done" };
	visiting: () => void = () => undefined;
	/** Called before each answer of the plugin. */
	meanwhile: (command: string) => void = () => undefined;
	/** The generation at which a watch began. */
	watchedSince: number | undefined;
	canWatch = true;
	visits = 0;
	looked: () => void = () => undefined;
	readonly calls: string[] = [];
	readonly said: string[] = [];
	readonly failures: unknown[] = [];
	readonly repair = new Repair({
		pods: () => ({ meshed: this.pods, assigned: new Set() }),
		namespaces: {
			refresh: () => [],
			lookInto: () => undefined,
			find: () => this.found,
			isStill: () => this.isStill,
		},
		watches: {
			refresh: () => {
				this.watchedSince = this.watchedSince === this.generation ? this.watchedSince : undefined;
			},
			isQuiet: () => this.watchedSince !== undefined,
			begin: () => {
				this.watchedSince ??= this.canWatch ? this.generation : undefined;
			},
			drop: () => {
				this.watchedSince = undefined;
			},
			close: () => {
				this.watchedSince = undefined;
			},
		},
		fingerprint: () => ({ generation: this.generation, tables: [] }),
		visit: (_, act) => {
			this.visits += 1;
			this.visiting();
			return act();
		},
		rules: {
			check: () => {
				this.#called("CHECK");
				return this.isSound ? { kind: "done" } : { kind: "drift", why: "a rule is missing" };
			},
			make: () => {
				this.#called("ADD");
				this.isSound ||= this.mending.kind === "done";
				return this.mending;
			},
		},
		told: {
			repairLooked: () => this.looked(),
			checked: () => undefined,
			mended: (_, drift) => this.said.push(`mended: ${drift}`),
			notMended: (_, why, failures) => this.said.push(`not mended ${failures}: ${why}`),
		},
		failed: (error) => this.failures.push(error),
		log: {
			error: () => undefined,
			warn: (message, { why } = {}) => this.said.push(`${message}: ${why}`),
			info: () => undefined,
			debug: () => undefined,
		},
		now: () => this.time,
	});

	#called(command: string): void {
		this.calls.push(command);
		this.meanwhile(command);
	}

	async look(): Promise<readonly string[]> {
		const before = this.calls.length;
		this.repair.look();
		await new Promise((resolve) => setTimeout(resolve, 5));
		return this.calls.slice(before);
	}

	/** Somebody takes the rules out. */
	flush(): void {
		this.generation += 1;
		this.isSound = false;
	}
}

it("asks CHECK at first and when something has changed, and ADD where that is drift", async () => {
	const node = new Node();
	expect(await node.look()).toEqual(["CHECK"]);
	expect(await node.look()).toEqual([]);
	node.generation += 1;
	expect(await node.look()).toEqual(["CHECK"]);
	node.flush();
	expect(await node.look()).toEqual(["CHECK", "ADD"]);
	expect(node.said).toEqual(["mended: a rule is missing"]);
	expect(await node.look()).toEqual(["CHECK"]);
	expect(await node.look()).toEqual([]);
	expect(node.repair.counts).toEqual({ intact: 1, drifted: 0, unknown: 0 });
});

/** How often the next looks pay a visit. */
async function visitsAt(node: Node, looks: number): Promise<readonly number[]> {
	const visits: number[] = [];
	for (let look = 0; look < looks; look++) {
		const before = node.visits;
		await node.look();
		visits.push(node.visits - before);
	}
	return visits;
}

describe("a namespace in which there is a watch", () => {
	it("is visited only when there was a change", async () => {
		const node = new Node();
		// To see it, to ask CHECK, and to begin the watch.
		expect(await visitsAt(node, 4)).toEqual([2, 1, 0, 0]);
		node.flush();
		expect(await node.look()).toEqual(["CHECK", "ADD"]);
		expect(await node.look()).toEqual(["CHECK"]);
		expect(await visitsAt(node, 3)).toEqual([1, 0, 0]);
	});

	it("is asked about again where nobody could look after the change", async () => {
		const node = new Node();
		await visitsAt(node, 3);
		node.flush();
		node.visiting = () => {
			throw new HostError("failed", "/netns/a: too many open files");
		};
		expect(await visitsAt(node, 2)).toEqual([1, 1]);
		expect(node.repair.counts.unknown).toBe(1);
		node.visiting = () => undefined;
		expect(await node.look()).toEqual(["CHECK", "ADD"]);
	});

	it("is asked about again after a rest, in which nothing more may have changed", async () => {
		const node = new Node();
		await visitsAt(node, 3);
		node.mending = { kind: "failed", why: "no nf_tables" };
		node.flush();
		expect(await node.look()).toEqual(["CHECK", "ADD"]);
		expect(await node.look()).toEqual([]);
		node.time += 1000;
		expect(await node.look()).toEqual(["CHECK", "ADD"]);
		expect(node.repair.counts.drifted).toBe(1);
	});
});

it("visits at every look where no watch can be kept", async () => {
	const node = new Node();
	node.canWatch = false;
	expect(await visitsAt(node, 4)).toEqual([2, 1, 1, 1]);
});

it("sees what changed while CHECK was at it", async () => {
	const node = new Node();
	node.meanwhile = (command) => {
		if (command === "CHECK" && node.isSound && node.generation === 1) {
			node.generation += 1;
		}
	};
	expect(await node.look()).toEqual(["CHECK"]);
	expect(await node.look()).toEqual(["CHECK"]);
	expect(await node.look()).toEqual([]);
});

it("mends nothing that could not be read, and says why once", async () => {
	const node = new Node();
	node.isSound = false;
	node.found = { kind: "unknown", why: "no namespace has the pod's address" };
	expect([await node.look(), await node.look()]).toEqual([[], []]);
	node.found = { kind: "found", path: "/netns/a" };
	node.visiting = () => {
		throw new HostError("not-permitted", "/netns/a: operation not permitted");
	};
	expect([await node.look(), await node.look()]).toEqual([[], []]);
	expect(node.said).toEqual([
		"a pod's rules cannot be looked at, so they are left as they are: no namespace has the pod's address",
		"a pod's rules cannot be looked at, so they are left as they are: /netns/a: operation not permitted",
	]);
	expect(node.repair.counts.unknown).toBe(1);
});

it("mends nothing that is another pod's, or nobody's, by then", async () => {
	const node = new Node();
	node.isSound = false;
	node.isStill = false;
	expect(await node.look()).toEqual(["CHECK"]);
	node.isStill = true;
	node.meanwhile = () => {
		node.pods = [];
	};
	expect(await node.look()).toEqual(["CHECK"]);
	node.pods = [pod];
	node.meanwhile = () => {
		node.pods = [{ ...pod, policy: { ...policy, families: [] } }];
	};
	expect(await node.look()).toEqual(["CHECK"]);
	expect(node.said).toEqual([]);
});

it("asks CHECK once for each failure of the pod's validator", async () => {
	const node = new Node();
	await node.look();
	node.pods = [{ ...pod, validatorFailures: 1 }];
	expect([await node.look(), await node.look()]).toEqual([["CHECK"], []]);
	node.pods = [{ ...pod, validatorFailures: 2 }];
	expect([await node.look(), await node.look()]).toEqual([["CHECK"], []]);
});

it("rests after ten times in a minute, and goes on after another", async () => {
	const node = new Node();
	await node.look();
	for (let time = 0; time < 30; time++) {
		node.flush();
		node.time += 100;
		await node.look();
	}
	expect(node.calls.filter((command) => command === "ADD")).toHaveLength(10);
	expect(node.said.at(-1)).toBe(
		"not mended 1: somebody changes the rules again and again: a rule is missing",
	);
	node.time += 60_000;
	expect(await node.look()).toEqual(["CHECK", "ADD"]);
	expect(node.said.at(-1)).toBe("mended: a rule is missing");
});

it("waits for who holds what there is one of, and for no pod longer than ten seconds", async () => {
	const node = new Node();
	node.pods = [pod, { ...pod, uid: "v", name: "web-1" }];
	node.isSound = false;
	node.mending = { kind: "busy", why: "another program holds the xtables lock" };
	// The second pod is not even asked about.
	expect(await node.look()).toEqual(["CHECK", "ADD"]);
	expect(node.said).toEqual([]);
	expect(await node.look()).toEqual([]);
	for (let time = 0; time < 9000; time += 100) {
		node.time += 100;
		await node.look();
	}
	expect(node.said).toEqual([]);
	node.time += 2000;
	await node.look();
	expect(node.said).toEqual(["not mended 1: another program holds the xtables lock"]);
	node.mending = { kind: "done" };
	node.time += 1000;
	await node.look();
	expect(node.said.slice(1)).toEqual(["mended: a rule is missing"]);
	node.repair.rest();
});

it("looks by itself when whoever was at it may be done", async () => {
	const node = new Node();
	node.isSound = false;
	node.mending = { kind: "busy", why: "another program holds the xtables lock" };
	await node.look();
	node.mending = { kind: "done" };
	node.time += 100;
	await new Promise((resolve) => setTimeout(resolve, 300));
	expect(node.said).toEqual(["mended: a rule is missing"]);
});

it("takes twice as long after each failure, and a minute at most", async () => {
	const node = new Node();
	node.isSound = false;
	node.mending = { kind: "failed", why: "no nf_tables" };
	const pauses: number[] = [];
	for (let last = node.time; pauses.length < 8; node.time += 500) {
		if ((await node.look()).includes("ADD")) {
			pauses.push(node.time - last);
			last = node.time;
		}
	}
	expect(pauses).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000]);
	expect(node.said.at(-1)).toBe("not mended 8: no nf_tables");
	expect(node.repair.counts.drifted).toBe(1);
});

it("tells of what no look can mend, and touches nothing after it", async () => {
	const node = new Node();
	node.pods = [pod, { ...pod, uid: "v", name: "web-1" }];
	const bug = new Error("a bug");
	node.visiting = () => {
		throw bug;
	};
	expect(await node.look()).toEqual([]);
	expect(node.failures).toEqual([bug]);
	expect(node.visits).toBe(1);
});

it("rests at once, with nothing left open or half done, and begins anew", async () => {
	const node = new Node();
	await visitsAt(node, 3);
	expect(node.watchedSince).toBe(1);
	node.flush();
	node.repair.look();
	node.repair.rest();
	expect(node.watchedSince).toBeUndefined();
	expect(node.repair.counts).toEqual({ intact: 0, drifted: 0, unknown: 0 });
	await new Promise((resolve) => setTimeout(resolve, 5));
	expect(node.calls).toEqual(["CHECK"]);
	expect(await node.look()).toEqual(["CHECK", "ADD"]);
});

it("looks once more where it is told to while it looks", async () => {
	const node = new Node();
	let looks = 0;
	node.looked = () => {
		looks += 1;
	};
	node.repair.look();
	node.repair.look();
	node.repair.look();
	await new Promise((resolve) => setTimeout(resolve, 5));
	expect(looks).toBe(2);
});
