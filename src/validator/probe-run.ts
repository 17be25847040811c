import { setImmediate as turn } from "node:timers/promises";
import type { Family } from "../domain/family.ts";
import type { Libc } from "../linux/libc.ts";
import { pollSockets, type TcpSocket } from "../linux/tcp-socket.ts";
import { Call } from "./call.ts";
import { whatIsWrong } from "./evaluate-results.ts";
import { Listeners } from "./listeners.ts";
import { isToBeRedirected, type Observation, type Probe } from "./probe.ts";

interface RunOptions {
	readonly families: readonly Family[];
	/** Where proxies listen. */
	readonly ports: readonly number[];
	/** Opens the socket of a probe, as whom and where it is to be opened. */
	readonly open: (probe: Probe) => TcpSocket | string;
	/** Milliseconds that a connection gets of which nothing is heard though it should arrive. */
	readonly patience: number;
	/** Called once, as soon as nothing more is to be learnt about inbound connections. */
	readonly onInboundSettled: (observations: ReadonlyMap<Probe, Observation>) => void;
	/** Gives up when it says so. */
	readonly stop: () => boolean;
}

export interface Run {
	readonly observations: ReadonlyMap<Probe, Observation>;
	readonly taken: Listeners["taken"];
	readonly failed: Listeners["failed"];
}

/**
 * What is not to arrive has no message of its own for not arriving. So it is sent first, and once everything that is
 * to arrive has, it gets this many milliseconds more: loopback is a queue, and the later ones have come through it.
 */
const grace = 30;

/** Makes all connections at once and watches where they go. Everything is closed again with a reset. */
async function tryConnections(libc: Libc, probes: readonly Probe[], options: RunOptions): Promise<Run> {
	const listeners = new Listeners(libc, options.families, options.ports);
	const calls: Call[] = [];
	try {
		standInForApplications(libc, probes, listeners);
		for (const probe of [...probes].sort(expectedToPassFirst)) {
			calls.push(new Call(probe, options.open(probe), listeners));
		}
		await watch(libc, new Round(calls, options), listeners, options.stop);
		return { observations: observationsOf(calls), taken: listeners.taken, failed: listeners.failed };
	} finally {
		close(calls);
		listeners.close();
	}
}

function standInForApplications(libc: Libc, probes: readonly Probe[], listeners: Listeners): void {
	for (const { direction, family, to, expected } of probes) {
		const { fate } = expected;
		if (direction === "inbound" && fate.kind === "redirect" && listeners.isTaken(family, fate.port)) {
			listeners.standIn(libc, family, to.port);
		}
	}
}

function expectedToPassFirst(a: Probe, b: Probe): number {
	return Number(isToBeRedirected(a)) - Number(isToBeRedirected(b));
}

async function watch(libc: Libc, round: Round, listeners: Listeners, stop: () => boolean): Promise<void> {
	for (let open = round.next(listeners); open.length > 0 && !stop(); open = round.next(listeners)) {
		const waiting = open.flatMap(({ descriptor }) => descriptor ?? []);
		const ready = pollSockets(libc, listeners.descriptors, waiting, 5);
		listeners.acceptAll();
		for (const call of open.filter((each) => each.isUnclear || ready?.has(each.descriptor ?? -1) === true)) {
			call.look(listeners);
		}
		// Signals are heard between two rounds.
		await turn();
	}
}

/** Knows how long to go on. */
class Round {
	readonly #calls: readonly Call[];
	readonly #options: RunOptions;
	readonly #started = performance.now();
	#arrived: number | undefined;
	#isInboundOpen = true;

	constructor(calls: readonly Call[], options: RunOptions) {
		this.#calls = calls;
		this.#options = options;
	}

	/** The connections of which there may be more to learn; none when it is over. */
	next(listeners: Listeners): Call[] {
		const open = this.#calls.filter(({ observation }) => observation === undefined);
		if (this.#isInboundOpen && !open.some(isInbound)) {
			this.#isInboundOpen = false;
			this.#endInbound(listeners);
		}
		const now = performance.now();
		if (this.#arrived === undefined && !open.some(({ probe }) => isToBeRedirected(probe))) {
			this.#arrived = now;
		}
		const end = this.#arrived === undefined ? this.#started + this.#options.patience : this.#arrived + grace;
		return now < end ? open : [];
	}

	/** Both ends while there is a wire between them: what they have left to say would go out by another way. */
	#endInbound(listeners: Listeners): void {
		const calls = this.#calls.filter(isInbound);
		close(calls);
		listeners.dismissAll();
		this.#options.onInboundSettled(observationsOf(calls));
	}
}

function isInbound({ probe }: Call): boolean {
	return probe.direction === "inbound";
}

function observationsOf(calls: readonly Call[]): Map<Probe, Observation> {
	return new Map(calls.map((call) => [call.probe, call.result()]));
}

function close(calls: readonly Call[]): void {
	for (const call of calls) {
		call.close();
	}
}

/**
 * Connections share the kernel's table of tracked connections with all that were made in the last minutes, and a port
 * may be one of theirs: then the old one's fate is the new one's, or the new one arrives from another port than it left.
 * So what is not as it should be is tried again, from new ports; rules that are wrong are wrong every time.
 */
const repetitions = 2;

/** Milliseconds for what is silent the second time too. */
const secondPatience = 500;

/** The same as {@link tryConnections}, but sure. */
export async function tryRepeatedly(libc: Libc, probes: readonly Probe[], options: RunOptions): Promise<Run> {
	const first = await tryConnections(libc, probes, options);
	const observations = new Map(first.observations);
	for (let repetition = 0; repetition < repetitions && !options.stop(); repetition++) {
		const doubtful = probes.filter((probe) => isDoubtful(probe, observations.get(probe)));
		if (doubtful.length === 0) {
			break;
		}
		const patience = Math.min(options.patience, secondPatience);
		const again = await tryConnections(libc, doubtful, { ...options, patience });
		for (const [probe, observation] of again.observations) {
			observations.set(probe, observation);
		}
	}
	return { ...first, observations };
}

export function isDoubtful(probe: Probe, observation: Observation | undefined): boolean {
	return (
		observation === undefined || observation.kind === "taken" || whatIsWrong(probe, observation) !== undefined
	);
}
