import { expect, it } from "vitest";
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
	readonly calls: string[] = [];
	readonly said: string[] = [];
	readonly failures: unknown[] = [];
	readonly repair = new Repair({
		pods: () => ({ meshed: this.pods, assigned: new Set() }),
		namespaces: {
			refresh: () => undefined,
			find: () => this.found,
			isStill: () => this.isStill,
		},
		fingerprint: () => ({ generation: this.generation, tables: [] }),
		travel: (journey) =>
			journey((_, act) => {
				this.visiting();
				return act();
			}),
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
			repairLooked: () => undefined,
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

it("tells of what no look can mend, and begins nothing after its end", async () => {
	const node = new Node();
	const bug = new Error("a bug");
	node.visiting = () => {
		throw bug;
	};
	expect(await node.look()).toEqual([]);
	expect(node.failures).toEqual([bug]);
	node.visiting = () => undefined;
	node.repair.stop();
	expect(await node.look()).toEqual([]);
});
