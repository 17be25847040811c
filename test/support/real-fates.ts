import { evaluate, type Fate } from "../../src/rules/evaluate.ts";
import type { Plan } from "../../src/rules/plan.ts";
import { type Attempt, peerPorts, podPorts, users } from "./random-traffic.ts";
import { makeTopology, type Topology } from "./topology.ts";
import { startWireProcess, type WireProcess } from "./wire-process.ts";

/** A pod and its peer with somebody at every port, and users in the pod who make connections. */
export class RealFates {
	readonly topology: Topology;
	/** Those that listen in the pod, the peer, and the pod's users. */
	readonly #wires: readonly WireProcess[];

	private constructor(topology: Topology, wires: readonly WireProcess[]) {
		this.topology = topology;
		this.#wires = wires;
	}

	static async start(name: string): Promise<RealFates> {
		const topology = makeTopology(name);
		const { pod, peer } = topology;
		const wires: WireProcess[] = [];
		const start = async (...args: Parameters<typeof startWireProcess>) => {
			wires.push(await startWireProcess(...args));
		};
		try {
			await start(pod, { label: "pod", listenOn: podPorts });
			await start(peer, { label: "peer", listenOn: peerPorts });
			for (const user of users) {
				await start(pod, { label: "user", ...user });
			}
		} catch (error) {
			new RealFates(topology, wires).stop();
			throw error;
		}
		return new RealFates(topology, wires);
	}

	stop(): void {
		for (const wire of this.#wires) {
			wire.stop();
		}
		this.topology.remove();
	}

	/** Makes all connections at once, each from where it belongs. */
	async meet(attempts: readonly Attempt[]): Promise<string[]> {
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
		const [, peer, ...podUsers] = this.#wires;
		await Promise.all([
			...(peer === undefined ? [] : [dial(peer, attempts.filter(isInbound), true)]),
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
}

/** Who answers where a plan is carried out; without one, who would without any rules. */
export function expectedAnswer(wanted: Plan | undefined, { packet, owner }: Attempt): string {
	const fate = wanted && fateOf(wanted, packet);
	if (fate?.kind === "redirect") {
		return `pod ${fate.port}`;
	}
	const open: readonly number[] = owner === "pod" ? podPorts : peerPorts;
	return open.includes(packet.destinationPort) ? `${owner} ${packet.destinationPort}` : "refused";
}

export function fateOf(wanted: Plan, packet: Attempt["packet"]): Fate {
	return evaluate(wanted, packet).fate;
}

export function describeAttempt({ packet, from, to, user }: Attempt): string {
	const who = packet.hook === "output" ? ` by ${users[user]?.uid}:${users[user]?.gid}` : "";
	return `${packet.hook} ${from} to ${to} port ${packet.destinationPort} on ${packet.interface}${who}`;
}
