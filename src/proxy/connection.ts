import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Direction, Endpoint } from "../domain/endpoint.ts";
import { type Account, type ErrorReason, type Reason, reasonOfConnectError } from "./account.ts";
import type { LoopGuard } from "./admission.ts";
import type { Buffers } from "./buffers.ts";
import { Pump } from "./pump.ts";
import { dial, reset, socketOf, type TcpHandle, unsentBytes } from "./tcp-handle.ts";

/** What all connections share. */
export interface ConnectionContext {
	readonly guard: LoopGuard;
	readonly buffers: Buffers;
	readonly connectTimeoutMs: number;
	connected(direction: Direction, milliseconds: number): void;
	closed(connection: Connection, account: Account): void;
}

interface Route {
	readonly direction: Direction;
	readonly client: Endpoint;
	readonly server: Endpoint;
}

/** Nearly all servers answer sooner, and then the client's socket need not be looked at twice. */
const slowDialMs = 100;

/** A redirected connection and the one that carries it on, from the dialling to the last close. */
export class Connection {
	readonly route: Route;
	readonly #context: ConnectionContext;
	readonly #startedAt = performance.now();
	readonly #up: Pump;
	readonly #down: Pump;
	readonly #client: Socket;
	readonly #server: Socket;
	#timer: NodeJS.Timeout;
	#open = 2;
	/** How the guard knows the connection to the server. */
	#flow: string | undefined;
	#connected = false;
	#reason: Reason = "closed";
	#code: string | undefined;

	constructor(handle: TcpHandle, route: Route, context: ConnectionContext) {
		this.route = route;
		this.#context = context;
		this.#up = new Pump(context.buffers);
		this.#down = new Pump(context.buffers);
		this.#client = socketOf(handle, this.#up.onread);
		this.#server = dial(route.server, this.#down.onread);
		// Node calls connect(2) in a tick of its own; in the next the kernel has chosen our end.
		process.nextTick(() => this.#tellGuard());
		this.#timer = setTimeout(() => this.#dialIsSlow(), Math.min(slowDialMs, context.connectTimeoutMs));
		this.#watch();
		this.#up.join(this.#client, this.#server);
		this.#down.join(this.#server, this.#client);
	}

	get sent(): number {
		return this.#up.bytes;
	}

	get received(): number {
		return this.#down.bytes;
	}

	/**
	 * Grows whenever a byte moves, from or to either side. A large write to a slow reader takes long, and nothing is
	 * read meanwhile; twice, because a byte read and not written yet must not cancel out.
	 */
	get progress(): number {
		return 2 * (this.sent + this.received) - unsentBytes(this.#client) - unsentBytes(this.#server);
	}

	/** Ends both sides at once. The first reason is the one that counts. */
	abort(reason: ErrorReason, code?: string): void {
		if (this.#reason === "closed" && this.#open > 0) {
			this.#reason = reason;
			this.#code = code;
		}
		reset(this.#client);
		reset(this.#server);
	}

	#watch(): void {
		const server = this.#server;
		server.on("connect", () => this.#reached());
		server.on("error", (error: NodeJS.ErrnoException) => this.#serverFailed(error.code));
		this.#client.on("error", (error: NodeJS.ErrnoException) => this.abort("client-reset", error.code));
		server.on("close", () => this.#sideClosed());
		this.#client.on("close", () => this.#sideClosed());
	}

	#tellGuard(): void {
		const { localAddress: address, localPort: port } = this.#server;
		if (address !== undefined && port !== undefined) {
			this.#flow = this.#context.guard.dialled({ address, port }, this.route.server);
		}
	}

	/** From now on it is worth knowing whether the client still waits. What it sends meanwhile waits with it. */
	#dialIsSlow(): void {
		const { connectTimeoutMs } = this.#context;
		this.#timer = setTimeout(() => this.abort("connect-timeout"), Math.max(0, connectTimeoutMs - slowDialMs));
		this.#client.read(0);
	}

	#reached(): void {
		clearTimeout(this.#timer);
		this.#connected = true;
		this.#context.connected(this.route.direction, performance.now() - this.#startedAt);
		this.#up.begin();
	}

	#serverFailed(code: string | undefined): void {
		this.abort(this.#connected ? "server-reset" : reasonOfConnectError(code), code);
	}

	#sideClosed(): void {
		this.#open--;
		if (this.#open > 0) {
			return;
		}
		clearTimeout(this.#timer);
		this.#up.release();
		this.#down.release();
		if (this.#flow !== undefined) {
			this.#context.guard.forget(this.#flow);
		}
		this.#context.closed(this, this.#account());
	}

	#account(): Account {
		return {
			direction: this.route.direction,
			client: this.route.client,
			server: this.route.server,
			sent: this.sent,
			received: this.received,
			milliseconds: performance.now() - this.#startedAt,
			reason: this.#reason,
			code: this.#code,
		};
	}
}
