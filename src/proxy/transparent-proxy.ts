import { createServer, type Server } from "node:net";
import { type Direction, directions } from "../domain/endpoint.ts";
import type { Family } from "../domain/family.ts";
import type { OriginalDestination } from "../linux/original-destination.ts";
import type { Log } from "../serving/log.ts";
import { throttle } from "../serving/throttle.ts";
import { type Account, AccountLog } from "./account.ts";
import { admit, type Doorkeeper, LoopGuard } from "./admission.ts";
import { Buffers } from "./buffers.ts";
import { Connection, type ConnectionContext } from "./connection.ts";
import { watchIdle } from "./idle-watch.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { remoteEndpoint, type TcpHandle, takeConnections } from "./tcp-handle.ts";

export interface ProxySettings {
	readonly ports: Readonly<Record<Direction, number>>;
	readonly families: readonly Family[];
	readonly connectTimeoutMs: number;
	/** 0 for never. */
	readonly idleTimeoutMs: number;
	readonly maxConnections: number;
}

interface Listener {
	readonly server: Server;
	readonly direction: Direction;
	readonly family: Family;
}

/** A proxy from its first listener to its last connection. */
export class TransparentProxy {
	readonly metrics: Metrics;
	readonly #settings: ProxySettings;
	readonly #log: Log;
	readonly #accounts: AccountLog;
	readonly #openListener: typeof listen;
	readonly #guard = new LoopGuard();
	readonly #connections = new Set<Connection>();
	readonly #listeners: Listener[] = [];
	readonly #doorkeeper: Doorkeeper;
	readonly #context: ConnectionContext;
	readonly #rarely = throttle(1000);
	#ready = false;
	#stopWatching = (): void => undefined;
	#onEmpty = (): void => undefined;

	constructor(
		settings: ProxySettings,
		originalDestination: OriginalDestination,
		log: Log,
		openListener: typeof listen = listen,
	) {
		const guard = this.#guard;
		this.#settings = settings;
		this.#log = log;
		this.#accounts = new AccountLog(log);
		this.#openListener = openListener;
		this.metrics = createMetrics(() => this.#connections);
		this.#doorkeeper = {
			guard,
			originalDestination,
			isFull: () => this.#connections.size >= settings.maxConnections,
		};
		this.#context = {
			guard,
			buffers: new Buffers(),
			connectTimeoutMs: settings.connectTimeoutMs,
			connected: this.metrics.connected,
			closed: (connection, account) => this.#closed(connection, account),
		};
	}

	/** True between the last listener's opening and the beginning of the end. */
	get ready(): boolean {
		return this.#ready;
	}

	/** Rejects when a port cannot be had. A missing family is only worth a warning, as long as the other is there. */
	async start(): Promise<void> {
		const { families, idleTimeoutMs } = this.#settings;
		const wanted = directions.flatMap((direction) => families.map((family) => ({ direction, family })));
		for (const { direction, family } of wanted) {
			await this.#listen(direction, family).catch((error: unknown) => this.#giveUp(error, direction, family));
		}
		if (this.#listeners.length === 0) {
			throw new Error(`no listener could be opened: this machine has neither of ${families.join(" and ")}`);
		}
		if (idleTimeoutMs > 0) {
			this.#stopWatching = watchIdle(this.#connections, idleTimeoutMs);
		}
		this.#ready = true;
	}

	/** The port of a listener, which the kernel has chosen where the settings say 0. */
	portOf(direction: Direction, family: Family): number | undefined {
		const listener = this.#listeners.find((each) => each.direction === direction && each.family === family);
		return listener && portOfServer(listener.server);
	}

	/**
	 * Takes no more connections and waits for the end of those that there are, or until the deadline, when they are
	 * cut off. Whoever is not in a hurry to give up can still {@link abort}.
	 */
	async drain(deadlineMs: number): Promise<void> {
		this.#close();
		if (this.#connections.size > 0) {
			this.#log.info("draining", { connections: this.#connections.size, deadlineMs });
			const deadline = setTimeout(() => this.abort(), deadlineMs);
			await new Promise<void>((resolve) => {
				this.#onEmpty = resolve;
			});
			clearTimeout(deadline);
		}
		this.#stopWatching();
		this.#accounts.close();
	}

	/** Cuts all connections off. */
	abort(): void {
		for (const connection of this.#connections) {
			connection.abort("drain");
		}
	}

	async #listen(direction: Direction, family: Family): Promise<void> {
		const server = await this.#openListener(family, this.#settings.ports[direction]);
		takeConnections(
			server,
			(handle) => this.#accept(handle, direction, family),
			(code) => this.#acceptFailed(direction, code),
		);
		this.#listeners.push({ server, direction, family });
		this.#guard.ports.add(portOfServer(server));
		this.#log.info("listening", { direction, family, port: portOfServer(server) });
	}

	#giveUp(error: unknown, direction: Direction, family: Family): void {
		if (!isFamilyMissing(error)) {
			this.#close();
			throw error;
		}
		this.#log.warn("not listening, this machine has no such address family", { direction, family });
	}

	#close(): void {
		this.#ready = false;
		for (const { server } of this.#listeners) {
			server.close();
		}
	}

	#accept(handle: TcpHandle, direction: Direction, family: Family): void {
		const client = remoteEndpoint(handle);
		const admission = admit(handle, family, client, this.#doorkeeper);
		if (admission.admitted) {
			handle.setNoDelay(true);
			const route = { direction, client, server: admission.server };
			this.#connections.add(new Connection(handle, route, this.#context));
			return;
		}
		handle.reset();
		const { server, reason, code } = admission;
		this.#report({ direction, client, server, sent: 0, received: 0, milliseconds: 0, reason, code });
	}

	/** Under a shortage of descriptors this happens very often, so not every time is worth a line. */
	#acceptFailed(direction: Direction, code: string): void {
		this.metrics.failed(direction, "accept");
		this.#rarely(() => this.#log.warn("cannot accept connections", { direction, code }));
	}

	#closed(connection: Connection, account: Account): void {
		this.#connections.delete(connection);
		this.#report(account);
		if (this.#connections.size === 0) {
			this.#onEmpty();
		}
	}

	#report(account: Account): void {
		this.metrics.closed(account);
		this.#accounts.write(account);
	}
}

/** The kernel cuts it to net.core.somaxconn. A redirected burst comes from a whole application at once. */
const backlog = 65_535;

const anyAddress: Readonly<Record<Family, string>> = { ipv4: "0.0.0.0", ipv6: "::" };

/**
 * Listens on every address of one family. Each family has a socket of its own (IPV6_V6ONLY): an IPv4 client of an
 * IPv6 socket would have to be asked for its original destination in another way.
 */
export async function listen(family: Family, port: number): Promise<Server> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		// Rejecting once more later does nothing, and an error without a listener would end the process.
		server.on("error", reject);
		server.listen({ host: anyAddress[family], port, backlog, ipv6Only: family === "ipv6" }, resolve);
	});
	return server;
}

/** True when this machine or namespace has no such family at all, which is no mistake of the user's. */
function isFamilyMissing(error: unknown): boolean {
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	return code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL";
}

export function portOfServer(server: Server): number {
	const address = server.address();
	return typeof address === "object" && address !== null ? address.port : 0;
}
