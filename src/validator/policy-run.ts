import type { Family } from "../domain/family.ts";
import { type Libc, loadLibc } from "../linux/libc.ts";
import { TcpSocket } from "../linux/tcp-socket.ts";
import { asUser, mayBe, type User } from "../linux/user.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { evaluateResults } from "./evaluate-results.ts";
import { inboundProbes } from "./inbound-probes.ts";
import { makeNeighbour, type Neighbour } from "./neighbour.ts";
import { outboundProbes, proxyPortsOf } from "./outbound-probes.ts";
import type { Gap, Probe, ProbeResult, Probes } from "./probe.ts";
import { isDoubtful, type Run, tryRepeatedly } from "./probe-run.ts";
import { findRoutes, settled } from "./routes.ts";

interface PolicyRunOptions {
	readonly neighbour: boolean;
	/** Milliseconds since the epoch. */
	readonly deadline: number;
	readonly stop: () => boolean;
}

interface PolicyRun extends Pick<Run, "taken" | "failed"> {
	readonly results: readonly ProbeResult[];
}

/** What arrives does so within a millisecond; a machine under load gets so many. */
const patience = 2000;

/** Longest wait for IPv6 addresses that are not yet certain to be nobody else's. */
const settlingTime = 4000;

/** Tries out a policy in the network namespace that this thread is in. */
export async function tryPolicy(policy: RedirectPolicy, options: PolicyRunOptions): Promise<PolicyRun> {
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
		const run = await tryRepeatedly(libc, all.probes, {
			families: policy.families.filter((family) => all.probes.some((probe) => probe.family === family)),
			ports: proxyPortsOf(policy),
			open: opener(libc, self, neighbour),
			patience: Math.min(patience, Math.max(0, deadline - Date.now())),
			// Taking down a wire takes the kernel some 20 ms, in which outbound connections have their time.
			onInboundSettled: (observations) => {
				if (![...observations].some(([probe, observation]) => isDoubtful(probe, observation))) {
					dismiss();
				}
			},
			stop,
		});
		return { results: evaluateResults(all, run.observations), taken: run.taken, failed: run.failed };
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
