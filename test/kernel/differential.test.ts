import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluate, type Fate } from "../../src/rules/evaluate.ts";
import type { Plan } from "../../src/rules/plan.ts";
import { plan } from "../../src/rules/plan.ts";
import { startShunt } from "../support/programs.ts";
import { type Attempt, argsOf, peerPorts, podPorts, scenario, users } from "../support/random-traffic.ts";
import { makeTopology, type Topology } from "../support/topology.ts";
import { startWireProcess, type WireProcess } from "../support/wire-process.ts";

/** All of them take minutes; a smaller sample, which is the beginning of the whole, is for whoever is at work on something. */
const samples = Number(process.env["SHUNT_DIFFERENTIAL_SAMPLES"] ?? "300");
if (!Number.isInteger(samples) || samples < 1 || samples > 300) {
	throw new Error(
		`SHUNT_DIFFERENTIAL_SAMPLES: "${process.env["SHUNT_DIFFERENTIAL_SAMPLES"]}" is not a number of policies: say one from 1 to 300, or leave it out for all 300`,
	);
}
const whole = fc.sample(scenario, { numRuns: 300, seed: 20_260_101 });
const scenarios = whole.slice(0, samples);

let topology: Topology;
let peer: WireProcess;
let podUsers: WireProcess[] = [];
const started: WireProcess[] = [];

beforeAll(async () => {
	topology = makeTopology("fate");
	await start(topology.pod, { label: "pod", listenOn: podPorts });
	peer = await start(topology.peer, { label: "peer", listenOn: peerPorts });
	podUsers = await Promise.all(users.map((user) => start(topology.pod, { label: "user", ...user })));
});

afterAll(() => {
	for (const wire of started) {
		wire.stop();
	}
	topology?.remove();
});

describe("the fate of real connections is what evaluate says of their packets", () => {
	it.each(["legacy", "nft", "nftables"])(`in %s, for ${samples} random policies`, async (mode) => {
		const surprises: string[] = [];
		for (const { policy, attempts } of scenarios) {
			const args = argsOf(policy);
			const where = ["--iptables-mode", mode, "--netns", topology.pod.path, "--log-level", "error"];
			const { status, stderr } = await startShunt(["init", ...args, ...where]).ended;
			expect(stderr, args.join(" ")).toBe("");
			expect(status).toBe(0);
			const met = await meet(attempts);
			const wanted = attempts.map((attempt) => expectedAnswer(plan(policy), attempt));
			for (const [index, attempt] of attempts.entries()) {
				if (met[index] !== wanted[index]) {
					surprises.push(
						`${describeAttempt(attempt)}: ${met[index]}, not ${wanted[index]}, with ${args.join(" ")}`,
					);
				}
			}
		}
		expect(surprises).toEqual([]);
	});
});

it("the random connections meet every kind of fate often enough to mean something", () => {
	const fates = whole.flatMap(({ policy, attempts }) =>
		attempts.map(({ packet }) => {
			const { kind } = fateOf(plan(policy), packet);
			return `${packet.family} ${packet.hook} ${kind}`;
		}),
	);
	for (const family of ["ipv4", "ipv6"]) {
		for (const fate of ["prerouting redirect", "prerouting pass", "output redirect", "output pass"]) {
			expect(
				fates.filter((each) => each === `${family} ${fate}`).length,
				`${family} ${fate}`,
			).toBeGreaterThan(100);
		}
	}
});

async function start(...args: Parameters<typeof startWireProcess>): Promise<WireProcess> {
	const wire = await startWireProcess(...args);
	started.push(wire);
	return wire;
}

/** Makes all connections at once, each from where it belongs. */
async function meet(attempts: readonly Attempt[]): Promise<string[]> {
	const answers = new Map<Attempt, string>();
	const dial = async (wire: WireProcess, group: readonly Attempt[], bindSource: boolean) => {
		const dials = group.map(({ from, to, packet }) => ({
			host: to,
			port: packet.destinationPort,
			...(bindSource ? { from } : {}),
		}));
		for (const [index, answer] of (await wire.dial(dials)).entries()) {
			const attempt = group[index];
			if (attempt !== undefined) {
				answers.set(attempt, answer);
			}
		}
	};
	const isInbound = ({ packet }: Attempt) => packet.hook === "prerouting";
	await Promise.all([
		dial(peer, attempts.filter(isInbound), true),
		...podUsers.map((wire, user) =>
			dial(
				wire,
				attempts.filter((attempt) => !isInbound(attempt) && attempt.user === user),
				false,
			),
		),
	]);
	return attempts.map((attempt) => answers.get(attempt) ?? "nothing");
}

function expectedAnswer(wanted: Plan, { packet, owner }: Attempt): string {
	const fate = fateOf(wanted, packet);
	if (fate.kind === "redirect") {
		return `pod ${fate.port}`;
	}
	const open: readonly number[] = owner === "pod" ? podPorts : peerPorts;
	return open.includes(packet.destinationPort) ? `${owner} ${packet.destinationPort}` : "refused";
}

function fateOf(wanted: Plan, packet: Attempt["packet"]): Fate {
	return evaluate(wanted, packet).fate;
}

function describeAttempt({ packet, from, to, user }: Attempt): string {
	const who = packet.hook === "output" ? ` by ${users[user]?.uid}:${users[user]?.gid}` : "";
	return `${packet.hook} ${from} to ${to} port ${packet.destinationPort} on ${packet.interface}${who}`;
}
