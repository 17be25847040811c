import type { Family } from "../domain/family.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { inboundProbes } from "./inbound-probes.ts";
import { judge } from "./judge.ts";
import { type Libc, loadLibc } from "./libc.ts";
import { makeNeighbour, type Neighbour } from "./neighbour.ts";
import { outboundProbes, proxyPortsOf } from "./outbound-probes.ts";
import type { Gap, Probe, Probes } from "./probe.ts";
import type { Proof } from "./proof.ts";
import { isDoubtful, tryRepeatedly } from "./repeated-trial.ts";
import { findRoutes } from "./routes.ts";
import { settled } from "./settling.ts";
import { TcpSocket } from "./tcp-socket.ts";
import type { Trial } from "./trial.ts";
import { asUser, mayBe, type User } from "./user.ts";

export interface PolicyTrialOptions {
	readonly neighbour: boolean;
	/** Milliseconds since the epoch. */
	readonly deadline: number;
	readonly stop: () => boolean;
}

export interface PolicyTrial extends Pick<Trial, "taken" | "failed"> {
	readonly proofs: readonly Proof[];
}

/** What arrives does so within a millisecond; a machine under load gets so many. */
const patience = 2000;

/** Longest wait for IPv6 addresses that are not yet certain to be nobody else's. */
const settlingTime = 4000;

/** Tries out a policy in the network namespace that this thread is in. */
export async function tryPolicy(policy: RedirectPolicy, options: PolicyTrialOptions): Promise<PolicyTrial> {
	const { deadline, stop } = options;
	const libc = loadLibc();
	if (policy.families.includes("ipv6")) {
		await settled(Math.min(deadline, Date.now() + settlingTime), stop);
	}
	const self: User = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
	const outbound = policy.families.map((family) =>
		outboundProbes(policy, family, {
			self,
			mayBe: (user) => mayBe(libc, user),
			routes: findRoutes(libc, family),
		}),
	);
	const neighbour = options.neighbour ? neighbourOr(libc, policy.families) : "switched off by --neighbour";
	const dismiss = () => (typeof neighbour === "string" ? undefined : neighbour.remove());
	try {
		const inbound = policy.families.map((family) => inboundOf(policy, family, neighbour));
		const all = join([...outbound, ...inbound]);
		const trial = await tryRepeatedly(libc, all.probes, {
			families: policy.families.filter((family) => all.probes.some((probe) => probe.family === family)),
			ports: proxyPortsOf(policy),
			open: opener(libc, self, neighbour),
			patience: Math.min(patience, Math.max(0, deadline - Date.now())),
			// Taking down a wire takes the kernel some 20 ms, in which outbound connections have their time.
			onInboundSettled: (sightings) => {
				if (![...sightings].some(([probe, sighting]) => isDoubtful(probe, sighting))) {
					dismiss();
				}
			},
			stop,
		});
		return { proofs: judge(all, trial.sightings), taken: trial.taken, failed: trial.failed };
	} finally {
		dismiss();
	}
}

function neighbourOr(libc: Libc, families: readonly Family[]): Neighbour | string {
	try {
		return makeNeighbour(libc, families);
	} catch (error) {
		const code = error instanceof Error ? error.message : String(error);
		return `needs CAP_NET_ADMIN and CAP_SYS_ADMIN, for somebody outside to connect from (${code})`;
	}
}

function inboundOf(policy: RedirectPolicy, family: Family, neighbour: Neighbour | string): Probes {
	const gap = (why: string): Gap => ({ topic: "redirect", direction: "inbound", family, why });
	if (typeof neighbour === "string") {
		return { probes: [], gaps: [gap(neighbour)] };
	}
	const way = neighbour.ways.find((each) => each.family === family);
	return way === undefined
		? { probes: [], gaps: [gap(`an interface cannot have an ${family} address here`)] }
		: inboundProbes(policy, way);
}

/** Each socket belongs to whom its probe is about. */
function opener(libc: Libc, self: User, neighbour: Neighbour | string) {
	return ({ direction, family, user }: Probe): TcpSocket | string => {
		if (direction === "inbound") {
			return typeof neighbour === "string" ? neighbour : neighbour.inside(() => TcpSocket.open(libc, family));
		}
		return user.uid === self.uid && user.gid === self.gid
			? TcpSocket.open(libc, family)
			: (asUser(libc, user, () => TcpSocket.open(libc, family)) ?? "EPERM");
	};
}

function join(all: readonly Probes[]): Probes {
	return { probes: all.flatMap(({ probes }) => probes), gaps: all.flatMap(({ gaps }) => gaps) };
}
